//! An archive in a cloud store: it is the archive, byte for byte, or the store has what it had before.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use axum::http::Method;
use liudi::archive::Archive;
use liudi::config::StoreOptions;
use liudi::model::StoreAddress;
use liudi::pipeline::archive::store;
use liudi::{Error, Unattended};

use super::cloud_store::{Asked, CloudStore, Fault, Manner};
use super::support::{Run, fixture, same, tree};

/// An archive of the demo beside the settings to reach a store.
fn demo(store: &CloudStore) -> Run {
    let run = with_settings(Run::new().fixture("demo").env("LIUDI_ZIP_PASSWORD", "liudi-demo"), store);
    run.backup(&["--no-mirror"]).succeeds();
    run
}

fn with_settings(run: Run, store: &CloudStore) -> Run {
    let settings = "[store]\nretry-delay = '5ms'\nretries = 5\npath-style = true\npart-size = 5242880\n";
    fs::write(run.folder().join("liudi.toml"), settings).unwrap();
    let cache = run.folder().join("cache").display().to_string();
    run.env("XDG_CACHE_HOME", &cache)
        .env("AWS_ACCESS_KEY_ID", "key-of-the-test")
        .env("AWS_SECRET_ACCESS_KEY", "hush-hush-hush")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", &store.endpoint())
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "key-of-the-test")
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hush-hush-hush")
        .env("OSS_ENDPOINT", &store.endpoint())
        .env("TENCENTCLOUD_SECRET_ID", "key-of-the-test")
        .env("TENCENTCLOUD_SECRET_KEY", "hush-hush-hush")
        .env("COS_ENDPOINT", &store.endpoint().replace("127.0.0.1", "localhost"))
}

/// Both bags and what pins them.
fn bags(archive: &Path) -> Vec<(String, Vec<u8>)> {
    let is_of_archive = |path: &str| path.starts_with("public/") || path.starts_with("private/") || !path.contains('/');
    tree(archive).into_iter().filter(|(path, _)| is_of_archive(path)).collect()
}

fn puts(asked: &[Asked]) -> usize {
    asked.iter().filter(|one| one.method == Method::PUT && one.object.contains("/blobs/")).count()
}

const S3: &str = "s3://bucket/留底/a";

#[test]
fn an_archive_comes_back_byte_for_byte() {
    for (manner, address) in [(Manner::S3, S3), (Manner::Oss, "oss://bucket/a"), (Manner::Careless, "s3://bucket/a")] {
        let store = CloudStore::start(manner);
        let run = demo(&store);
        store.recover();
        run.program(&["copy", "archive", address]).succeeds().says("read back from the store").says("second copy");
        let first = store.asked().len();
        let sent = store.objects();
        store.recover();
        run.program(&["copy", "archive", address]).succeeds().says("there already");
        println!("{manner:?}: {} objects, {first} requests, then {}", sent.len(), store.asked().len());
        assert_eq!((puts(&store.asked()), store.objects()), (0, sent), "{:?}", store.asked());
        run.program(&["verify", address]).succeeds().says("valid");
        run.program(&["verify", "--deep", "--read", "50%", address]).succeeds();
        run.program(&["gaps", address]).succeeds();
        run.program(&["copy", address, "back"]).succeeds();
        same(&bags(&run.archive()), &bags(&run.folder().join("back")));
        run.program(&["verify", "back"]).succeeds();
        let said = run.program(&["copy", address, "back", "--json"]).succeeds().json();
        assert_eq!(said["files"], 0, "{said}");
    }
}

#[test]
fn tencent_is_reached_by_the_name_of_the_bucket() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    run.program(&["copy", "archive", "cos://bucket/a"]).succeeds();
    run.program(&["verify", "cos://bucket/a"]).succeeds();
}

