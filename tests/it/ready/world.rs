//! A scene to change: everything an account of some kind needs, met. Each test takes one thing away.

use jiff::civil::Date;
use liudi::audit::engine::{Facts, Judgement};
use liudi::audit::events::{Event, EventName, Events};
use liudi::audit::evidence::{Evidence, Record};
use liudi::audit::facts::{Asset, Bill, Finding, Fixity, Measured, Scan, Total};
use liudi::audit::profile::{AccountKind, Entity, Profile};
use liudi::audit::rules::Rules;
use liudi::audit::waivers::{Waiver, Waivers};
use liudi::model::{Gap, GapReason, Sha256, SubjectKind, Time};

/// Sunday, 22 November 2026, noon in Beijing.
pub(super) const NOW: &str = "2026-11-22 12:00";

pub(super) fn time(text: &str) -> Time {
    Time::from_wall(text).unwrap()
}

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn archive() -> Sha256 {
    Sha256::of(b"the archive")
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) rules: Rules,
    pub(super) profile: Profile,
    pub(super) evidence: Evidence,
    pub(super) events: Events,
    pub(super) waivers: Waivers,
    pub(super) measured: Measured,
    pub(super) now: Time,
}

impl World {
    /// Everything met for accounts of `kinds` of an `entity`; no flag holds.
    pub(super) fn whole(kinds: &[AccountKind], entity: Entity) -> Self {
        let rules = Rules::embedded().unwrap();
        let profile = Profile {
            kinds: kinds.iter().copied().collect(),
            entity: Some(entity),
            followers: Some(30_000),
            certified: Some(false),
            flags: rules.meta.flags.iter().map(|flag| (flag.clone(), false)).collect(),
            ..Profile::default()
        };
        let mut world = Self {
            profile,
            evidence: Evidence::default(),
            events: Events::default(),
            waivers: Waivers::default(),
            measured: measured(),
            now: time(NOW),
            rules,
        };
        for key in world.rules.evidence_keys() {
            let value = match key.as_str() {
                "published_total" => "10",
                "channels_video_total" => "6",
                "live_total" => "2",
                "comment_total" => "5",
                "draft_total" => "1",
                "follower_total" => "30000",
                "first_trade" | "first_order" => "2026-06-01",
                "last_trade" | "last_order" => "2026-06-30",
                "notice_date" | "openid_list_saved_at" => "2026-11-01",
                "notice_url" => "https://mp.weixin.qq.com/s/notice",
                "second_copy_digest" => &archive().to_string(),
                "mch_validate_cancel_result" => "OK",
                key if key.ends_with("_zero") => "0.00",
                key if key.starts_with("material_") => "3",
                _ => "yes",
            };
            world.record(&key, value);
        }
        world.event(EventName::LastLoginOrApiCall, "2026-11-20");
        world.event(EventName::NoticePublished, "2026-10-01");
        world
    }

    /// A personal 公众号, everything met.
    pub(super) fn personal() -> Self {
        Self::whole(&[AccountKind::OaSubscription], Entity::Personal)
    }

    pub(super) fn record(&mut self, key: &str, value: &str) -> &mut Record {
        self.evidence.evidence.retain(|record| record.key != key);
        self.evidence.evidence.push(Record {
            key: key.to_owned(),
            value: value.to_owned(),
            at: time("2026-11-22 09:00"),
            by: Some("王小明".to_owned()),
            file: Some(format!("data/readiness/files/{key}.png")),
            sha256: Some(Sha256::of(key.as_bytes())),
            note: None,
        });
        self.evidence.evidence.last_mut().unwrap()
    }

    pub(super) fn set(&mut self, key: &str, value: &str) {
        self.record(key, value);
    }

    /// Takes one day out of a series.
    pub(super) fn lose_day(&mut self, series: &str, on: &str) {
        assert!(self.measured.series(series).held.remove(&day(on)));
    }

    /// Adds the days from `first` to `last` to a series.
    pub(super) fn hold(&mut self, series: &str, first: &str, last: &str) {
        let days = day(first).series(jiff::Span::new().days(1)).take_while(|next| *next <= day(last));
        self.measured.series(series).held.extend(days);
    }

