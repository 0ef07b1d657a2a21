//! Tells an open page what goes on, as server-sent events: `work` with the progress of the run as markup, and `change`
//! when the page may be out of date.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;

use super::page;
use super::state::Desk;

/// Interval between two reports of progress.
const REPORTS: Duration = Duration::from_millis(300);

/// One open page.
struct Listener {
    desk: Arc<Desk>,
    changes: watch::Receiver<u64>,
    /// What the page shows of the run.
    shown: Option<String>,
    told: Option<u64>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.desk.open_pages.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns the events for one page.
pub(super) fn events(desk: Arc<Desk>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    desk.open_pages.fetch_add(1, Ordering::Relaxed);
    let changes = desk.changes();
    let listener = Listener { desk, changes, shown: None, told: None };
    let stream = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(30)))
}

impl Listener {
    /// Waits for the next event; `None` once the desk ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let version = *self.changes.borrow_and_update();
            if self.told != Some(version) {
                self.told = Some(version);
                return Some(Event::default().event("change").data(version.to_string()));
            }
            let work = page::work(&self.desk);
            if self.shown.as_ref() != Some(&work) {
                self.shown = Some(work.clone());
                return Some(Event::default().event("work").data(work));
            }
            let running = self.desk.workshop.now().is_some();
            let stop = self.desk.stop.clone();
            tokio::select! {
                () = stop.cancelled() => return None,
                changed = self.changes.changed() => changed.ok()?,
                () = tokio::time::sleep(REPORTS), if running => {}
            }
        }
    }
}
