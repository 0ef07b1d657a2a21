//! The list of exporters. A new exporter takes one line here.

use super::Scoped::{self, Private, Public};

/// All exporters, by name.
pub const EXPORTERS: &[Scoped] = &[
    Private(&super::books::BEANCOUNT),
    Private(&super::billing::Billing),
    Private(&super::bills_xlsx::BillsXlsx),
    Public(&super::csv::Csv),
    Public(&super::docx::Docx),
    Public(&super::epub::Epub),
    Public(&super::ghost::Ghost),
    Public(&super::hexo::Hexo),
    Private(&super::books::HLEDGER),
    Public(&super::html::Html),
    Public(&super::hugo::Hugo),
    Public(&super::jekyll::Jekyll),
    Public(&super::jsonl::Jsonl),
    Public(&super::kit::Kit),
    Private(&super::ledger::Ledger),
    Public(&super::markdown::MarkdownFolder),
    Public(&super::mirror::Mirror),
    Public(&super::pdf::Pdf),
    Public(&super::txt::Txt),
    Private(&super::wacz::Wacz),
    Public(&super::wechat::Wechat),
    Public(&super::wxr::Wxr),
    Public(&super::xlsx::Xlsx),
];

/// Returns the exporter with this name.
pub fn exporter(name: &str) -> Option<Scoped> {
    EXPORTERS.iter().find(|exporter| exporter.info().name == name).copied()
}
