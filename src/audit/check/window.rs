//! Checks dates: a wait must be over, or a deadline must be kept.

use crate::audit::calendar::Dates;
use crate::audit::engine::{CheckResult, Facts, OpenItem};
use crate::audit::events::EventName;
use crate::audit::profile::AccountKind;
use crate::audit::rules::{Names, WindowKind, WindowMode};
use crate::model::Time;

/// Computes the dates of the main window and the additional ones that apply to these accounts.
pub(super) fn window(
    scene: &Facts<'_>,
    main: &str,
    mode: WindowMode,
    (then, also): (Option<&str>, Option<&Names>),
    kinds: &[AccountKind],
    look: &mut CheckResult,
) {
    let beside = also.into_iter().flat_map(Names::iter).filter(|name| !name.contains(':'));
    for name in std::iter::once(main).chain(beside) {
        look.dates.extend(scene.dates(name, kinds));
    }
    for key in also.into_iter().flat_map(Names::iter).filter_map(|name| name.strip_prefix("evidence:")) {
        if let Some(record) = scene.evidence.newest(key) {
            look.used.push(super::owner::used(record));
            // Codes such as CONSUMER_COMPLAINT_UNPROCESSED: the platform's own pre-check refuses.
            if !matches!(
                record.value.trim(),
                "" | "[]" | "OK" | "ok" | "ALLOW" | "yes" | "是" | "none" | "无" | "没有" | "没有问题" | "没问题"
            ) {
                look.items.push(OpenItem::unmet(key, "pre_check_refuses").detail(&record.value));
            }
        }
    }
    if look.dates.is_empty() {
        look.beside_the_point = true;
    }
    for dates in look.dates.clone() {
        if dates.kind == WindowKind::Info && mode != WindowMode::Info {
            continue;
        }
        if dates.from.is_none() {
            look.items.push(OpenItem::unknown(&dates.window, "anchor_unknown").detail(&dates.anchor));
            continue;
        }
        match (mode, dates.kind) {
            (WindowMode::Info, _) => {}
            (_, WindowKind::Wait) => wait(scene, &dates, look),
            (_, WindowKind::Deadline | WindowKind::Info) => deadline(scene, &dates, look),
        }
    }
    // The next step's dates are shown; it cannot be judged yet.
    look.dates.extend(then.into_iter().flat_map(|name| scene.dates(name, kinds)));
}

fn wait(scene: &Facts<'_>, dates: &Dates, look: &mut CheckResult) {
    let Some(day) = dates.until.or(dates.not_before) else { return };
    let over = match dates.hour {
        Some(hour) => Time::from_wall(&format!("{day} {hour:02}:00")).is_some_and(|time| scene.now >= time),
        None => scene.today() >= day,
    };
    if !over {
        look.items.push(OpenItem::unmet(&dates.window, "wait").on(day));
    }
}

fn deadline(scene: &Facts<'_>, dates: &Dates, look: &mut CheckResult) {
    let (Some(from), Some(act_by)) = (dates.from, dates.act_by) else { return };
    if dates.anchor == "freeze_end" {
        let confirmed = scene.events.date(EventName::Deregistered, dates.account).is_some();
        if !confirmed && scene.today() >= from {
            let reason = if scene.today() > act_by { "window_over" } else { "act_now" };
            look.items.push(OpenItem::unmet(&dates.window, reason).on(act_by));
        }
    } else if scene.today() > act_by {
        look.items.push(OpenItem::unmet(&dates.window, "window_over").on(act_by));
    } else {
        look.expires(Time::from_wall(&format!("{act_by} 23:59:59")));
    }
}