#[test]
fn it_is_put_together_without_liudi() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    run.program(&["copy", "archive", S3]).succeeds();
    let folder = run.folder().join("download");
    for (name, bytes) in store.objects() {
        let path = folder.join(name.strip_prefix("留底/a/").unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let note = fs::read_to_string(folder.join("README.txt")).unwrap();
    let script = &note[note.find("tree=$(").unwrap()..];
    let done = Command::new("bash").args(["-euc", script]).current_dir(&folder).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout).trim(), "OK", "{}", String::from_utf8_lossy(&done.stderr));
    same(&bags(&run.archive()), &bags(&folder.join("archive")));
}

#[test]
fn what_is_lost_or_changed_is_a_finding() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    run.program(&["copy", "archive", S3]).succeeds();
    let whole = store.objects();
    let restore = || whole.iter().for_each(|(name, bytes)| store.set(name, bytes.clone()));
    let manifest = run.read("public/manifest-sha256.txt");
    let (digest, path) = manifest.lines().find(|line| line.contains("content.html")).unwrap().split_once("  ").unwrap();
    let object = format!("留底/a/blobs/sha256/{}/{digest}", &digest[..2]);
    let codes = |code: i32| {
        let said = run.program(&["verify", S3, "--json"]).exits(code).json();
        let finding = said["findings"].as_array().unwrap().first().cloned().unwrap_or_default();
        assert!(finding["locator"].as_str().unwrap().ends_with(path), "{said}");
        finding["code"].as_str().unwrap().to_owned()
    };
    let bytes = store.remove(&object);
    assert_eq!(codes(64), "payload-missing");
    // It is mended from the original.
    run.program(&["copy", "archive", S3]).succeeds();
    run.program(&["verify", S3]).succeeds();
    let mut other = bytes.to_vec();
    other[0] ^= 1;
    store.set(&object, other);
    assert_eq!(codes(64), "payload-corrupt");
    run.program(&["copy", S3, "back"]).exits(64);
    store.set(&object, bytes.slice(1..));
    assert_eq!(codes(64), "payload-corrupt");
    store.set(&object, [&bytes[..], b"more"].concat());
    assert_eq!(codes(64), "payload-corrupt");
    restore();
    // The copy that was broken off goes on.
    run.program(&["copy", S3, "back"]).succeeds();
    let tree = whole.keys().find(|name| name.contains("/trees/")).unwrap().clone();
    let trees: Vec<_> = whole.keys().filter(|name| name.contains("/trees/")).cloned().collect();
    for tree in &trees {
        store.remove(tree);
    }
    run.program(&["verify", S3]).exits(64).says("listing is missing");
    run.program(&["copy", "archive", S3]).succeeds();
    run.program(&["verify", S3]).succeeds();
    restore();
    for tree in &trees {
        store.set(tree, "nothing");
    }
    run.program(&["verify", S3]).exits(64).says("listing in the store was changed");
    restore();
    store.set("留底/a/head.json", "{");
    run.program(&["verify", S3]).exits(64).says("makes no sense");
    store.remove("留底/a/head.json");
    run.program(&["verify", S3]).exits(2);
    assert!(!tree.is_empty());
}

#[test]
fn a_copy_that_is_killed_goes_on() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    let all = {
        run.program(&["copy", "archive", "s3://bucket/other"]).succeeds();
        store.asked().iter().filter(|one| one.method == Method::PUT && one.object.contains("blobs/")).count()
    };
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    store.fail(move |asked, _| {
        let is_blob = asked.method == Method::PUT && asked.object.contains("blobs/");
        (is_blob && count.fetch_add(1, Ordering::SeqCst) >= 30).then_some(Fault::Hang)
    });
    let mut child = run.spawn(&["copy", "archive", S3]);
    while sent.load(Ordering::SeqCst) < 32 {
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!store.objects().contains_key("留底/a/head.json"));
    store.recover();
    run.program(&["verify", S3]).exits(2);
    run.program(&["copy", "archive", S3]).succeeds();
    assert!(puts(&store.asked()) < all - 20, "{} of {all}", puts(&store.asked()));
    run.program(&["verify", S3]).succeeds();
    // The other way.
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    store.fail(move |asked, _| {
        let is_blob = asked.method == Method::GET && asked.object.contains("blobs/");
        (is_blob && count.fetch_add(1, Ordering::SeqCst) >= 30).then_some(Fault::Hang)
    });
    let mut child = run.spawn(&["copy", S3, "back"]);
    while taken.load(Ordering::SeqCst) < 31 {
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    store.recover();
    run.program(&["copy", S3, "back"]).succeeds();
    same(&bags(&run.archive()), &bags(&run.folder().join("back")));
}

