//! Videos that lists name, fetched while their tokens live.

use serde_json::json;

use super::{KEY, film, gaps, hidden, id, list, md5, png, record, work};
use crate::crawl::run as online;
use crate::platform::{Platform, Reply};

#[test]
fn listed_films_whose_tokens_live_are_fetched_opened_and_checked() {
    let platform = Platform::start();
    let at = |number: u64| {
        format!("finder.video.qq.com/251/20302/stodownload?encfilekey=Key{number}&token=SecretToken{number:08}")
    };
    let films: Vec<Vec<u8>> = (0..5_u8).map(|seed| film(15, seed, 140_000 + usize::from(seed))).collect();
    platform.on(&at(1), [Reply::ok(hidden(&films[1], KEY))]);
    platform.on(&at(2), [Reply::ok(films[2].clone())]);
    platform.on(&at(3), [Reply::ok(hidden(&films[4], KEY))]);
    platform.on(&at(4), [Reply::status(403)]);
    for number in 1..5 {
        platform.on(
            &format!("finder.video.qq.com/251/20304/stodownload?encfilekey=Cover{number}&token=CoverSecret{number:06}"),
            [Reply::ok(png(u8::try_from(number).unwrap()))],
        );
    }
    let works = [
        work(1, "藏着的", json!({"md5sum": md5(&films[1]), "fileSize": films[1].len(), "decodeKey": KEY})),
        work(2, "没有藏的", json!({"fileSize": films[2].len()})),
        work(3, "来的不是它", json!({"md5sum": md5(&films[3]), "decodeKey": KEY})),
        work(4, "过期的", json!({})),
    ];
    let run = online(&platform).file("post_list.json", list(&works, 4));
    let done = run.backup(&["--online", "--json", "--no-mirror"]).succeeds().json();
    assert_eq!(done["crawl"]["videos"], json!({"fetched": 2, "missing": 2}), "{done}");
    assert_eq!(done["videos"], json!({"platform_total": 4, "listed": 4, "held": 2}), "{done}");
    let reasons: Vec<(String, String)> = gaps(&run).into_iter().map(|(_, key, reason)| (key, reason)).collect();
    let expected = [(3, "hash_mismatch"), (4, "expired_window")];
    assert_eq!(reasons, expected.map(|(number, reason)| (format!("object:{}", id(number)), reason.to_owned())));
    assert_eq!(record(&run, "public", 1)["matched_by"], "md5");
    assert_eq!(record(&run, "public", 2)["matched_by"], "fetched");
    let path = record(&run, "public", 1)["media"][1]["path"].as_str().unwrap().to_owned();
    assert_eq!(std::fs::read(run.archive().join("public/data").join(path)).unwrap(), films[1]);
    assert!(!run.tree().iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains("SecretToken")));
    // Tokens that are over are not tried again; a list taken later has others.
    let asked = |platform: &Platform| platform.hits().iter().filter(|hit| hit.url.contains("Key4")).count();
    let before = asked(&platform);
    run.backup(&["--online", "--json", "--no-mirror"]).succeeds();
    assert_eq!(asked(&platform), before);
    let fresh = work(4, "过期的", json!({"urlToken": "&token=FreshSecretToken"}));
    platform.on(
        "finder.video.qq.com/251/20302/stodownload?encfilekey=Key4&token=FreshSecretToken",
        [Reply::ok(films[0].clone())],
    );
    let run = run.file("later.json", list(&[fresh], 4));
    let done = run.backup(&["--online", "--json", "--no-mirror"]).succeeds().json();
    assert_eq!(done["crawl"]["videos"]["fetched"], 1, "{done}");
    assert_eq!(done["videos"]["held"], 3, "{done}");
}
