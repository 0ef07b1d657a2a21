//! Receives dropped files into the inbox of the archive: `POST /upload?batch=3&last=`, with a body as
//! [`crate::pipeline::inbox::Inbox::receive`] reads it. Without a batch a new one is begun; `total` has the bytes of the
//! whole drop, each `name` the name of something dropped. The answer is JSON with the batch, what was received and what
//! was refused.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::TryStreamExt as _;
use serde_json::json;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::form::Form;
use super::routes::status;
use super::state::Desk;
use crate::error::Result;
use crate::pipeline::inbox::{Inbox, Received};

/// Receives files.
pub(super) async fn receive(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let query = Form::parse(request.uri().query().unwrap_or_default().as_bytes());
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let body = request.into_body().into_data_stream().map_err(std::io::Error::other);
    let reader = SyncIoBridge::new(StreamReader::new(Box::pin(body)));
    let work = tokio::task::spawn_blocking(move || {
        let mut batch = query.get("batch").map(str::to_owned);
        let received = into_inbox(&desk, &query, length, &mut batch, reader);
        answer(&desk, batch.as_deref(), received)
    });
    work.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn into_inbox(
    desk: &Desk,
    query: &Form,
    length: Option<u64>,
    batch: &mut Option<String>,
    body: impl std::io::Read,
) -> Result<Received> {
    let inbox = Inbox::of(&desk.root()?);
    let total = query.get("total").and_then(|total| total.parse().ok());
    // The request that only ends a batch needs no room.
    match total.or(length) {
        Some(0) => {}
        bytes => inbox.check_room(bytes.unwrap_or(0))?,
    }
    let number = if let Some(number) = batch {
        number.clone()
    } else {
        let number = batch.insert(inbox.open()?).clone();
        inbox.announce(&number, &query.all("name").collect::<Vec<_>>())?;
        number
    };
    let kept = &desk.views.inputs;
    kept.receives(&number);
    let received = inbox.receive(&number, body);
    kept.rests(&number, received.is_ok());
    if received.is_err() {
        desk.changed();
    }
    let received = received?;
    kept.refused(&received.refused);
    if query.has("last") {
        inbox.close(&number)?;
        kept.received(&number);
        desk.changed();
    }
    Ok(received)
}

fn answer(desk: &Desk, batch: Option<&str>, received: Result<Received>) -> Response {
    let phrases = desk.phrases();
    match received {
        Ok(received) => {
            let Received { files, bytes, refused } = received;
            let refused: Vec<String> = refused.iter().map(|problem| phrases.problem(problem)).collect();
            axum::Json(json!({ "batch": batch, "files": files, "bytes": bytes, "refused": refused })).into_response()
        }
        Err(error) => {
            let words = phrases.error(&error);
            (status(&error), axum::Json(json!({ "batch": batch, "error": words }))).into_response()
        }
    }
}