#[test]
fn a_store_that_fails_now_and_then_loses_nothing() {
    let faults = [Fault::Status(500), Fault::Status(503), Fault::Lost(503), Fault::Cut, Fault::Slow];
    for (fault, manner, address) in faults
        .map(|fault| (fault, Manner::S3, S3))
        .into_iter()
        .chain([Fault::Status(503), Fault::Lost(500)].map(|fault| (fault, Manner::Oss, "oss://bucket/a")))
    {
        let store = CloudStore::start(manner);
        let run = demo(&store);
        // Every seventh request, which also hits the one that replaces the head.
        store.fail(move |asked, number| {
            let last = asked.method == Method::PUT && asked.object.contains("head") && number % 2 == 0;
            (number % 7 == 3 || last).then_some(fault)
        });
        run.program(&["copy", "archive", address]).succeeds();
        run.program(&["verify", address]).succeeds();
        run.program(&["copy", address, "back"]).succeeds();
        same(&bags(&run.archive()), &bags(&run.folder().join("back")));
    }
}

#[test]
fn a_store_that_fails_for_good_is_named_and_keeps_what_it_had() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    run.program(&["copy", "archive", S3]).succeeds();
    let before = store.objects();
    run.program(&["keep", "liudi.toml", "--as", "other", "-C", "archive"]).succeeds();
    fs::write(run.folder().join("liudi.toml"), "[store]\nretry-delay = '1ms'\nretries = 1\n").unwrap();
    for (status, bit) in [(500, 1), (503, 1), (403, 16)] {
        for object in ["blobs/", "head.json", "trees/"] {
            store.fail(move |asked, _| (asked.object.contains(object)).then_some(Fault::Status(status)));
            let said = run.program(&["copy", "archive", S3]).exits(bit).said();
            assert!(!said.contains("hush") && !said.contains("key-of-the-test"), "{said}");
            let said = run.program(&["verify", S3]).exits(bit).said();
            assert!(said.contains("cloud store"), "{said}");
            run.program(&["copy", S3, "back"]).exits(bit);
            run.program(&["mirror", S3, "-o", "site"]).exits(bit);
            run.program(&["export", S3, "--to", "markdown", "-o", "markdown"]).exits(bit);
        }
    }
    store.recover();
    assert_eq!(store.objects()["留底/a/head.json"], before["留底/a/head.json"]);
    run.program(&["copy", "archive", S3]).succeeds();
    run.program(&["copy", S3, "back"]).succeeds();
    run.program(&["verify", "back"]).succeeds();
    run.program(&["mirror", "archive", "-o", "of-folder"]).succeeds();
    run.program(&["mirror", S3, "-o", "site"]).succeeds();
    same(&tree(&run.folder().join("of-folder")), &tree(&run.folder().join("site")));
}

#[test]
fn a_site_and_exports_are_those_of_the_folder() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    run.program(&["copy", "archive", S3]).succeeds();
    let folder = |name: &str| tree(&run.folder().join(name));
    for (more, name) in [(vec![], "plain"), (vec!["--comments", "all"], "comments")] {
        let (of_folder, of_store) = (format!("{name}-folder"), format!("{name}-store"));
        run.program(&[&["mirror", "archive", "-o", &of_folder], &more[..]].concat()).succeeds();
        run.program(&[&["mirror", S3, "-o", &of_store], &more[..]].concat()).succeeds();
        same(&folder(&of_folder), &folder(&of_store));
    }
    for to in ["markdown", "hugo", "epub"] {
        run.program(&["export", "archive", "--to", to, "-o", &format!("{to}-folder")]).succeeds();
        run.program(&["export", "-C", S3, "--to", to, "-o", &format!("{to}-store")]).succeeds();
        same(&folder(&format!("{to}-folder")), &folder(&format!("{to}-store")));
    }
    // Once more: nothing is written again.
    let said = run.program(&["mirror", S3, "-o", "plain-store", "--json"]).succeeds().json();
    assert_eq!(said["written"], 0, "{said}");
    run.program(&["mirror", S3]).exits(2).says("Name a folder of this computer with -o");
    run.program(&["export", S3, "--to", "markdown"]).exits(2);
    assert!(!run.folder().join("s3:").exists());
}

