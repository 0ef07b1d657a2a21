//! The accounts of a fleet: from `fleet.toml`, or one for each `liudi.toml` below a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::SignedDuration;

use super::phase::Phase;
use super::queue::NewJob;
use crate::config::Config;
use crate::config::StoreOptions;
use crate::config::fleet::{AccountEntry, FILE_NAME, FleetOptions};
use crate::error::{Error, Result};
use crate::model::StoreAddress;
use crate::model::names::is_portable;
use crate::platform;

/// Longest name of an account, in bytes: forty Chinese characters.
const LONGEST: usize = 120;

/// Folder of the fleet's own state, beside the list.
const STATE: &str = ".fleet";

/// A fleet.
#[derive(Debug)]
pub struct Fleet {
    /// Folder of the list.
    pub folder: PathBuf,
    /// The accounts, in the order of their names.
    pub accounts: Vec<Account>,
    /// Whether each archive gets a site.
    pub sites: bool,
    /// Whether pages and media are fetched.
    pub online: bool,
    /// Time after which a silent worker loses its job.
    pub lease: Duration,
    /// Time before the first new try of what failed.
    pub retry: Duration,
    /// Interval between article pages of one address.
    pub page_interval: Duration,
    /// Name of the address from which this machine is seen.
    pub address: String,
    /// File with the address of the PostgreSQL database of the queue.
    pub postgres_file: Option<PathBuf>,
    /// Address in a cloud store below which each archive is kept.
    pub store: Option<StoreAddress>,
    /// How the store is reached.
    pub store_options: StoreOptions,
}

/// An account of a fleet.
#[derive(Clone, Debug)]
pub struct Account {
    /// Name.
    pub name: String,
    /// Folder of its archive.
    pub archive: PathBuf,
    /// Its files and folders.
    pub inputs: Vec<PathBuf>,
    /// The 公众号 that the archive is of, if somebody named it.
    pub owner: Option<String>,
    /// File with ZIP passwords.
    pub password_file: Option<PathBuf>,
    /// Its lane in the queue.
    pub lane: String,
    config: Option<PathBuf>,
    /// Which of its APIs are configured; unknown if the file cannot be read, which its jobs will say.
    has: Option<Apis>,
}

/// The APIs that a `liudi.toml` configures.
#[derive(Clone, Debug, Default)]
struct Apis {
    merchant: bool,
    others: bool,
    /// AppIDs and merchant numbers.
    ids: Vec<String>,
}

impl Fleet {
    /// Opens the fleet at `path`: a `fleet.toml`, a folder with one, or a folder whose folders have a `liudi.toml`.
    ///
    /// # Errors
    /// `fleet-not-found`, `fleet-account-twice`, `fleet-account-name`, `config-unreadable`, `config-invalid`,
    /// `config-value-invalid`.
    pub fn open(path: &Path) -> Result<Self> {
        let list = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
        let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let options = if list.is_file() {
            FleetOptions::read(&list)?
        } else {
            let account = if path.is_dir() { below(path)? } else { Vec::new() };
            if account.is_empty() {
                return Err(Error::usage("fleet-not-found").with("path", path.display()));
            }
            FleetOptions { account, ..FleetOptions::default() }
        };
        Self::settle(options, folder)
    }

    fn settle(options: FleetOptions, folder: &Path) -> Result<Self> {
        let archives = options.archives.unwrap_or_else(|| folder.join("archives"));
        let mut names = BTreeMap::new();
        let mut accounts = Vec::new();
        for entry in options.account {
            check_name(&entry.name)?;
            // Names are names of folders, which some systems do not tell apart by case.
            if let Some(other) = names.insert(entry.name.to_lowercase(), entry.name.clone()) {
                return Err(Error::usage("fleet-account-twice").with("account", entry.name).with("other", other));
            }
            accounts.push(Account {
                archive: entry.archive.unwrap_or_else(|| archives.join(&entry.name)),
                inputs: entry.inputs,
                owner: entry.account,
                password_file: entry.password_file,
                lane: entry.name.clone(),
                has: Apis::of(entry.config.as_deref()),
                config: entry.config,
                name: entry.name,
            });
        }
        let mut places = BTreeMap::new();
        for account in &accounts {
            if let Some(other) = places.insert(&account.archive, &account.name) {
                let error = Error::usage("fleet-archive-twice").with("path", account.archive.display());
                return Err(error.with("account", &account.name).with("other", other));
            }
        }
        accounts.sort_by(|a, b| a.name.cmp(&b.name));
        share_lanes(&mut accounts);
        Ok(Self {
            folder: folder.to_owned(),
            accounts,
            sites: options.sites.unwrap_or(true),
            online: options.online.unwrap_or(true),
            lease: lasting("lease", options.lease, Duration::from_mins(1))?,
            retry: lasting("retry", options.retry, Duration::from_secs(30))?,
            page_interval: duration("page-interval", options.page_interval, Duration::from_secs(3))?,
            address: options.address.unwrap_or_else(platform::host_name),
            postgres_file: options.postgres_file,
            store: options.store.as_deref().map(str::parse).transpose()?,
            store_options: options.store_settings,
        })
    }

