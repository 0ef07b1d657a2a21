//! No secret anywhere.

use crate::platform::official::SECRET;
use crate::platform::{Class, Platform};

use super::world::{FREEPUBLISH, ask, everywhere, published, run};

#[test]
fn no_secret_is_found_anywhere() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 25);
    official.refusals.insert(FREEPUBLISH.to_owned(), vec![-1]);
    official.echo_token = true;
    platform.serve(official);
    let run = run(&platform);
    let done = ask(&run, &[]).succeeds();
    let token = platform.official(|official| official.token());
    let mut places = everywhere(&run.archive());
    places.push(("stdout".to_owned(), done.stdout.into_bytes()));
    places.push(("stderr".to_owned(), done.stderr.into_bytes()));
    assert!(places.iter().any(|(name, _)| name.contains("unpacked")));
    for secret in [SECRET, token.as_str()] {
        for (name, bytes) in &places {
            assert!(memchr::memmem::find(bytes, secret.as_bytes()).is_none(), "{name}");
        }
    }
}

#[test]
fn what_a_file_gives_away_is_blanked_in_the_answers_of_the_api_and_the_other_way_round() {
    let platform = Platform::start();
    let mut official = published(Class::Verified, 3);
    // A cookie of a browser recording, which an article of the account shows all the world.
    let cookie = "c00k1eS3cretOfTheBackEnd0123456789";
    official.published.say(cookie);
    platform.serve(official);
    let har = serde_json::json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [{
        "startedDateTime": "2025-11-20T10:00:00.000+08:00", "time": 1,
        "request": {"method": "GET", "url": format!("https://mp.weixin.qq.com/cgi-bin/appmsgpublish?secret={SECRET}"),
                    "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [], "headersSize": -1, "bodySize": 0,
                    "headers": [{"name": "Cookie", "value": format!("slave_sid={cookie}")}]},
        "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                     "redirectURL": "", "headersSize": -1, "bodySize": 2,
                     "content": {"size": 2, "mimeType": "application/json", "text": format!("{{\"note\": \"{SECRET}\"}}")}},
        "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0}}]}});
    let run = run(&platform).file("recording.har", har.to_string());
    let done = ask(&run, &[]).succeeds();
    let mut places = everywhere(&run.archive());
    places.push(("stdout".to_owned(), done.stdout.into_bytes()));
    for secret in [SECRET, cookie] {
        for (name, bytes) in places.iter().filter(|(name, _)| !name.contains("catalog.sqlite")) {
            assert!(memchr::memmem::find(bytes, secret.as_bytes()).is_none(), "{secret} in {name}");
        }
    }
}