#[test]
fn a_large_file_goes_in_parts() {
    let store = CloudStore::start(Manner::S3);
    let bytes: Vec<u8> = (0..41_u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
    let run = with_settings(Run::new().fixture("article").file("large.bin", &bytes), &store);
    run.backup(&["--no-mirror"]);
    run.program(&["keep", "in/large.bin", "--as", "other", "-C", "archive"]).succeeds();
    store.fail(|asked, number| (asked.query.contains("partNumber") && number % 3 == 0).then_some(Fault::Status(503)));
    run.program(&["copy", "archive", S3]).succeeds();
    let parts = store.asked().iter().filter(|one| one.query.contains("partNumber")).count();
    assert!(parts >= 9, "{parts} parts");
    run.program(&["copy", S3, "back"]).succeeds();
    same(&bags(&run.archive()), &bags(&run.folder().join("back")));
}

/// Connects this process to the store under an address of its own.
fn connected(store: &CloudStore, scheme: &str) -> StoreAddress {
    let endpoint = store.endpoint();
    let port = endpoint.rsplit(':').next().unwrap();
    let address: StoreAddress = format!("{scheme}://bucket/{port}").parse().unwrap();
    let options = StoreOptions {
        endpoint: Some(endpoint),
        path_style: true,
        ..toml::from_str("retry-delay = '5ms'\nkey-id = 'id'").unwrap()
    };
    let mut settings = options.settle(&address).unwrap_or_else(|_| {
        use liudi::model::store_address::{StoreKey, StoreSettings};
        let key = StoreKey { id: "id".into(), secret: "hush".to_owned().into(), token: None };
        StoreSettings {
            endpoint: options.endpoint.clone(),
            path_style: true,
            key: Some(key),
            ..StoreSettings::default()
        }
    });
    settings.retry_delay = Duration::from_millis(5);
    store::connect(&address, &settings).unwrap();
    address
}

#[test]
fn a_worker_that_lost_its_lease_replaces_nothing() {
    for (manner, scheme) in [(Manner::S3, "s3"), (Manner::Oss, "oss"), (Manner::Careless, "s3")] {
        let store = CloudStore::start(manner);
        let address = connected(&store, scheme);
        let run = demo(&store);
        let host = Unattended::default();
        let push = |epoch| store::push(&run.archive(), &address, Some(epoch), &host);
        assert_eq!(push(3).unwrap().epoch, 3);
        // Another machine takes over: from its pull on, nobody can push under the old lease.
        let other = run.folder().join("other");
        let pulled = store::pull(&address, &other, Some(4), &host).unwrap();
        assert!(pulled.exists && pulled.files > 50 && pulled.damaged.is_empty());
        same(&bags(&run.archive()), &bags(&other));
        fs::write(run.folder().join("unsent.txt"), "never sent").unwrap();
        run.program(&["keep", "unsent.txt", "--as", "other", "-C", "archive"]).succeeds();
        let before = store.objects();
        let refused = push(3).unwrap_err();
        assert_eq!((refused.code(), refused.argument("held").as_deref()), ("store-epoch-stale", Some("4")));
        assert_eq!(store.objects(), before);
        // It goes on there.
        run.program(&["keep", "liudi.toml", "--as", "other", "-C", "other"]).succeeds();
        assert_eq!(store::push(&other, &address, Some(4), &host).unwrap().epoch, 4);
        // The first machine has a change that was never sent: it is not overwritten.
        let refused = store::pull(&address, &run.archive(), Some(5), &host).unwrap_err();
        assert_eq!(refused.code(), "store-copy-differs");
        // A third one fetches what is new only.
        let third = run.folder().join("third");
        store::pull(&address, &third, None, &host).unwrap();
        let again = store::pull(&address, &third, None, &host).unwrap();
        assert_eq!((again.files, again.removed), (0, 0));
        same(&bags(&other), &bags(&third));
    }
}

#[test]
fn of_two_writers_one_wins() {
    for (manner, scheme) in [(Manner::S3, "s3"), (Manner::Oss, "oss")] {
        let store = CloudStore::start(manner);
        let address = connected(&store, scheme);
        let (one, two) = (demo(&store), demo(&store));
        for (run, text) in [(&one, "one"), (&two, "two")] {
            fs::write(run.folder().join("own.txt"), text).unwrap();
            run.program(&["keep", "own.txt", "--as", "other", "-C", "archive"]).succeeds();
        }
        // A push lasts so long that both have seen an empty store before one of them ends.
        store.fail(|asked, _| (asked.method == Method::PUT).then_some(Fault::Slow));
        let gate = Arc::new(Barrier::new(2));
        let push = |root: std::path::PathBuf| {
            let (gate, address) = (Arc::clone(&gate), address.clone());
            thread::spawn(move || {
                gate.wait();
                store::push(&root, &address, Some(1), &Unattended::default())
            })
        };
        let done = [push(one.archive()), push(two.archive())].map(|thread| thread.join().unwrap());
        let won = done.iter().filter(|done| done.is_ok()).count();
        let lost: Vec<&str> = done.iter().filter_map(|done| done.as_ref().err().map(Error::code)).collect();
        assert_eq!((won, lost), (1, vec!["store-changed"]));
        let back = one.folder().join("back");
        store::pull(&address, &back, None, &Unattended::default()).unwrap();
        let winner = if done[0].is_ok() { one.archive() } else { two.archive() };
        same(&bags(&winner), &bags(&back));
    }
}

#[test]
fn a_backup_is_kept_in_the_store_and_goes_on_from_another_computer() {
    let store = CloudStore::start(Manner::S3);
    let mut pages: Vec<_> = fs::read_dir(fixture("demo/pages")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    pages.sort();
    let page = |at: usize| fs::read(&pages[at]).unwrap();
    let flags = ["--store", S3, "--no-mirror"];
    let one = with_settings(Run::new().file("a.html", page(0)), &store);
    one.backup(&flags).succeeds().says("read back from the store").says("second copy");
    one.program(&["verify", S3]).succeeds();
    // Nothing new: nothing is sent but what shows that.
    store.recover();
    one.backup(&flags).succeeds().says("there already");
    assert_eq!(puts(&store.asked()), 0, "{:?}", store.asked());

    let other = with_settings(Run::new().file("b.html", page(1)), &store);
    let said = other.backup(&["--store", S3, "--no-mirror", "--json"]).succeeds().json();
    assert!(said["store"]["fetched"].as_u64().unwrap() > 20, "{said}");
    assert_eq!(
        (&said["articles"]["held"], said["store"]["kept"]["recorded"].as_bool()),
        (&2.into(), Some(true)),
        "{said}"
    );
    one.program(&["copy", S3, "back"]).succeeds();
    same(&bags(&other.archive()), &bags(&one.folder().join("back")));

    // The store fails at the end: the folder is complete, and the next run sends it.
    fs::write(one.folder().join("in/c.html"), page(2)).unwrap();
    let is_put = |asked: &Asked| asked.method == Method::PUT;
    store.fail(move |asked, _| is_put(asked).then_some(Fault::Status(503)));
    let failed = one.backup(&flags);
    assert!(failed.code != 0 && failed.said().contains("Run the same command again"), "{}", failed.said());
    one.program(&["verify", "archive"]).succeeds();
    store.recover();
    one.backup(&flags).succeeds();
    same(&bags(&one.archive()), &{
        one.program(&["copy", S3, "again"]).succeeds();
        bags(&one.folder().join("again"))
    });

    // Both went on by themselves: neither is overwritten.
    store.fail(move |asked, _| is_put(asked).then_some(Fault::Status(503)));
    fs::write(one.folder().join("in/d.html"), page(3)).unwrap();
    assert_ne!(one.backup(&flags).code, 0);
    store.recover();
    fs::write(other.folder().join("in/e.html"), page(4)).unwrap();
    other.backup(&flags).succeeds();
    let before = (bags(&one.archive()), store.objects());
    one.backup(&flags).exits(1).says("changed from elsewhere");
    assert_eq!(before, (bags(&one.archive()), store.objects()));

    one.backup(&["--store", "folder"]).exits(2).says("no address of a cloud store");
    one.backup(&["--store", S3, "--dry-run"]).exits(2);
    // A folder of other things is not made an archive.
    fs::create_dir(one.folder().join("mine")).unwrap();
    fs::write(one.folder().join("mine/x.txt"), "mine").unwrap();
    one.program(&["backup", "in", "-o", "mine", "--store", S3]).exits(2);
    assert_eq!(fs::read_dir(one.folder().join("mine")).unwrap().count(), 1);
}

#[test]
fn what_a_folder_sent_is_not_lost_with_the_store() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    let flags = ["--store", S3, "--no-mirror"];
    run.backup(&flags).succeeds();
    let (whole, first) = (bags(&run.archive()), store.objects());
    // The bucket is emptied, and another computer begins anew there.
    let empty = || store.objects().keys().for_each(|name| drop(store.remove(name)));
    let put_back = || first.iter().for_each(|(name, bytes)| store.set(name, bytes.clone()));
    empty();
    let page = fs::read(fixture("demo/pages/2023-03-18 开山第一天.html")).unwrap();
    let other = with_settings(Run::new().file("a.html", page), &store);
    other.backup(&["--store", S3, "--no-mirror"]).succeeds();
    let before = store.objects();
    run.backup(&flags).exits(1).says("changed from elsewhere");
    assert!(bags(&run.archive()) == whole && store.objects() == before);
    // The store is put back to an earlier state.
    empty();
    put_back();
    fs::write(run.folder().join("more.txt"), "more").unwrap();
    run.program(&["keep", "more.txt", "--as", "other", "-C", "archive"]).succeeds();
    run.backup(&flags).succeeds();
    let later = bags(&run.archive());
    empty();
    put_back();
    run.backup(&flags).exits(1).says("changed from elsewhere");
    assert!(bags(&run.archive()) == later);
    // It is empty: everything is sent again.
    empty();
    run.backup(&flags).succeeds();
    run.program(&["verify", S3]).succeeds();
    // Two stores in turn.
    run.backup(&["--store", "s3://bucket/b", "--no-mirror"]).succeeds();
    run.backup(&flags).succeeds();
    run.program(&["verify", "s3://bucket/b"]).succeeds();
    run.program(&["verify", S3]).succeeds();
}

#[test]
fn what_verify_found_changed_in_the_store_is_mended_by_a_copy() {
    let store = CloudStore::start(Manner::S3);
    let run = demo(&store);
    run.program(&["copy", "archive", S3]).succeeds();
    let manifest = run.read("public/manifest-sha256.txt");
    let (digest, _) = manifest.lines().find(|line| line.contains("content.html")).unwrap().split_once("  ").unwrap();
    let object = format!("留底/a/blobs/sha256/{}/{digest}", &digest[..2]);
    let mut bytes = store.objects()[&object].to_vec();
    bytes[0] ^= 1;
    store.set(&object, bytes);
    run.program(&["verify", S3]).exits(64);
    run.program(&["copy", "archive", S3]).succeeds().says("Copied one file");
    run.program(&["verify", S3]).succeeds();
    store.recover();
    run.program(&["copy", "archive", S3]).succeeds();
    assert!(!store.asked().iter().any(|asked| asked.object == object && asked.method == Method::GET), "read once more");
}

/// A machine with the same list of accounts as the others, and nothing else.
fn machine(store: &CloudStore) -> Run {
    let run = with_settings(Run::new(), store);
    let list = "online = false\nsites = false\nretry = '50ms'\nstore = 's3://bucket/fleet'\n[store-settings]\n\
                path-style = true\nretry-delay = '5ms'\n[[account]]\nname = '谷雨'\ninputs = ['in']\n";
    fs::write(run.folder().join("fleet.toml"), list).unwrap();
    run
}

#[test]
fn a_fleet_keeps_its_archives_in_the_store_and_another_machine_goes_on() {
    let store = CloudStore::start(Manner::S3);
    let one = machine(&store).file("a.html", fs::read(fixture("demo/pages/2023-03-18 开山第一天.html")).unwrap());
    one.program(&["fleet", "run"]).succeeds();
    let address = "s3://bucket/fleet/谷雨";
    one.program(&["verify", address]).succeeds();
    let first = one.folder().join("archives/谷雨");

    // Another one has none of it, and a file more.
    let page = fs::read_dir(fixture("demo/pages")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = page.filter(|path| path.extension().is_some_and(|extension| extension == "html")).collect();
    pages.sort();
    let other = machine(&store).file("b.html", fs::read(pages.last().unwrap()).unwrap());
    other.program(&["fleet", "run"]).succeeds();
    let second = other.folder().join("archives/谷雨");
    let held = |root: &Path| Archive::open(root).unwrap().head().unwrap();
    assert_ne!(held(&first), held(&second));
    let status = other.program(&["fleet", "status", "--json"]).succeeds().json();
    assert_eq!(status["accounts"][0]["held"], 2, "{status:#}");

    // The first one goes on where the other stopped.
    one.program(&["fleet", "run", "--again"]).succeeds();
    same(&bags(&first), &bags(&second));
    one.program(&["copy", address, "back"]).succeeds();
    // The report stands beside the bags, and is made anew wherever the archive is.
    let without_report = |mut files: Vec<(String, Vec<u8>)>| {
        files.retain(|(path, _)| !path.starts_with("readiness."));
        files
    };
    same(&without_report(bags(&first)), &bags(&one.folder().join("back")));
    one.program(&["verify", "back"]).succeeds();

    // A store that was emptied gets everything again, though nothing is new.
    store.objects().keys().for_each(|name| drop(store.remove(name)));
    one.program(&["fleet", "run", "--again"]).succeeds();
    one.program(&["verify", address]).succeeds();

    // What was never brought into the store, because it could not be reached, does not stand in the way of the others.
    fs::write(one.folder().join("in/c.html"), fs::read(&pages[1]).unwrap()).unwrap();
    let is_blob = |asked: &Asked| asked.method == Method::PUT && asked.object.contains("/blobs/");
    store.fail(move |asked, _| is_blob(asked).then_some(Fault::Status(503)));
    let told = one.program(&["fleet", "run", "--again", "--json"]);
    assert_ne!(told.code, 0, "{}", told.stdout);
    store.recover();
    fs::write(other.folder().join("in/d.html"), fs::read(&pages[2]).unwrap()).unwrap();
    other.program(&["fleet", "run", "--again"]).succeeds();
    one.program(&["fleet", "retry"]).succeeds();
    one.program(&["fleet", "run"]).succeeds();
    let aside = fs::read_dir(one.folder().join("archives")).unwrap().map(|entry| entry.unwrap().file_name());
    let aside: Vec<_> = aside.map(|name| name.to_string_lossy().into_owned()).collect();
    assert!(aside.iter().any(|name| name.starts_with("谷雨.unpushed-")), "{aside:?}");
    let status = one.program(&["fleet", "status", "--json"]).succeeds().json();
    assert_eq!(status["accounts"][0]["held"], 4, "{status:#}");
    one.program(&["verify", address]).succeeds();
}