    pub(super) fn forget(&mut self, key: &str) {
        self.evidence.evidence.retain(|record| record.key != key);
        self.events.events.retain(|event| event.name.code() != key);
    }

    pub(super) fn event(&mut self, name: EventName, on: &str) {
        let event = Event { name, date: day(on), account: None, at: self.now, note: None };
        self.events.events.push(event);
    }

    pub(super) fn waive(&mut self, rule: &str, item: Option<&str>) {
        self.waivers
            .add(Waiver {
                rule: rule.to_owned(),
                item: item.map(str::to_owned),
                reason: "再也找不到了".to_owned(),
                by: "王小明".to_owned(),
                at: self.now,
            })
            .unwrap();
    }

    pub(super) fn flag(&mut self, flag: &str, value: Option<bool>) {
        match value {
            Some(value) => drop(self.profile.flags.insert(flag.to_owned(), value)),
            None => drop(self.profile.flags.remove(flag)),
        }
    }

    /// Takes one held thing of an asset away, leaving a gap by name.
    pub(super) fn lose(&mut self, asset: &str, kind: SubjectKind, key: &str, reason: GapReason) {
        let asset = self.measured.asset(asset);
        asset.held = asset.held.map(|held| held - 1);
        asset.gaps.push(Gap { title: Some(format!("题为 {key} 的一篇")), ..Gap::new(kind, key, reason) });
    }

    pub(super) fn judge(&self) -> Judgement {
        self.scene().judge()
    }

    pub(super) fn scene(&self) -> Facts<'_> {
        Facts {
            rules: &self.rules,
            profile: &self.profile,
            evidence: &self.evidence,
            events: &self.events,
            waivers: &self.waivers,
            measured: &self.measured,
            now: self.now,
        }
    }
}

fn asset(source: &str, count: u64) -> Asset {
    Asset {
        totals: vec![Total { source: source.to_owned(), scope: "all".to_owned(), value: count, at: None }],
        listed: Some(count),
        held: Some(count),
        withdrawn: 0,
        gaps: Vec::new(),
    }
}

fn measured() -> Measured {
    let mut measured = Measured { archive_digest: Some(archive()), ..Measured::default() };
    for (name, source, count) in [
        ("article", "list:publish_page", 10),
        ("article.media", "", 40),
        ("draft", "", 1),
        ("comment", "", 5),
        ("channels_video.video", "", 6),
        ("channels_video.live_replay", "", 2),
        ("material.image", "", 3),
        ("material.voice", "", 3),
        ("material.video", "", 3),
        ("material.news", "", 3),
    ] {
        measured.assets.insert(name.to_owned(), asset(source, count));
    }
    measured.lists.insert("import:article_list".to_owned());
    measured.held_urls.insert("https://mp.weixin.qq.com/s/notice");
    for thing in ["menu", "auto_reply", "profile"] {
        measured.present.insert(thing.to_owned());
    }
    for scan in ["article_body", "mirror_privacy", "mirror_offline"] {
        let scan_result = Scan { at: time("2026-11-22 10:00"), archive: Some(archive()), findings: Vec::new() };
        measured.scans.insert(scan.to_owned(), scan_result);
    }
    measured.fixity = Some(Fixity {
        at: time("2026-11-22 10:00"),
        archive: Some(archive()),
        read_all: true,
        missing: Vec::new(),
        failed: Vec::new(),
    });
    for series in
        ["wxpay_trade_bill", "wxpay_fund_bill.BASIC", "wxpay_fund_bill.OPERATION", "wxpay_fund_bill.FEES", "analytics"]
    {
        let days = &mut measured.series(series).held;
        days.extend((1..=30).map(|number| day(&format!("2026-06-{number:02}"))));
    }
    measured.series("shop_orders").held.insert(day("2026-06-01"));
    measured.bills.push(Bill {
        name: "trade-2026-06.csv".to_owned(),
        digest_agrees: Some(true),
        recorded: true,
        adds_up: Some(true),
    });
    measured
}

/// A finding of a scan.
pub(super) fn found(world: &mut World, scan: &str, code: &str, item: &str) {
    let finding = Finding { code: code.to_owned(), item: item.to_owned() };
    world.measured.scans.get_mut(scan).unwrap().findings.push(finding);
}
