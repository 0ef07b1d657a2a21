//! Accounts behind the stand-in, and runs that ask for them.

use serde_json::Value;

use crate::platform::official::{APPID, SECRET};
use crate::platform::{Class, Official, Platform};
use crate::support::{Done, Run};

pub(crate) const FREEPUBLISH: &str = "/cgi-bin/freepublish/batchget";

/// A run whose APIs lead to `platform`; `account` is put into `[account]`.
pub(crate) fn run_with(platform: &Platform, account: &str) -> Run {
    let run = Run::new().env("LIUDI_APP_SECRET", SECRET);
    let hosts: Vec<String> =
        crate::platform::HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    let config = format!(
        "[account]\nappid = '{APPID}'\n{account}\n[network]\napi-interval = '0s'\npage-interval = '0s'\n\
         page-jitter = '0s'\nretry-delay = '5ms'\nretry-delay-limit = '20ms'\nretries = 3\nheader-timeout = '2s'\n\
         idle-timeout = '1s'\n[network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), config).unwrap();
    run
}

/// A run that asks for published articles alone.
pub(crate) fn run(platform: &Platform) -> Run {
    run_with(platform, "collectors = ['freepublish']")
}

/// What a report says of one collector.
pub(crate) fn of(report: &Value, name: &str) -> Value {
    let all = report["api"]["collectors"].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).cloned().unwrap_or(Value::Null)
}

pub(crate) fn ask(run: &Run, more: &[&str]) -> Done {
    run.backup(&[&["--api", "--json", "--no-mirror"], more].concat())
}

/// An account that published `count` times.
pub(crate) fn published(class: Class, count: u64) -> Official {
    let mut official = Official::new(class);
    official.published.publish(count);
    official
}

/// Every file of an archive, its working state too, and what is packed in it.
pub(crate) fn everywhere(archive: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut places = Vec::new();
    for entry in walkdir::WalkDir::new(archive) {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = std::fs::read(entry.path()).unwrap();
        let name = entry.path().display().to_string();
        if name.ends_with(".zst") {
            places.push((format!("{name} (unpacked)"), zstd::stream::decode_all(bytes.as_slice()).unwrap()));
        }
        places.push((name, bytes));
    }
    places
}

/// Everything an account can have, a little of each.
pub(crate) fn everything() -> Official {
    let mut official = published(Class::Verified, 23);
    official.library.drafts = 3;
    (official.library.images, official.library.voices, official.library.videos, official.library.news) = (4, 4, 2, 2);
    official.people.comments.insert(2_650_000_000, 120);
    official.people.comments.insert(2_650_000_001, 0);
    (official.people.followers, official.people.blacklisted, official.people.messages_a_day) = (230, 2, 5);
    official.numbers.sent_on = vec![jiff::civil::date(2025, 11, 3), jiff::civil::date(2025, 11, 20)];
    official.numbers.publisher = true;
    official
}

/// The rows of a table, as its file has them.
pub(crate) fn lines(run: &Run, table: &str) -> Vec<Value> {
    run.read(&format!("private/data/{table}")).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
