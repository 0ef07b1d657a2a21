//! What the official APIs gave, from the private tables: drafts, materials, comments, settings, statistics, orders, each
//! beside the number the platform gives. A collector that is still under way, or that the account may not use, proves
//! nothing: its number stays unknown.

use jiff::civil::Date;
use serde_json::Value;

use crate::audit::facts::{Asset, Measured, Total};
use crate::error::Result;
use crate::model::{Dataset, Gap, GapReason, SubjectKind, Time};
use crate::store::Catalog;
use crate::store::calls;
use crate::store::datasets::{MergedRow, Table};

/// Dataset and table of what is counted, its asset, the collector that asks for it, and the platform's number.
const COUNTED: &[(Dataset, &str, &str, &str, &str)] = &[
    (Dataset::Comments, "comments_api", "comment", "comments", "api:comment.list.total"),
    (Dataset::Drafts, "drafts", "draft", "drafts", "api:draft.count"),
    (Dataset::Materials, "materials_image", "material.image", "materials", "api:get_materialcount"),
    (Dataset::Materials, "materials_news", "material.news", "materials", "api:get_materialcount"),
    (Dataset::Materials, "materials_video", "material.video", "materials", "api:get_materialcount"),
    (Dataset::Materials, "materials_voice", "material.voice", "materials", "api:get_materialcount"),
];

/// Tables that show a thing to be held.
const PRESENT: &[(&str, &str)] =
    &[("auto_replies", "auto_reply"), ("basic_information", "profile"), ("menu", "menu"), ("menu_by_api", "menu")];

/// The account's own daily numbers begin so; a 小程序's are others.
const DAILY: &str = "get";

/// Where the day stands in a row.
const DAY: &str = "ref_date";

/// Where an order's time stands.
const ORDERED: &str = "create_time";

/// Fills assets, single things and series from the catalog, which holds the tables as they are written.
pub(super) fn measure(catalog: &Catalog, gaps: &[Gap], measured: &mut Measured) -> Result<()> {
    let tables = catalog.data_tables()?;
    let refused = |collector: &str| {
        let key = format!("api:{collector}:");
        gaps.iter().any(|gap| gap.kind == SubjectKind::Endpoint && gap.key.starts_with(&key))
    };
    for (dataset, name, asset, collector, source) in COUNTED {
        let table = tables.iter().find(|table| table.dataset == *dataset && table.name == *name);
        let through = calls::is_through(catalog.connection(), collector)? && !refused(collector);
        if table.is_some() || through {
            *measured.asset(asset) = counted(catalog, table, *dataset, source, through)?;
        }
    }
    for table in &tables {
        match table.dataset {
            Dataset::Account => {
                let named = PRESENT.iter().filter(|(name, _)| *name == table.name);
                measured.present.extend(named.map(|(_, thing)| (*thing).to_owned()));
                catalog.each_data_row(table.id, |row| {
                    let subject = row.fields.get("principal_name").and_then(Value::as_str);
                    measured.known.subject = measured.known.subject.take().or_else(|| subject.map(str::to_owned));
                    Ok(())
                })?;
            }
            Dataset::Statistics if table.name.starts_with(DAILY) => {
                catalog.each_data_row(table.id, |row| {
                    let day = row.fields.get(DAY).and_then(Value::as_str).and_then(|day| day.parse::<Date>().ok());
                    measured.series("analytics").held.extend(day);
                    Ok(())
                })?;
            }
            Dataset::Orders if calls::is_through(catalog.connection(), "shop-orders")? => {
                orders(catalog, table, measured)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// One table beside the platform's number. A material counts with its file alone.
fn counted(catalog: &Catalog, table: Option<&Table>, dataset: Dataset, source: &str, through: bool) -> Result<Asset> {
    let (mut listed, mut held, mut gaps) = (0, 0, Vec::new());
    let mut declared = None;
    if let Some(table) = table {
        catalog.each_data_row(table.id, |row| {
            if row.parent.is_some() {
                return Ok(());
            }
            listed += 1;
            let whole =
                dataset != Dataset::Materials || row.fields.contains_key("file") || row.fields.contains_key("content");
            held += u64::from(whole);
            if !whole {
                gaps.push(file_gap(&row));
            }
            Ok(())
        })?;
        declared = catalog.declared_rows(table.id)?;
    }
    // Where everything was asked for and nothing named a number, there is none of it.
    let value = declared.or(Some(0)).filter(|_| through);
    let total = value.map(|value| Total { source: source.to_owned(), scope: "all".to_owned(), value, at: None });
    Ok(Asset { totals: total.into_iter().collect(), listed: Some(listed), held: Some(held), gaps, ..Asset::default() })
}

/// A material whose file did not come.
fn file_gap(row: &MergedRow) -> Gap {
    let mut gap = Gap::new(SubjectKind::Rows, format!("material:{}", row.key), GapReason::DownloadFailed);
    gap.title = row.fields.get("name").and_then(Value::as_str).map(str::to_owned);
    gap
}

/// All orders are here: so is every month from the first one to the last.
fn orders(catalog: &Catalog, table: &Table, measured: &mut Measured) -> Result<()> {
    let mut span: Option<(Date, Date)> = None;
    catalog.each_data_row(table.id, |row| {
        let time = row.fields.get(ORDERED).and_then(Value::as_i64).and_then(Time::from_unix);
        if let Some(month) = time.map(|time| time.zoned().date().first_of_month()) {
            span = Some(span.map_or((month, month), |(first, last)| (first.min(month), last.max(month))));
        }
        Ok(())
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