    /// Returns the account of this name.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// Returns the jobs of a round over all accounts.
    pub fn jobs(&self) -> Vec<NewJob> {
        self.accounts.iter().flat_map(|account| self.jobs_of(account)).collect()
    }

    /// Returns the jobs of a round over one account.
    pub fn jobs_of(&self, account: &Account) -> Vec<NewJob> {
        let apis = account.has.as_ref();
        let has = |phase: &Phase| match phase {
            Phase::Bills => apis.is_some_and(|apis| apis.merchant),
            Phase::Files => !account.inputs.is_empty(),
            // A file that cannot be read is somebody's work: this job says so.
            Phase::Api => apis.is_none_or(|apis| apis.others),
            Phase::Pages => self.online,
            Phase::Site => self.sites,
            Phase::Check => true,
        };
        let job = |phase| NewJob { account: account.name.clone(), lane: account.lane.clone(), phase };
        Phase::ALL.into_iter().filter(has).map(job).collect()
    }

    /// Returns the address of an account's archive in the store, if there is one.
    pub fn address_of(&self, account: &Account) -> Option<StoreAddress> {
        let base = self.store.as_ref()?;
        let prefix = [base.prefix.as_str(), &account.name].into_iter().filter(|part| !part.is_empty());
        Some(StoreAddress { prefix: prefix.collect::<Vec<_>>().join("/"), ..base.clone() })
    }

    /// Returns the folder of the fleet's own state.
    pub fn state(&self) -> PathBuf {
        self.folder.join(STATE)
    }
}

impl Account {
    /// Reports whether there is anything to collect for it, as far as its settings can be read.
    pub fn has_sources(&self) -> bool {
        !self.inputs.is_empty() || self.has.as_ref().is_none_or(|apis| apis.merchant || apis.others)
    }

    /// Reads its `liudi.toml`; empty if it has none.
    ///
    /// # Errors
    /// Those of [`Config::read`].
    pub fn config(&self) -> Result<Config> {
        self.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read)
    }
}

impl Apis {
    /// Reads which APIs a file configures, without its secrets; `None` if it cannot be read.
    fn of(config: Option<&Path>) -> Option<Self> {
        let Some(config) = config else { return Some(Self::default()) };
        let config = Config::read(config).ok()?;
        let others = [config.account.appid, config.mini_program.appid, config.shop.appid];
        let (merchant, others) = (config.merchant.mchid, others.into_iter().flatten().collect::<Vec<_>>());
        Some(Self {
            merchant: merchant.is_some(),
            others: !others.is_empty(),
            ids: others.into_iter().chain(merchant).collect(),
        })
    }
}

