//! Reads tables in HTML: files that some back ends serve as a workbook (`.xls`), and web pages saved by spreadsheets.

use ego_tree::NodeRef;
use memchr::memmem;
use scraper::{Html, Node, node::Element};

use super::xlsx_rows::COLUMNS;
use super::{Record, Rows};
use crate::error::Result;

/// Reports whether a file that begins with `head` is an HTML table and not a page to read: spreadsheets mark theirs,
/// and only tables are named like a workbook.
pub fn is_table(head: &[u8], name: &str) -> bool {
    let has = |sign: &[u8]| memmem::find(head, sign).is_some();
    let named = name.rsplit('.').next().is_some_and(|end| {
        ["xls", "xlsx", "xlsm", "xlsb", "et", "csv"].iter().any(|known| end.eq_ignore_ascii_case(known))
    });
    let signed = has(b"urn:schemas-microsoft-com:office:excel") || has(b"Excel.Sheet");
    (named || signed) && (has(b"<table") || has(b"<TABLE"))
}

/// The rows of one table.
#[derive(Debug)]
pub struct HtmlRows {
    rows: Vec<Vec<Cell>>,
    at: usize,
}

#[derive(Debug)]
struct Cell {
    text: String,
    link: Option<String>,
}

/// Returns the tables of a page in order; nested tables are part of the outer ones.
pub fn tables_of(page: &[u8]) -> Vec<HtmlRows> {
    let page = Html::parse_document(&crate::parse::list::links::decoded(page));
    let mut tables = Vec::new();
    find_tables(page.tree.root(), &mut tables);
    tables
}

fn find_tables(node: NodeRef<'_, Node>, tables: &mut Vec<HtmlRows>) {
    // Without recursion: a hostile page may be nested without limit.
    let mut next = Some(node);
    while let Some(node) = next {
        let is_table = is_element(node, &["table"]);
        if is_table {
            tables.push(HtmlRows { rows: rows_of(node), at: 0 });
        }
        let inside = node.first_child().filter(|_| !is_table);
        next =
            inside.or_else(|| std::iter::successors(Some(node), NodeRef::parent).find_map(|node| node.next_sibling()));
    }
}

fn is_element(node: NodeRef<'_, Node>, names: &[&str]) -> bool {
    element(node).is_some_and(|element| names.contains(&element.name()))
}

fn element(node: NodeRef<'_, Node>) -> Option<&Element> {
    node.value().as_element()
}

/// Returns the rows of `table`, except those of nested tables.
fn rows_of(table: NodeRef<'_, Node>) -> Vec<Vec<Cell>> {
    let is_own = |row: &NodeRef<'_, Node>| {
        row.ancestors().find(|node| is_element(*node, &["table"])).is_some_and(|owner| owner.id() == table.id())
    };
    let rows = table.descendants().filter(|node| is_element(*node, &["tr"])).filter(is_own);
    rows.map(cells_of).collect()
}

fn cells_of(row: NodeRef<'_, Node>) -> Vec<Cell> {
    let mut cells = Vec::new();
    for node in row.children().filter(|node| is_element(*node, &["td", "th"])) {
        let attribute = |name: &str| element(node).and_then(|element| element.attr(name));
        let span = attribute("colspan").and_then(|span| span.trim().parse::<usize>().ok()).unwrap_or(1);
        cells.push(Cell { text: text_of(node), link: link_of(node) });
        let room = (COLUMNS as usize).saturating_sub(cells.len());
        cells.extend((1..span).take(room).map(|_| Cell { text: String::new(), link: None }));
        if cells.len() >= COLUMNS as usize {
            break;
        }
    }
    cells
}

fn text_of(cell: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for node in cell.descendants() {
        match node.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) if element.name() == "br" => text.push('\n'),
            _ => {}
        }
    }
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{a0}').to_owned()
}

fn link_of(cell: NodeRef<'_, Node>) -> Option<String> {
    let mut anchors = cell.descendants().filter_map(element).filter(|element| element.name() == "a");
    anchors.find_map(|anchor| anchor.attr("href")).map(str::to_owned)
}

impl Rows for HtmlRows {
    fn next_row(&mut self, record: &mut Record) -> Result<bool> {
        let Some(row) = self.rows.get(self.at) else { return Ok(false) };
        self.at += 1;
        record.begin(self.at as u64);
        for (index, cell) in row.iter().enumerate() {
            record.push(&cell.text, false);
            if let Some(link) = &cell.link {
                record.set_link(index, link.clone());
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_links_and_spans_are_read_and_inner_tables_are_part_of_their_cell() {
        let page = "<html><table><thead><tr><th colspan=2>统计<th>c</tr></thead><tr><td>甲&amp;乙<br>丙</td>\
            <td><a href='https://mp.weixin.qq.com/s/AAAA'>题</a></td><td><table><tr><td>内</td></tr></table></td></tr>\
            </table><p>x</p><table><tr><td>2</td></tr></table>";
        let tables: Vec<Vec<(Vec<String>, Option<String>)>> = tables_of(page.as_bytes())
            .into_iter()
            .map(|mut rows| {
                let mut record = Record::default();
                let mut all = Vec::new();
                while rows.next_row(&mut record).unwrap() {
                    all.push((record.iter().map(str::to_owned).collect(), record.link(1).map(str::to_owned)));
                }
                all
            })
            .collect();
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            tables,
            [
                vec![
                    (texts(&["统计", "", "c"]), None),
                    (texts(&["甲&乙\n丙", "题", "内"]), Some("https://mp.weixin.qq.com/s/AAAA".to_owned())),
                ],
                vec![(texts(&["2"]), None)],
            ]
        );
    }

    #[test]
    fn pages_are_no_tables_and_deep_nesting_is_survived() {
        assert!(
            is_table(b"<table><tr><td>1", "a.xls")
                && is_table(b"<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table>", "a.htm")
        );
        assert!(!is_table(b"<html><table>", "page.html") && !is_table(b"<html><p>", "a.xls"));
        assert_eq!(tables_of("<div>".repeat(2_000).as_bytes()).len(), 0);
    }
}
