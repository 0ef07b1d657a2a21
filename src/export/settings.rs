//! The settings of an exporter: declared by the exporter, given by `--set` or `export.toml`, and checked before
//! anything is written.

use std::collections::BTreeMap;

use super::Info;
use super::options::site_address;
use crate::error::{Error, Result};
use crate::text::Language;

/// A setting of an exporter.
#[derive(Debug)]
pub struct Setting {
    /// Name in kebab-case.
    pub name: &'static str,
    /// Allowed values.
    pub values: Values,
    /// Summary in Chinese, one line.
    pub summary_zh: &'static str,
    /// Summary in English, one line.
    pub summary_en: &'static str,
}

impl Setting {
    /// Returns the summary in `language`.
    pub fn summary(&self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.summary_zh,
            Language::English => self.summary_en,
        }
    }
}

/// The values that a setting allows.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// One of these words; the first is the default.
    Words(&'static [&'static str]),
    /// A whole number of at least 1; without one the exporter has no limit.
    Number,
    /// An http(s) address without a `/` at its end.
    Address,
    /// The path of a file.
    Path,
}

impl Values {
    /// Returns the value of a setting that is not given; empty for none.
    pub fn default(self) -> String {
        match self {
            Self::Words(words) => words.first().copied().unwrap_or_default().to_owned(),
            Self::Number | Self::Address | Self::Path => String::new(),
        }
    }

    /// Returns the value as the exporter reads it; `None` if it is not allowed.
    fn check(self, value: &str) -> Option<String> {
        match self {
            Self::Words(words) => words.contains(&value).then(|| value.to_owned()),
            Self::Number => value.parse::<u32>().ok().filter(|number| *number > 0).map(|number| number.to_string()),
            Self::Address => site_address(value).ok(),
            Self::Path => (!value.is_empty()).then(|| value.to_owned()),
        }
    }

    /// Returns what stands for a value in a list of settings: `year|album`, `N`.
    pub fn placeholder(self) -> String {
        match self {
            Self::Words(words) => words.join("|"),
            Self::Number => "N".to_owned(),
            Self::Address | Self::Path => self.words(),
        }
    }

    /// Returns what is allowed, for an error message.
    pub fn words(self) -> String {
        match self {
            Self::Words(words) => words.join(", "),
            Self::Number => "1, 2, 3 …".to_owned(),
            Self::Address => "https://…".to_owned(),
            Self::Path => "FILE".to_owned(),
        }
    }
}

/// The settings of one exporter, complete and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    /// Checks the `given` names and values and adds the defaults; a later value overrides an earlier one.
    ///
    /// # Errors
    /// `export-setting-unknown`, `export-setting-invalid`; both list what is allowed.
    pub fn settle<'g>(info: &Info, given: impl IntoIterator<Item = (&'g str, &'g str)>) -> Result<Self> {
        let defaults = info.settings.iter().map(|setting| (setting.name, setting.values.default()));
        let mut settled: BTreeMap<_, _> = defaults.collect();
        for (name, value) in given {
            let Some(setting) = info.settings.iter().find(|setting| setting.name == name) else {
                let known = info.settings.iter().map(|setting| setting.name).collect::<Vec<_>>().join(", ");
                return Err(Error::usage("export-setting-unknown")
                    .with("exporter", info.name)
                    .with("name", name)
                    .with("known", if known.is_empty() { "–".to_owned() } else { known }));
            };
            let Some(value) = setting.values.check(value) else {
                return Err(Error::usage("export-setting-invalid")
                    .with("exporter", info.name)
                    .with("name", name)
                    .with("value", value)
                    .with("known", setting.values.words()));
            };
            settled.insert(setting.name, value);
        }
        Ok(Self(settled))
    }

    /// Returns the value of a setting, or an empty text if the exporter does not declare it.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Returns a text that represents all settings in an output's key.
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
        group: crate::export::Group::Document,
        shape: Shape::Folder,
        settings: &[Setting {
            name: "volume",
            values: Values::Words(&["year", "album"]),
            summary_zh: "",
            summary_en: "",
        }],
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