/// Returns one account for each `liudi.toml` in a folder of `folder`, by the folder's name.
///
/// # Errors
/// `fleet-folder-unreadable`.
pub fn below(folder: &Path) -> Result<Vec<AccountEntry>> {
    let failed = |error| Error::disk("fleet-folder-unreadable", folder.display(), error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let config = path.join(crate::config::FILE_NAME);
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|_| config.is_file()) else { continue };
        entries.push(AccountEntry { name: name.to_owned(), config: Some(config), ..AccountEntry::default() });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// Checks that an account's name can be that of a folder on every system, and a part of a job's key.
///
/// # Errors
/// `fleet-account-name`.
pub fn check_name(name: &str) -> Result<()> {
    // The start of a line of another direction would make one name look like another.
    let is_hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    let trimmed = name.trim_matches(['.', ' ']);
    if !is_portable(name) || name.len() > LONGEST || trimmed != name || name.contains(is_hidden) {
        return Err(Error::usage("fleet-account-name").with("account", name));
    }
    Ok(())
}

/// Puts accounts that share an AppID or a merchant number into one lane, named by the first of them: the platform counts
/// their calls together.
fn share_lanes(accounts: &mut [Account]) {
    let mut lane_of: BTreeMap<String, String> = BTreeMap::new();
    for index in 0..accounts.len() {
        let ids = accounts[index].has.as_ref().map(|apis| apis.ids.clone()).unwrap_or_default();
        let mut lanes: Vec<String> = ids.iter().filter_map(|id| lane_of.get(id).cloned()).collect();
        lanes.push(accounts[index].name.clone());
        lanes.sort();
        let lane = lanes[0].clone();
        if lanes.len() > 1 {
            // Lanes that turn out to be connected become one.
            for known in lane_of.values_mut().filter(|known| lanes.contains(known)) {
                known.clone_from(&lane);
            }
            for account in accounts.iter_mut().filter(|account| lanes.contains(&account.lane)) {
                account.lane.clone_from(&lane);
            }
        }
        lane_of.extend(ids.into_iter().map(|id| (id, lane.clone())));
    }
}

/// Returns a duration that is not zero: with no lease, or no pause between tries, nothing would ever come to rest.
fn lasting(key: &'static str, given: Option<SignedDuration>, usual: Duration) -> Result<Duration> {
    match duration(key, given, usual)? {
        Duration::ZERO => Err(Error::usage("config-value-invalid").with("key", key).with("value", "0s")),
        duration => Ok(duration),
    }
}

fn duration(key: &'static str, given: Option<SignedDuration>, usual: Duration) -> Result<Duration> {
    let Some(given) = given else { return Ok(usual) };
    let invalid = || Error::usage("config-value-invalid").with("key", key).with("value", given);
    Duration::try_from(given).map_err(|error| invalid().because(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet(folder: &Path, accounts: &[(&str, &str)]) -> Result<Fleet> {
        for (name, config) in accounts {
            std::fs::create_dir_all(folder.join(name)).unwrap();
            std::fs::write(folder.join(name).join("liudi.toml"), config).unwrap();
        }
        Fleet::open(folder)
    }

    #[test]
    fn a_folder_of_settings_is_a_fleet_and_shared_credentials_are_one_lane() {
        let folder = tempfile::tempdir().unwrap();
        let fleet = fleet(
            folder.path(),
            &[
                ("甲", "[account]\nappid = 'wx1'\n[merchant]\nmchid = '10'"),
                ("乙", "[account]\nappid = 'wx2'"),
                ("丙", "[mini-program]\nappid = 'wx2'\n[shop]\nappid = 'wx1'"),
                ("丁", "[account]\nappid = 'wx4'"),
                ("坏", "[acount]"),
            ],
        )
        .unwrap();
        let lane = |name: &str| fleet.account(name).unwrap().lane.clone();
        assert_eq!(lane("甲"), lane("乙"), "joined by 丙");
        assert_eq!(lane("甲"), lane("丙"));
        assert_eq!((lane("丁").as_str(), lane("坏").as_str()), ("丁", "坏"));
        let phases = |name: &str| {
            fleet.jobs_of(fleet.account(name).unwrap()).into_iter().map(|job| job.phase.code()).collect::<Vec<_>>()
        };
        assert_eq!(phases("甲"), ["bills", "api", "pages", "site", "check"]);
        assert_eq!(phases("坏"), ["api", "pages", "site", "check"], "its error is said by a job");
    }

    #[test]
    fn names_are_those_of_folders_and_each_stands_once() {
        let folder = tempfile::tempdir().unwrap();
        let open = |text: &str| {
            std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
            Fleet::open(folder.path()).map_err(|error| error.code())
        };
        assert_eq!(open("[[account]]\nname = 'A'\n[[account]]\nname = 'a'").unwrap_err(), "fleet-account-twice");
        for name in ["", "..", "a/b", "a\\\\b", ".x", "x ", "CON:", "nul.txt", "\u{202e}x"] {
            assert_eq!(open(&format!("[[account]]\nname = \"{name}\"")).unwrap_err(), "fleet-account-name", "{name}");
        }
        let same = "[[account]]\nname = 'a'\narchive = 'x'\n[[account]]\nname = 'b'\narchive = 'x'";
        assert_eq!(open(same).unwrap_err(), "fleet-archive-twice");
        for value in ["lease = '-1s'", "lease = '0s'", "retry = '0s'", "page-interval = '-1s'"] {
            assert_eq!(open(value).unwrap_err(), "config-value-invalid", "{value}");
        }
        assert!(open("page-interval = '0s'").is_ok());
        platform::remove_file(folder.path().join(FILE_NAME)).unwrap();
        assert_eq!(Fleet::open(folder.path()).unwrap_err().code(), "fleet-not-found");
    }
}
