//! The stand-in platform by hand: a virtual 公众号 behind the official API, on the loopback.
//!
//! ```text
//! cargo run --example platform -- [verified|unverified|personal] [ARTICLES] [ADDRESS]
//! ```
//!
//! It prints a `liudi.toml` that leads there; run `liudi backup --api` beside it.
#![expect(dead_code, reason = "the tests use all of it, this only starts it")]
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

#[path = "../tests/platform/mod.rs"]
mod platform;

use platform::{Class, Official, Platform};

fn main() {
    let mut words = std::env::args().skip(1);
    let class = match words.next().as_deref() {
        Some("personal") => Class::Personal,
        Some("unverified") => Class::Unverified,
        _ => Class::Verified,
    };
    let articles = words.next().and_then(|count| count.parse().ok()).unwrap_or(45);
    let platform = Platform::start_at(words.next().as_deref().unwrap_or("127.0.0.1:8765"));
    let mut official = Official::new(class);
    official.published.publish(articles);
    platform.serve(official);
    println!("# LIUDI_APP_SECRET={}", platform::official::SECRET);
    println!("[account]\nappid = '{}'\n", platform::official::APPID);
    println!("[network]\napi-interval = '0s'\npage-interval = '0s'\npage-jitter = '0s'\n\n[network.hosts]");
    for host in platform::HOSTS {
        println!("'{host}' = '{}'", platform.base(host));
    }
    loop {
        std::thread::park();
    }
}
