//! The settings of an exporter: declared beside it, given by `--set` or `export.toml`, checked before anything is written.

use std::collections::BTreeMap;

use super::Info;
use crate::error::{Error, Result};

/// A setting that an exporter knows.
#[derive(Debug)]
pub struct Setting {
    /// Its name, kebab-case.
    pub name: &'static str,
    /// What it may be; the first is what holds where nobody says.
    pub values: &'static [&'static str],
    /// One line, Chinese.
    pub summary_zh: &'static str,
    /// One line, English.
    pub summary_en: &'static str,
}

/// Settings of one exporter, complete and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<&'static str, &'static str>);

impl Settings {
    /// Settles what was `given`, name and value; a later one goes before an earlier one.
    ///
    /// # Errors
    /// `export-setting-unknown`, `export-setting-invalid`: both name what there is.
    pub fn settle<'g>(info: &Info, given: impl IntoIterator<Item = (&'g str, &'g str)>) -> Result<Self> {
        let defaults = info.settings.iter().filter_map(|setting| Some((setting.name, *setting.values.first()?)));
        let mut settled: BTreeMap<_, _> = defaults.collect();
        for (name, value) in given {
            let Some(setting) = info.settings.iter().find(|setting| setting.name == name) else {
                let known = info.settings.iter().map(|setting| setting.name).collect::<Vec<_>>().join(", ");
                return Err(Error::usage("export-setting-unknown")
                    .with("exporter", info.name)
                    .with("name", name)
                    .with("known", if known.is_empty() { "–".to_owned() } else { known }));
            };
            let Some(value) = setting.values.iter().find(|known| **known == value) else {
                return Err(Error::usage("export-setting-invalid")
                    .with("exporter", info.name)
                    .with("name", name)
                    .with("value", value)
                    .with("known", setting.values.join(", ")));
            };
            settled.insert(setting.name, value);
        }
        Ok(Self(settled))
    }

    /// The value of a setting that the exporter declares; empty for one that it does not.
    pub fn get(&self, name: &str) -> &'static str {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Stands for all of them in an output's key.
    pub fn key(&self) -> String {
        format!("{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Shape;

    static INFO: Info = Info {
        name: "books",
        summary_zh: "",
        summary_en: "",
        version: 1,
        shape: Shape::Folder,
        settings: &[Setting { name: "volume", values: &["year", "album"], summary_zh: "", summary_en: "" }],
    };

    #[test]
    fn settings_are_known_and_complete() {
        assert_eq!(Settings::settle(&INFO, []).unwrap().get("volume"), "year");
        let album = Settings::settle(&INFO, [("volume", "year"), ("volume", "album")]).unwrap();
        assert_eq!((album.get("volume"), album.key().as_str()), ("album", r#"{"volume": "album"}"#));
        for (name, value, code) in
            [("volumes", "year", "export-setting-unknown"), ("volume", "month", "export-setting-invalid")]
        {
            assert_eq!(Settings::settle(&INFO, [(name, value)]).unwrap_err().code(), code);
        }
    }
}
