//! A merchant with its files on disk, whose API leads to the stand-in.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use crate::platform::merchant::{HOST, MCHID, PUBLIC_KEY_ID, SERIAL, bills};
use crate::platform::{Merchant, Platform};
use crate::support::{Done, Run};

/// 25 November 2025, noon in Beijing.
pub(crate) const NOON: &str = "1764043200";

/// The stand-in's time, of the same moment.
pub(crate) const NOW: &str = "2025-11-25 12:00:00";

/// The days of which there are bills then.
pub(crate) fn window() -> (Date, Date) {
    (date(2025, 8, 25), date(2025, 11, 24))
}

pub(crate) fn all_days() -> Vec<Date> {
    bills::days(window().0, window().1).collect()
}

/// Settings for the last two weeks alone.
pub(crate) const LATELY: &str = "bills-since = '2025-11-10'";

/// Settings for the last five days alone.
pub(crate) const BRIEFLY: &str = "bills-since = '2025-11-20'";

/// The days of [`LATELY`].
pub(crate) fn late_days() -> Vec<Date> {
    bills::days(date(2025, 11, 10), window().1).collect()
}

/// A stand-in that serves `merchant`, and a folder with the merchant's keys and settings.
pub(crate) fn merchant(merchant: Merchant, more: &str) -> (Platform, Run) {
    let platform = Platform::start();
    let run = Run::new().env("SOURCE_DATE_EPOCH", NOON);
    let write = |name: &str, text: &str| {
        let path = run.folder().join(name);
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    };
    write("apiclient_key.pem", &merchant.key.private_pem());
    write("pub_key.pem", &merchant.platform.public_pem());
    platform.serve_merchant(merchant);
    write(
        "liudi.toml",
        &format!(
            "[merchant]\nmchid = '{MCHID}'\nserial = '{SERIAL}'\nkey-file = 'apiclient_key.pem'\n\
             public-key-id = '{PUBLIC_KEY_ID}'\npublic-key-file = 'pub_key.pem'\n{more}\n\
             [network]\nmerchant-interval = '0s'\nretry-delay = '5ms'\nretry-delay-limit = '20ms'\nretries = 2\n\
             header-timeout = '2s'\nidle-timeout = '1s'\n[network.hosts]\n'{HOST}' = '{}'\n",
            platform.base(HOST)
        ),
    );
    (platform, run)
}

pub(crate) fn ask(run: &Run, more: &[&str]) -> Done {
    run.backup(&[&["--api", "--json", "--no-mirror"], more].concat())
}

/// The table of bill days, by key.
pub(crate) fn bill_days(run: &Run) -> BTreeMap<String, BTreeMap<String, String>> {
    table(run, "private/data/funds/wxpay_bills.csv").into_iter().map(|row| (row["_key"].clone(), row)).collect()
}

/// A CSV table of the archive.
pub(crate) fn table(run: &Run, path: &str) -> Vec<BTreeMap<String, String>> {
    let text = run.read(path);
    csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes()).deserialize().map(Result::unwrap).collect()
}
