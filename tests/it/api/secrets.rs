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
