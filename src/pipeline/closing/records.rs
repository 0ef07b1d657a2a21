//! The owner's records: reads them from the private bag, adds to them and commits them together.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::{private_files, second_copy};
use crate::archive::{self, Archive};
use crate::audit::events::Events;
use crate::audit::evidence::{Evidence, Record};
use crate::audit::fill::{self, Records};
use crate::audit::forms::{FOLLOWERS, Form};
use crate::audit::profile::{AccountKind, Profile};
use crate::audit::values;
use crate::audit::{bill_series, chronology};
use crate::error::{Error, Result};
use crate::model::names;
use crate::model::{Sha256, Time};
use crate::pipeline::archive::session::Session;
use crate::pipeline::host::Host;
use crate::platform;

/// A record to add.
#[derive(Clone, Debug, Default)]
pub struct NewRecord {
    /// The key of the fact.
    pub key: String,
    /// The typed value.
    pub value: String,
    /// A supporting file.
    pub file: Option<PathBuf>,
    /// The person who vouches for it.
    pub by: Option<String>,
    /// A free-text note.
    pub note: Option<String>,
}

/// The editable records of one archive.
#[derive(Debug)]
pub struct RecordBook {
    pub(super) root: PathBuf,
    pub(super) records: Records,
    pub(super) now: Time,
    before: Records,
    files: Vec<(String, Vec<u8>)>,
}

impl RecordBook {
    /// Reads the records of the archive at `root`.
    ///
    /// # Errors
    /// Those of opening the archive, and `…-file-invalid` for a record that cannot be read.
    pub fn open(root: &Path, host: &dyn Host) -> Result<Self> {
        let records = fill::records(&Archive::open(root)?)?;
        let now = host.environment().now()?;
        Ok(Self { root: root.to_owned(), before: records.clone(), records, now, files: Vec::new() })
    }

    /// Returns the account's profile.
    pub fn profile(&self) -> &Profile {
        &self.records.profile
    }

    /// Returns the recorded evidence.
    pub fn evidence(&self) -> &Evidence {
        &self.records.evidence
    }

    /// Returns the recorded events.
    pub fn events(&self) -> &Events {
        &self.records.events
    }

    /// Returns the current day in Beijing.
    pub(super) fn today(&self) -> Date {
        self.now.zoned().date()
    }

    /// Records `text` as the answer to `key`, parsed by its form. A file path is replaced with the file, the folder of
    /// a second copy, which is read, with its digest and a note of the place. Returns the recorded value.
    pub(super) fn answer(&mut self, new: &NewRecord, form: Form, host: &dyn Host) -> Result<String> {
        let NewRecord { key, value: text, .. } = new;
        let (mut file, mut note) = (new.file.clone(), new.note.clone());
        let path = PathBuf::from(text.trim().trim_matches(['\'', '"']));
        let value = match form {
            Form::File | Form::YesNoOrPlace if path.is_file() => {
                file = Some(path);
                "yes".to_owned()
            }
            Form::Digest if path.is_dir() => {
                let digest = second_copy::read(&self.root, &path, host)?;
                note = note.or_else(|| Some(path.display().to_string()));
                digest.to_string()
            }
            _ => form.read(text, self.today())?,
        };
        if form == Form::Day
            && let Some(day) = values::day(&value, None)
        {
            self.check_day(key, day, None)?;
        }
        if key == FOLLOWERS
            && let Ok(followers) = value.parse()
        {
            self.records.profile.followers = Some(followers);
        }
        self.record(key, &value, file.as_deref(), new.by.clone(), note)?;
        Ok(value)
    }

    /// Checks that `day` can be that of `key`, for `account` or else for every account to be closed.
    ///
    /// # Errors
    /// Those of [`chronology::check`].
    pub(super) fn check_day(&self, key: &str, day: Date, account: Option<AccountKind>) -> Result<()> {
        let Records { events, evidence, profile, .. } = &self.records;
        let kinds = account.map_or_else(|| profile.kinds.iter().copied().collect(), |kind| vec![kind]);
        chronology::check((key, day), &kinds, self.today(), |other, kind| {
            chronology::known(events, evidence, other, kind)
        })
    }

