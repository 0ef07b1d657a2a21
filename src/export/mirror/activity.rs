//! A chart of activity: a row for each year and a square for each month, darker for more posts.

use serde_json::{Value, json};

use super::routes::Routes;
use super::site::Site;
use crate::export::OutPath;

/// Maximum number of years shown.
const YEARS: usize = 30;
/// Distance between squares and width of a square, in pixels.
const STEP: usize = 26;
const SQUARE: usize = 22;
/// Offset of the first square, which leaves room for the years and the months.
const LEFT: usize = 46;
const TOP: usize = 20;

/// Returns the data of the chart for the template; `None` if no post has a date.
pub(super) fn activity(site: &Site<'_>, page: &OutPath) -> Option<Value> {
    let years: Vec<(i16, [usize; 12])> = site
        .publication
        .years()
        .iter()
        .take(YEARS)
        .map(|(year, members)| {
            let mut months = [0; 12];
            for time in members.iter().filter_map(|place| site.publication.post(*place).published) {
                if let Some(count) = usize::try_from(time.zoned().month() - 1).ok().and_then(|at| months.get_mut(at)) {
                    *count += 1;
                }
            }
            (*year, months)
        })
        .collect();
    let (last, first) = (years.first()?.0, years.last()?.0);
    // The minimum keeps a quiet account from looking like one that filled every month.
    let most = years.iter().flat_map(|(_, months)| months).copied().max().unwrap_or_default().max(4);
    let rows: Vec<Value> = years
        .iter()
        .enumerate()
        .map(|(row, (year, months))| {
            let top = TOP + row * STEP;
            let href = format!("{}archive/{year}.html", Routes::root(page));
            let squares: Vec<Value> = months
                .iter()
                .enumerate()
                .map(|(month, count)| square(site, *year, month, *count, most, &href))
                .collect();
            json!({ "year": year, "href": href, "y": top, "count": months.iter().sum::<usize>(), "squares": squares })
        })
        .collect();
    let words = [("from", first.to_string()), ("to", last.to_string())];
    let label = site.texts.get("mirror-activity", &words.each_ref().map(|(name, value)| (*name, value.as_str())));
    let months: Vec<Value> =
        (0..12).map(|month| json!({ "x": LEFT + month * STEP + SQUARE / 2, "name": month + 1 })).collect();
    Some(json!({
        "width": LEFT + 12 * STEP + 34,
        "height": TOP + rows.len() * STEP,
        "square": SQUARE,
        "right": LEFT + 12 * STEP + 4,
        "months": months,
        "rows": rows,
        "label": label,
    }))
}

fn square(site: &Site<'_>, year: i16, month: usize, count: usize, most: usize, href: &str) -> Value {
    let number = (month + 1).to_string();
    let name = site.texts.get("mirror-month", &[("year", &year.to_string()), ("month", &number)]);
    json!({
        "x": LEFT + month * STEP,
        "level": (count * 4).div_ceil(most),
        "href": format!("{href}#m{:02}", month + 1),
        "title": site.texts.get("mirror-activity-month", &[("month", &name), ("count", &count.to_string())]),
    })
}
