//! A page of sums: income, refunds and fees of every month, for each kind of bill. It has no script, and asks the network
//! for nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::bill_sums::{BillSums, Part, Sums, bar};
use super::ledger_rows::one_line;
use super::{Content, ExportOptions, Group, Include, Info, Losses, OutPath, Output, Outputs, PrivateExporter, Shape};
use crate::archive::PrivateView;
use crate::error::Result;
use crate::html::escape_attribute;
use crate::model::Sha256;
use crate::text::Texts;

/// The exporter of the page.
pub struct Billing;

static INFO: Info = Info {
    name: "billing",
    summary_zh: "账单按月汇总的一页：收入、退款、手续费，有图有表，用浏览器打开。私密，要加 --include bills",
    summary_en: "one page of monthly sums of the bills: income, refunds and fees, for a browser; private, needs --include bills",
    version: 1,
    group: Group::Ledger,
    shape: Shape::File("html"),
    settings: &[],
};

const FILE: &str = "billing.html";

/// Width of the longest bar.
const WIDTH: u64 = 300;
/// Height of a bar.
const BAR: usize = 8;

const STYLE: &str = include_str!("../../templates/billing.css");

impl PrivateExporter for Billing {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn include(&self) -> Include {
        Include::Bills
    }

    fn outputs<'v>(&self, private: &'v PrivateView, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let key = format!("{} {} {}", INFO.version, options.language.tag(), private.manifest_digest());
        let render = move |losses: &mut Losses| {
            let sums = BillSums::read(private, losses)?;
            Ok(page(&sums, &Texts::new(options.language), options.language.tag()).into_bytes())
        };
        let output = Output {
            path: OutPath::new(FILE)?,
            key: Sha256::of(key.as_bytes()),
            content: Content::Render(Box::new(render)),
        };
        Ok(Box::new(std::iter::once(Ok(output))))
    }
}

fn page(sums: &BillSums, texts: &Texts, language: &str) -> String {
    let say = |id: &str| texts.get(id, &[]);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{intro}</p>\n",
        title = say("billing-title"),
        intro = say("billing-intro"),
    );
    for ((kind, currency), months) in &sums.months {
        let name = texts.find_code("books-kind", kind).unwrap_or_else(|| one_line(kind));
        let mut heading = String::new();
        escape_attribute(&format!("{name} · {currency}"), &mut heading);
        let _ = write!(page, "<section>\n<h2>{heading}</h2>\n<div class=\"beside\">\n");
        bars(&mut page, months, texts, &heading);
        table(&mut page, months, texts);
        page.push_str("</div>\n</section>\n");
    }
    for (kind, count) in &sums.left_out {
        let name = texts.find_code("books-kind", kind).unwrap_or_else(|| one_line(kind));
        let mut line = String::new();
        escape_attribute(&texts.get("billing-left-out", &[("kind", &name), ("count", &count.to_string())]), &mut line);
        let _ = writeln!(page, "<p class=\"left-out\">{line}</p>");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn bars(page: &mut String, months: &BTreeMap<String, Sums>, texts: &Texts, heading: &str) {
    let parts: Vec<Part> =
        BillSums::parts(months).into_iter().filter(|part| !matches!(part, Part::Moved | Part::Undone)).collect();
    let size = |sums: &Sums, part: Part| sums.get(part).units().abs();
    let most = months.values().flat_map(|sums| parts.iter().map(|part| size(sums, *part))).max().unwrap_or_default();
    let of_month = parts.len() * BAR + 10;
    let height = months.len() * of_month;
    let _ = writeln!(
        page,
        "<svg role=\"img\" aria-label=\"{heading}\" viewBox=\"0 0 370 {height}\" width=\"370\" height=\"{height}\">"
    );
    for (place, (month, sums)) in months.iter().enumerate() {
        let top = place * of_month;
        let _ = writeln!(page, "<text x=\"0\" y=\"{}\">{month}</text>", top + of_month / 2 + 2);
        for (row, part) in parts.iter().enumerate() {
            let width = bar(sums.get(*part), most, WIDTH);
            let (code, y) = (part.code(), top + row * BAR);
            let name = texts.get(&format!("billing-{code}"), &[]);
            let _ = writeln!(
                page,
                "<rect class=\"{code}\" x=\"65\" y=\"{y}\" width=\"{width}\" height=\"{}\"><title>{month} {name} {}</title></rect>",
                BAR - 1,
                sums.get(*part)
            );
        }
    }
    page.push_str("</svg>\n");
}

fn table(page: &mut String, months: &BTreeMap<String, Sums>, texts: &Texts) {
    let parts = BillSums::parts(months);
    let say = |code: &str| texts.get(&format!("billing-{code}"), &[]);
    let _ = write!(page, "<table>\n<thead><tr><th scope=\"col\">{}</th>", say("month"));
    for part in &parts {
        let _ = write!(page, "<th scope=\"col\" class=\"{code}\">{}</th>", say(part.code()), code = part.code());
    }
    let _ = write!(page, "<th scope=\"col\">{}</th></tr></thead>\n<tbody>\n", say("rows"));
    let line = |page: &mut String, name: &str, sums: &Sums| {
        let _ = write!(page, "<tr><th scope=\"row\">{name}</th>");
        for part in &parts {
            let _ = write!(page, "<td>{}</td>", sums.get(*part));
        }
        let _ = writeln!(page, "<td>{}</td></tr>", sums.rows);
    };
    for (month, sums) in months {
        line(page, month, sums);
    }
    page.push_str("</tbody>\n<tfoot>\n");
    line(page, &say("total"), &BillSums::total(months));
    page.push_str("</tfoot>\n</table>\n");
}