    /// Returns the accounts whose closing was submitted, each with the code of its stage today.
    pub fn under_way(&self) -> Vec<(AccountKind, &'static str)> {
        let stages = self.records.profile.kinds.iter().map(|kind| (*kind, self.events().stage(*kind, self.today())));
        let submitted = stages.filter(|(_, stage)| stage.is_running() || stage.is_over());
        submitted.map(|(kind, stage)| (kind, stage.code())).collect()
    }

    /// Returns the day of `key` that counts for `account`, or for all accounts. An event and an answer may name different
    /// days; the cautious one counts.
    pub fn day_of(&self, key: &str, account: Option<AccountKind>) -> Option<Date> {
        let Records { events, evidence, profile, .. } = &self.records;
        let kinds = account.map_or_else(|| profile.kinds.iter().copied().collect(), |kind| vec![kind]);
        let days = kinds.into_iter().filter_map(|kind| chronology::known(events, evidence, key, kind));
        if chronology::is_beginning(key) { days.min() } else { days.max() }
    }

    /// Checks that no trade is recorded of the days of which there is said to be no bill. Which of several merchants a
    /// recorded trade is of is not known.
    pub(super) fn check_no_trade(&self, series: &str, first: Date, last: Date) -> Result<()> {
        let trades = ["first_trade", "last_trade"].into_iter().filter_map(|key| Some((key, self.day_of(key, None)?)));
        let contradicts = |(_, day): &(&str, Date)| (first..=last).contains(day);
        match trades.filter(|_| !bill_series::is_of_one(series)).find(contradicts) {
            Some((key, day)) => Err(Error::usage("no-bill-of-trade").with("event", key).with("date", day)),
            None => Ok(()),
        }
    }

    /// Returns the first and the last day that `key` can have.
    pub fn days_of(&self, key: &str) -> (Date, Option<Date>) {
        let kinds: Vec<AccountKind> = self.records.profile.kinds.iter().copied().collect();
        chronology::range(key, &kinds, self.today())
    }

    /// Adds a record with its `file`.
    pub(super) fn record(
        &mut self,
        key: &str,
        value: &str,
        file: Option<&Path>,
        by: Option<String>,
        note: Option<String>,
    ) -> Result<()> {
        let kept = file.map(|path| self.keep(path)).transpose()?;
        let (path, sha256) = kept.unzip();
        self.records.evidence.evidence.push(Record {
            key: key.to_owned(),
            value: value.to_owned(),
            at: self.now,
            by,
            file: path,
            sha256,
            note,
        });
        Ok(())
    }

    /// Adds the file of a record, named by its digest.
    fn keep(&mut self, path: &Path) -> Result<(String, Sha256)> {
        let bytes = platform::read(path)
            .map_err(|error| Error::input("input-open-failed").with("path", path.display()).because(error))?;
        if bytes.is_empty() {
            return Err(Error::input("record-file-empty").with("path", path.display()));
        }
        let digest = Sha256::of(&bytes);
        let name = path.file_name().map(|name| platform::name_of(name).into_owned()).unwrap_or_default();
        let place = format!("files/{}-{}", &digest.hex()[..16], names::safe_file_name(&name, "file"));
        self.files.push((place.clone(), bytes));
        Ok((archive::in_bag(&format!("{}/{place}", fill::READINESS)), digest))
    }

    /// Commits the changes to the private bag.
    pub(super) fn save(mut self, host: &dyn Host) -> Result<()> {
        let (new, old) = (&self.records, &self.before);
        let mut put = |name: &str, text: String| self.files.push((name.to_owned(), text.into_bytes()));
        if new.profile != old.profile {
            put("account.toml", new.profile.to_toml()?);
        }
        if new.evidence != old.evidence {
            put("evidence.json", new.evidence.to_json());
        }
        if new.events != old.events {
            put("events.json", new.events.to_json());
        }
        if new.waivers != old.waivers {
            put("waivers.json", new.waivers.to_json());
        }
        if self.files.is_empty() {
            return Ok(());
        }
        let session = Session::open_for(&self.root, host)?;
        let inside = |(name, bytes): (String, Vec<u8>)| (format!("{}/{name}", fill::READINESS), bytes);
        let files: Vec<(String, Vec<u8>)> = self.files.into_iter().map(inside).collect();
        private_files::save(&session, &files, &host.work()).map(drop)
    }
}
