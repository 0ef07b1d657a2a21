//! A page that an installed browser prints to PDF.

use super::WriteTo;
use crate::archive::view::HeldFile;
use crate::model::Time;

/// A page to print, with its pictures.
pub struct Print<'v> {
    /// Function that writes the page as HTML.
    pub page: WriteTo<'v>,
    /// Files beside the page, by name.
    pub files: Vec<(String, HeldFile)>,
    /// Time to state in the PDF, so that printing the same page again gives the same file.
    pub time: Option<Time>,
    /// Path of the browser, if the user named one.
    pub browser: Option<String>,
}

impl Print<'_> {
    /// Replaces the times that the browser wrote by that of the page.
    pub fn settle(&self, pdf: &mut [u8]) {
        let time = self.time.map_or(jiff::Timestamp::UNIX_EPOCH, |time| time.zoned().timestamp());
        let digits = time.strftime("%Y%m%d%H%M%S").to_string();
        for name in [&b"/CreationDate (D:"[..], &b"/ModDate (D:"[..]] {
            let mut from = 0;
            while let Some(at) = memchr::memmem::find(&pdf[from..], name) {
                let start = from + at + name.len();
                let date = pdf.get_mut(start..start + digits.len());
                if let Some(date) = date.filter(|date| date.iter().all(u8::is_ascii_digit)) {
                    date.copy_from_slice(digits.as_bytes());
                }
                from = start;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_file_has_the_time_of_its_page() {
        let time = "2024-05-06T07:08:09+08:00".parse().ok();
        let print = Print { page: Box::new(|_, _| Ok(())), files: Vec::new(), time, browser: None };
        let mut pdf = b"<</CreationDate (D:20261128124500+00'00')\n/ModDate (D:20261128124500+00'00')>>".to_vec();
        print.settle(&mut pdf);
        assert_eq!(pdf, b"<</CreationDate (D:20240505230809+00'00')\n/ModDate (D:20240505230809+00'00')>>");
    }
}
