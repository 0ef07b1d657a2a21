//! Reads the results of the official APIs from the private tables: drafts, materials, comments, settings, statistics
//! and orders, each with the number that the platform gives. A collector that has not finished, or that the account may
//! not use, proves nothing: its number stays unknown.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::table::{self, Row, Rows, each_row};
use crate::archive::Archive;
use crate::audit::facts::{Asset, Measured, Total};
use crate::error::Result;
use crate::model::{Class, Dataset, Gap, GapReason, SubjectKind, Time, layout};

/// Dataset and table of the counted rows, their asset, the collector that requests them, and the source of the
/// platform's number.
const COUNTED: &[(Dataset, &str, &str, &str, &str)] = &[
    (Dataset::Comments, "comments_api", "comment", "comments", "api:comment.list.total"),
    (Dataset::Drafts, "drafts", "draft", "drafts", "api:draft.count"),
    (Dataset::Materials, "materials_image", "material.image", "materials", "api:get_materialcount"),
    (Dataset::Materials, "materials_news", "material.news", "materials", "api:get_materialcount"),
    (Dataset::Materials, "materials_video", "material.video", "materials", "api:get_materialcount"),
    (Dataset::Materials, "materials_voice", "material.voice", "materials", "api:get_materialcount"),
];

/// Tables whose existence shows that something is held.
const PRESENT: &[(&str, &str)] =
    &[("auto_replies", "auto_reply"), ("basic_information", "profile"), ("menu", "menu"), ("menu_by_api", "menu")];

/// Prefix of the tables with the account's own daily numbers; those of a 小程序 have another one.
const DAILY: &str = "get";

/// Field with the day of a row.
const DAY: &str = "ref_date";

/// Field with the account's subject.
const SUBJECT: &str = "principal_name";

/// Field with the time of an order.
const ORDERED: &str = "create_time";

/// Information on the tables in addition to their rows.
struct Said {
    /// Collectors, and whether all their passes are complete.
    through: BTreeMap<String, bool>,
    /// Number of rows according to the platform, by dataset and table; `None` in an archive of an older version, which
    /// did not record it.
    totals: Option<BTreeMap<(String, String), u64>>,
}

impl Said {
    fn read(archive: &Archive) -> Result<Self> {
        let noted = archive.has(Class::Private, layout::TOTALS);
        let mut said = Self { through: BTreeMap::new(), totals: noted.then(BTreeMap::new) };
        let collectors = (Class::Private, layout::COLLECTORS);
        each_row(archive, collectors, ["collector", "complete"], |[collector, complete]| {
            *said.through.entry(collector.to_owned()).or_insert(true) &= complete == "true";
            Ok(())
        })?;
        let totals = (Class::Private, layout::TOTALS);
        each_row(archive, totals, ["dataset", "table", "total"], |[dataset, table, total]| {
            if let (Some(totals), Ok(total)) = (&mut said.totals, total.parse()) {
                totals.insert((dataset.to_owned(), table.to_owned()), total);
            }
            Ok(())
        })?;
        Ok(said)
    }

    /// Reports whether a collector was run and has no incomplete pass for any account.
    fn is_through(&self, collector: &str) -> bool {
        self.through.get(collector).copied().unwrap_or_default()
    }

    fn total(&self, dataset: Dataset, table: &str) -> Option<u64> {
        self.totals.as_ref()?.get(&(dataset.code().to_owned(), table.to_owned())).copied()
    }
}

/// Fills in assets, single items and series from the private tables.
pub(super) fn measure(archive: &Archive, gaps: &[Gap], measured: &mut Measured) -> Result<()> {
    let (tables, said) = (table::all(archive)?, Said::read(archive)?);
    let refused = |collector: &str| {
        let key = format!("api:{collector}:");
        gaps.iter().any(|gap| gap.kind == SubjectKind::Endpoint && gap.key.starts_with(&key))
    };
    for (dataset, name, asset, collector, source) in COUNTED {
        let rows = tables.iter().find(|table| table.dataset == *dataset && table.name == *name);
        let declared = said.total(*dataset, name);
        let through = said.is_through(collector) && !refused(collector);
        if rows.is_some() || declared.is_some() || through {
            // If everything was requested and no number was given, there are none.
            let value = declared.or(Some(0)).filter(|_| through && said.totals.is_some());
            let total =
                value.map(|value| Total { source: (*source).to_owned(), scope: "all".to_owned(), value, at: None });
            *measured.asset(asset) = Asset { totals: total.into_iter().collect(), ..counted(archive, rows)? };
        }
    }
    for table in &tables {
        match table.dataset {
            Dataset::Account => {
                let named = PRESENT.iter().filter(|(name, _)| *name == table.name);
                measured.present.extend(named.map(|(_, thing)| (*thing).to_owned()));
                let subject = &mut measured.known.subject;
                table.each_field(archive, SUBJECT, |text| {
                    subject.get_or_insert_with(|| text.to_owned());
                })?;
            }
            Dataset::Statistics if table.name.starts_with(DAILY) => {
                let days = &mut measured.series("analytics").held;
                table.each_field(archive, DAY, |day| days.extend(day.parse::<Date>().ok()))?;
            }
            Dataset::Orders if said.is_through("shop-orders") => orders(archive, table, measured)?,
            _ => {}
        }
    }
    Ok(())
}

/// Counts the rows of one table. A material counts as held only with its file.
fn counted(archive: &Archive, table: Option<&Rows>) -> Result<Asset> {
    let (mut listed, mut held, mut gaps) = (0, 0, Vec::new());
    if let Some(table) = table {
        table.each(archive, |row| {
            if row.parent.is_some() {
                return Ok(());
            }
            listed += 1;
            let whole = table.dataset != Dataset::Materials
                || row.fields.contains_key("file")
                || row.fields.contains_key("content");
            held += u64::from(whole);
            if !whole {
                gaps.push(file_gap(&row));
            }
            Ok(())
        })?;
    }
    Ok(Asset { listed: Some(listed), held: Some(held), gaps, ..Asset::default() })
}

/// Returns the gap of a material whose file could not be downloaded.
fn file_gap(row: &Row) -> Gap {
    let mut gap = Gap::new(SubjectKind::Rows, format!("material:{}", row.key), GapReason::DownloadFailed);
    gap.title = row.fields.get("name").and_then(Value::as_str).map(str::to_owned);
    gap
}

/// Fills in the months of the orders. All orders are held, so every month from the first to the last is covered.
fn orders(archive: &Archive, table: &Rows, measured: &mut Measured) -> Result<()> {
    let mut span: Option<(Date, Date)> = None;
    table.each_field(archive, ORDERED, |time| {
        let time = time.parse::<i64>().ok().and_then(Time::from_unix);
        if let Some(month) = time.map(|time| time.zoned().date().first_of_month()) {
            span = Some(span.map_or((month, month), |(first, last)| (first.min(month), last.max(month))));
        }
    })?;
    let Some((first, last)) = span else { return Ok(()) };
    let months = &mut measured.series("shop_orders").held;
    let mut month = first;
    while month <= last {
        months.insert(month);
        month = month.last_of_month().tomorrow().unwrap_or(Date::MAX);
    }
    Ok(())
}
