//! Starts the stand-in platform manually: a virtual 公众号, merchant or 小程序 with its shop behind the official API, on the
//! loopback.
//!
//! ```text
//! cargo run --example platform -- [verified|unverified|personal] [ARTICLES] [ADDRESS] [MEGABYTES]  size of a video
//! cargo run --example platform -- merchant [FOLDER] [ADDRESS] [ORDERS]   keys go into FOLDER; orders of two days ago
//! cargo run --example platform -- mini [DOCUMENTS] [ADDRESS]             documents of a cloud collection
//! ```
//!
//! It prints a `liudi.toml` that leads to the stand-in; run `liudi backup --api` with it.
#![expect(dead_code, reason = "the tests use all of it, this only starts it")]
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

#[path = "../tests/platform/mod.rs"]
mod platform;

use std::path::PathBuf;

use platform::{Class, Merchant, Mini, Official, Platform, merchant, mini};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |index: usize| words.get(index).map(String::as_str);
    let number = |index: usize| word(index).and_then(|count| count.parse::<u64>().ok());
    let platform = Platform::start_at(word(2).unwrap_or("127.0.0.1:8765"));
    match word(0) {
        Some("merchant") => serve_merchant(&platform, &PathBuf::from(word(1).unwrap_or(".")), number(3)),
        Some("mini") => {
            let mut mini = Mini::default();
            mini.teas = number(1).unwrap_or(mini.teas);
            platform.serve_mini(mini);
            println!("# LIUDI_MINI_PROGRAM_SECRET={} LIUDI_SHOP_SECRET={}", mini::SECRET, mini::SHOP_SECRET);
            println!("[mini-program]\nappid = '{}'\ncloud-environments = ['{}']", mini::APPID, mini::cloud::ENV);
            println!("\n[shop]\nappid = '{}'\n", mini::SHOP_APPID);
        }
        class => {
            let class = match class {
                Some("personal") => Class::Personal,
                Some("unverified") => Class::Unverified,
                _ => Class::Verified,
            };
            let mut official = Official::new(class);
            official.numbers.today = Some(now().date());
            official.published.publish(number(1).unwrap_or(45));
            if let Some(megabytes) = number(3) {
                official.library.videos = 1;
                official.library.film_bytes = usize::try_from(megabytes << 20).unwrap();
            }
            platform.serve(official);
            println!("# LIUDI_APP_SECRET={}", platform::official::SECRET);
            println!("[account]\nappid = '{}'\n", platform::official::APPID);
        }
    }
    println!("[network]\napi-interval = '0s'\nmerchant-interval = '0s'\npage-interval = '0s'\npage-jitter = '0s'\n");
    println!("[network.hosts]");
    for host in platform::HOSTS {
        println!("'{host}' = '{}'", platform.base(host));
    }
    loop {
        std::thread::park();
    }
}

/// Returns the time in Beijing.
fn now() -> jiff::Zoned {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8)))
}

/// Serves a merchant at the current time, whose keys the user can pass to the program.
fn serve_merchant(platform: &Platform, folder: &std::path::Path, orders: Option<u64>) {
    let mut virtual_one = Merchant::new(&now().strftime("%Y-%m-%d %H:%M:%S").to_string());
    if let Some(orders) = orders {
        // The program does not request yesterday's bill before ten in the morning.
        virtual_one = virtual_one.busy_on(now().date().yesterday().unwrap().yesterday().unwrap(), orders);
    }
    let key = folder.join("apiclient_key.pem");
    std::fs::write(&key, virtual_one.key.private_pem()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(folder.join("pub_key.pem"), virtual_one.platform.public_pem()).unwrap();
    platform.serve_merchant(virtual_one);
    println!("[merchant]\nmchid = '{}'\nserial = '{}'", merchant::MCHID, merchant::SERIAL);
    println!("key-file = 'apiclient_key.pem'\npublic-key-id = '{}'", merchant::PUBLIC_KEY_ID);
    println!("public-key-file = 'pub_key.pem'\n");
}
