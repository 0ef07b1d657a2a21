//! Packs: the same archive again, whatever can happen on the way is found, and nothing half-done has a name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use age::secrecy::ExposeSecret as _;
use liudi::model::Class::{Private, Public};
use liudi::model::{Sha256, layout};

use crate::archive::put;
use crate::support::{Done, Run, passed_over, same, tree};

const PASSPHRASE: &str = "six words that nobody will guess";

/// An archive with small files, one that is larger than what is read at once, and a record to change it by.
fn sample() -> Run {
    let run = Run::new();
    let large = (0..600_000_u32).map(|number| format!("{number:016}")).collect::<Vec<_>>().concat();
    let medium = layout::media_path(&Sha256::of(b"png"), "png");
    put(
        &run.archive(),
        &[
            (Public, "articles/2024/一/article.json", "{}"),
            (Public, "articles/2024/一/content.html", ""),
            (Public, &medium, "png"),
            (Private, "documents/大.txt", &large),
            (Private, "documents/账单.csv", "a,b\r\n"),
        ],
    );
    run
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn pack(run: &Run, more: &[&str]) -> Done {
    run.program(&[&["pack", "archive", "-o", "packs"], more].concat())
}

fn unpack(run: &Run, more: &[&str]) -> Done {
    run.program(&[&["unpack", "packs", "-o", "again"], more].concat())
}

/// Asserts that the unpacked archive is the packed one, and valid.
#[track_caller]
fn is_restored(run: &Run) {
    same(&run.tree(), &tree(&run.folder().join("again")));
    run.program(&["verify", "again"]).succeeds().says("complete and valid");
}

/// Asserts that a failed run left no archive, neither whole nor half.
#[track_caller]
fn is_nothing_left(run: &Run) {
    assert_eq!(names(run.folder()).into_iter().filter(|name| name.contains("again")).collect::<Vec<_>>(), [""; 0]);
}

fn write_private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
}

/// Writes a new secret key of age into a file and returns the public key.
fn new_key(run: &Run, name: &str) -> String {
    let key = age::x25519::Identity::generate();
    write_private(&run.folder().join(name), &format!("# mine\n{}\n", key.to_string().expose_secret()));
    key.to_public().to_string()
}

#[test]
fn an_archive_comes_back_byte_by_byte_and_its_packs_are_always_the_same() {
    let run = sample();
    let done = pack(&run, &[]).succeeds();
    done.says("Every byte was compared").says("not encrypted");
    let packs = run.folder().join("packs");
    let expected = [
        "archive-README.txt",
        "archive-anchor.zip",
        "archive-private.zip",
        "archive-private.zip.sha256",
        "archive-public.zip",
        "archive-public.zip.sha256",
    ];
    assert_eq!(names(&packs), expected);
    for list in ["archive-private.zip.sha256", "archive-public.zip.sha256"] {
        let text = fs::read_to_string(packs.join(list)).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        for line in text.lines() {
            let (digest, name) = line.split_once("  ").unwrap();
            assert_eq!(Sha256::of(&fs::read(packs.join(name)).unwrap()).hex(), digest, "{name}");
        }
    }
    run.program(&["pack", "archive", "-o", "others"]).succeeds();
    same(&tree(&packs), &tree(&run.folder().join("others")));
    // Once more into the same folder changes nothing.
    pack(&run, &[]).succeeds();
    same(&tree(&packs), &tree(&run.folder().join("others")));
    unpack(&run, &[]).succeeds().says("Every byte is right");
    is_restored(&run);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| fs::metadata(run.folder().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("packs/archive-private.zip"), 0o600);
        assert_eq!(mode("again/private"), 0o700);
        assert_eq!(mode("again/private/data/documents/大.txt"), 0o600);
        assert_eq!(mode("again/public/data/articles/2024/一/article.json"), 0o644);
    }
    // Nothing that is there is touched.
    unpack(&run, &[]).exits(2).says("exists");
    run.program(&["unpack", "packs", "-o", "packs"]).exits(2).says("exists");
}

#[test]
fn a_pack_in_pieces_is_found_by_any_of_them_and_lacks_none() {
    let run = sample();
    let done = pack(&run, &["--split-size", "3MB", "--json"]).succeeds().json();
    let parts = done["bags"][1]["parts"].as_array().unwrap().clone();
    assert_eq!(parts.len(), 4, "{done:#}");
    assert_eq!(parts[3]["name"], "archive-private.zip.004");
    assert!(parts[..3].iter().all(|part| part["bytes"] == 3_000_000), "{done:#}");
    let packs = run.folder().join("packs");
    let list = fs::read_to_string(packs.join("archive-private.zip.sha256")).unwrap();
    assert_eq!(list.lines().count(), 6, "{list}");
    let files = ["packs/archive-private.zip.003", "packs/archive-public.zip"];
    run.program(&[&["unpack"], &files[..], &["-o", "again"]].concat()).succeeds();
    is_restored(&run);
    fs::remove_dir_all(run.folder().join("again")).unwrap();

    let part = |number: u32| packs.join(format!("archive-private.zip.{number:03}"));
    let swap = |a: u32, b: u32| {
        fs::rename(part(a), packs.join("x")).unwrap();
        fs::rename(part(b), part(a)).unwrap();
        fs::rename(packs.join("x"), part(b)).unwrap();
    };
    swap(2, 3);
    unpack(&run, &[]).exits(64).says("has changed");
    is_nothing_left(&run);
    swap(2, 3);
    for missing in [1, 2, 4] {
        fs::rename(part(missing), packs.join("x")).unwrap();
        unpack(&run, &[]).exits(64).says("a piece is missing");
        is_nothing_left(&run);
        fs::rename(packs.join("x"), part(missing)).unwrap();
    }
    unpack(&run, &[]).succeeds();
    is_restored(&run);
    for wrong in ["1.5GB", "10", "much"] {
        run.program(&["pack", "archive", "-o", "n", "--split-size", wrong]).exits(2).says("not a valid size");
    }
}

#[test]
fn a_passphrase_opens_what_it_closed_and_no_other_does() {
    let run = sample().env("LIUDI_PASSPHRASE", PASSPHRASE);
    pack(&run, &["--passphrase"]).succeeds().says("Without the passphrase nobody can ever open it");
    let sealed = run.folder().join("packs/archive-private.zip.age");
    let bytes = fs::read(&sealed).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "), "the format of age");
    assert!(memchr::memmem::find(&bytes, "账单".as_bytes()).is_none(), "no name is readable");
    assert!(!run.folder().join("packs/archive-private.zip").exists());
    unpack(&run, &[]).succeeds();
    is_restored(&run);
    fs::remove_dir_all(run.folder().join("again")).unwrap();

    let with =
        |passphrase: &str| run.program_with(&["unpack", "packs", "-o", "again"], &[("LIUDI_PASSPHRASE", passphrase)]);
    with("six words that nobody will guesS").exits(16).says("wrong passphrase");
    is_nothing_left(&run);
    // Nobody is there who could answer.
    with("").exits(16).says("LIUDI_PASSPHRASE");
    write_private(&run.folder().join("secret"), &format!("{PASSPHRASE}\nanother line\n"));
    run.program_with(
        &["unpack", "packs", "-o", "again", "--passphrase-file", "secret"],
        &[("LIUDI_PASSPHRASE", "another")],
    )
    .succeeds();
    is_restored(&run);
    fs::remove_dir_all(run.folder().join("again")).unwrap();

    // From a pipe, as a shell makes one of a password manager's answer.
    if cfg!(unix) {
        let pipe = run.folder().join("pipe");
        assert!(std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&pipe).status().unwrap().success());
        let writer = std::thread::spawn(move || fs::write(&pipe, format!("{PASSPHRASE}\n")).unwrap());
        run.program_with(&["unpack", "packs", "-o", "again", "--passphrase-file", "pipe"], &[]).succeeds();
        writer.join().unwrap();
        is_restored(&run);
        fs::remove_dir_all(run.folder().join("again")).unwrap();
    }

    // Encrypted anew it would differ: the one that is there stays.
    pack(&run, &["--passphrase"]).exits(2).says("was not replaced");
    assert_eq!(fs::read(&sealed).unwrap(), bytes);
    // A pack that asks for a terabyte.
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let end = line + bytes[line..].iter().position(|byte| *byte == b'\n').unwrap();
    let mut hostile = bytes.clone();
    hostile[end - 2..end].copy_from_slice(b"30");
    fs::write(&sealed, &hostile).unwrap();
    unpack(&run, &[]).exits(32).says("too much memory");
    is_nothing_left(&run);

    run.program_with(&["pack", "archive", "-o", "n", "--passphrase"], &[("LIUDI_PASSPHRASE", "short")])
        .exits(16)
        .says("too short");
    run.program(&["pack", "archive", "-o", "n", "--passphrase", "--bag", "public"]).exits(2).says("is not encrypted");
    assert!(!run.folder().join("n").exists());
}

#[test]
fn keys_open_what_was_encrypted_to_them_and_every_changed_byte_is_found() {
    let run = sample();
    let keys = [new_key(&run, "mine"), new_key(&run, "yours"), new_key(&run, "theirs")];
    let done = pack(&run, &["--encrypt-to", &keys[0], "--encrypt-to", &keys[1]]).succeeds();
    done.says(&keys[0]).says(&keys[1]).says("nobody can ever open it");
    for (key, code) in [("mine", 0), ("yours", 0), ("theirs", 16)] {
        unpack(&run, &["--identity", key]).exits(code);
        if code == 0 {
            is_restored(&run);
            fs::remove_dir_all(run.folder().join("again")).unwrap();
        }
    }
    unpack(&run, &[]).exits(16).says("--identity");
    is_nothing_left(&run);
    let sealed = run.folder().join("packs/archive-private.zip.age");
    let bytes = fs::read(&sealed).unwrap();
    // In the header, in the first, a middle and the last piece, and at both ends.
    for at in [0, 30, 120, 400, 5000, bytes.len() / 2, bytes.len() - 70_000, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::write(&sealed, changed).unwrap();
        let done = unpack(&run, &["--identity", "mine"]);
        assert!([16, 64].contains(&done.code), "byte {at}: {}", done.said());
        is_nothing_left(&run);
    }
    for length in [0, 20, 300, 70_000, bytes.len() - 1] {
        fs::write(&sealed, &bytes[..length]).unwrap();
        unpack(&run, &["--identity", "mine"]).exits(64);
        is_nothing_left(&run);
    }
    for (wrong, words) in [("age1abc", "not an age public key"), ("ssh-ed25519 AAAA", "this kind of key")] {
        run.program(&["pack", "archive", "-o", "n", "--encrypt-to", wrong]).exits(2).says(words);
    }
    run.program(&["pack", "archive", "-o", "n", "--encrypt-to", &keys[0], "--passphrase"]).exits(2);
    assert!(!run.folder().join("n").exists());
    #[cfg(unix)]
    {
        fs::set_permissions(run.folder().join("mine"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        unpack(&run, &["--identity", "mine"]).exits(16).says("other users can read");
    }
}

#[test]
fn a_damaged_archive_is_not_packed_and_the_file_is_named() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 6] = [
        ("documents/大.txt", |root| change(&root.join("private/data/documents/大.txt"))),
        ("article.json", |root| fs::write(root.join("public/data/articles/2024/一/article.json"), "[]").unwrap()),
        ("documents/账单.csv", |root| fs::remove_file(root.join("private/data/documents/账单.csv")).unwrap()),
        ("data/more", |root| fs::write(root.join("public/data/more"), "more").unwrap()),
        ("manifest-sha256.txt", |root| change(&root.join("private/manifest-sha256.txt"))),
        ("README.txt", |root| change(&root.join("README.txt"))),
    ];
    for (name, damage) in damages {
        let run = sample();
        damage(&run.archive());
        pack(&run, &[]).exits(64).says(name).says("nothing was packed");
        assert_eq!(names(&run.folder().join("packs")), [""; 0], "{name}");
    }
}

fn change(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn packs_of_another_state_are_neither_replaced_nor_mixed() {
    let run = sample();
    pack(&run, &[]).succeeds();
    let before = tree(&run.folder().join("packs"));
    put(&run.archive(), &[(Public, "articles/2024/二/article.json", "{ }")]);
    pack(&run, &[]).exits(2).says("was not replaced");
    same(&before, &tree(&run.folder().join("packs")));
    run.program(&["pack", "archive", "-o", "newer"]).succeeds();
    let mixed = ["packs/archive-anchor.zip", "newer/archive-public.zip", "packs/archive-private.zip"];
    run.program(&[&["unpack"], &mixed[..], &["-o", "again"]].concat()).exits(32).says("packed at another time");
    is_nothing_left(&run);
    let anchor = run.folder().join("packs/archive-anchor.zip");
    let right = fs::read(&anchor).unwrap();
    for at in [0, 10, right.len() / 2, right.len() - 1] {
        let mut wrong = right.clone();
        wrong[at] ^= 1;
        fs::write(&anchor, wrong).unwrap();
        unpack(&run, &[]).exits(64).says("archive-anchor.zip");
        is_nothing_left(&run);
    }
    fs::write(&anchor, "").unwrap();
    unpack(&run, &[]).exits(64).says("archive-anchor.zip");
    fs::write(&anchor, right).unwrap();
    let twice = ["packs/archive-public.zip", "newer/archive-public.zip"];
    run.program(&[&["unpack"], &twice[..], &["-o", "again"]].concat()).exits(2).says("the same part");
    is_nothing_left(&run);
    fs::remove_file(run.folder().join("newer/archive-anchor.zip")).unwrap();
    run.program(&["unpack", "newer", "-o", "again"]).exits(64).says("archive-anchor.zip");
    for inside in ["archive", "archive/public", "archive/packs"] {
        run.program(&["pack", "archive", "-o", inside]).exits(2).says("inside the archive");
    }
    run.program(&["unpack", "nowhere.zip", "-o", "again"]).exits(32).says("does not exist");
    run.program(&["unpack", "archive", "-o", "again"]).exits(2).says("no pack was found");
    is_nothing_left(&run);
}

#[test]
fn one_bag_alone_can_be_checked_and_says_that_it_is_one() {
    for (bag, note, other) in [("public", "PUBLIC-ONLY.txt", "private"), ("private", "PRIVATE-ONLY.txt", "public")] {
        let run = sample();
        pack(&run, &["--bag", bag]).succeeds();
        assert!(!names(&run.folder().join("packs")).iter().any(|name| name.contains(other)));
        unpack(&run, &[]).succeeds().says(&format!("only the {bag} part"));
        let again = run.folder().join("again");
        assert_eq!(
            names(&again),
            if bag == "public" {
                [note, "README.txt", "SHA256SUMS", "public"]
            } else {
                [note, "README.txt", "SHA256SUMS", "private"]
            }
        );
        run.program(&["verify", "again"]).succeeds().says(&format!("Only the {bag} part of the archive is here"));
        let report = run.program(&["verify", "again", "--json"]).succeeds().json();
        assert_eq!((&report["only"], &report["valid"]), (&bag.into(), &false.into()));
        // A part of an archive is packed again, but never written into.
        run.program(&["pack", "again", "-o", "packs2"]).succeeds();
        run.program(&["pack", "again", "-o", "packs3", "--bag", other]).exits(2).says("does not have the part");
        let page = crate::support::fixture("page/type0-complete").display().to_string();
        run.program(&["backup", &page, "-o", "again"]).exits(2).says("only one part of an archive");
        let file = if bag == "public" {
            "public/data/articles/2024/一/article.json"
        } else {
            "private/data/documents/账单.csv"
        };
        change(&again.join(file));
        run.program(&["verify", "again"]).exits(64).says(file);
        // Without the note, the other bag is missing.
        fs::remove_file(again.join(note)).unwrap();
        run.program(&["verify", "again"]).exits(64).says(&format!("{other}/tagmanifest-sha256.txt"));
    }
}

/// Writes a pair of minisign keys and returns the paths.
fn signing_keys(run: &Run, name: &str) -> (PathBuf, PathBuf) {
    let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    let (secret, public) = (run.folder().join(format!("{name}.key")), run.folder().join(format!("{name}.pub")));
    // As minisign itself writes a key without a password (`-G -W`): without a checksum.
    let mut bytes = pair.sk.to_bytes();
    bytes[126..].fill(0);
    let key = minisign::SecretKey::from_bytes(&bytes).unwrap();
    write_private(&secret, &key.to_box(None).unwrap().into_string());
    fs::write(&public, pair.pk.to_box().unwrap().into_string()).unwrap();
    (secret, public)
}

#[test]
fn a_signature_is_of_one_key_and_one_state_and_travels_along() {
    let run = sample();
    let (secret, public) = signing_keys(&run, "mine");
    let (_, others) = signing_keys(&run, "other");
    let (secret, public, others) = (secret.to_str().unwrap(), public.to_str().unwrap(), others.to_str().unwrap());
    let key = fs::read_to_string(public).unwrap().lines().nth(1).unwrap().to_owned();
    run.program(&["verify", "archive", "--public-key", public]).exits(64).says("not signed");
    run.program(&["sign", "archive", "--key", secret]).succeeds().says("Signed");
    let check = |archive: &str, more: &[&str]| run.program(&[&["verify", archive], more].concat());
    check("archive", &[]).succeeds().says("was not checked").says("complete and valid");
    for by in [public, &key] {
        check("archive", &["--signature", "--public-key", by]).succeeds().says("The signature is valid");
    }
    check("archive", &["--public-key", others]).exits(64).says("not made by this key");
    check("archive", &["--public-key", "nonsense"]).exits(2).says("neither a minisign public key");
    check("archive", &["--signature"]).exits(2);
    let json = check("archive", &["--public-key", public, "--json"]).succeeds().json();
    assert_eq!((&json["signature"]["state"], &json["valid"]), (&"valid".into(), &true.into()));

    pack(&run, &[]).succeeds().says("The signature travels along");
    unpack(&run, &[]).succeeds();
    is_restored(&run);
    check("again", &["--public-key", public]).succeeds().says("The signature is valid");

    // A change after it: said without a key, and a finding with one.
    put(&run.archive(), &[(Public, "articles/2024/二/article.json", "{ }")]);
    check("archive", &[]).succeeds().says("of an earlier state");
    check("archive", &["--public-key", public]).exits(64).says("of an earlier state");
    run.program(&["pack", "archive", "-o", "newer"]).succeeds().says("has changed since it was signed");
    run.program(&["pack", "archive", "-o", "signed", "--sign", secret]).succeeds().says("Signed");
    check("archive", &["--public-key", public]).succeeds();
    // Another file as the signature, a broken one, and a damaged archive.
    let kept = run.folder().join("kept.minisig");
    fs::rename(run.archive().join("SHA256SUMS.minisig"), &kept).unwrap();
    check("archive", &["--signature=kept.minisig", "--public-key", public]).succeeds().says("is valid");
    fs::write(run.archive().join("SHA256SUMS.minisig"), "nothing\n").unwrap();
    check("archive", &[]).exits(64).says("not a minisign signature");
    change(&run.archive().join("README.txt"));
    run.program(&["sign", "archive", "--key", secret]).exits(64).says("it was not signed");
    run.program(&["sign", "again", "--key", public]).exits(16);
}

#[test]
fn a_lost_signature_comes_back_from_a_copy_of_the_same_state() {
    let run = sample();
    let (secret, public) = signing_keys(&run, "mine");
    let public = public.to_str().unwrap();
    run.program(&["sign", "archive", "--key", secret.to_str().unwrap()]).succeeds();
    run.program(&["copy", "archive", "second"]).succeeds();
    // The copy was recorded, so the archive is signed again, and so is the copy.
    run.program(&["sign", "archive", "--key", secret.to_str().unwrap()]).succeeds();
    run.program(&["copy", "archive", "second"]).succeeds();
    let place = run.archive().join("SHA256SUMS.minisig");
    let signed = fs::read(&place).unwrap();
    fs::remove_file(&place).unwrap();
    run.program(&["repair", "archive"]).succeeds();
    run.program(&["repair", "archive", "--from", "second", "--dry-run"]).says("SHA256SUMS.minisig");
    assert!(!place.exists(), "a plan changes nothing");
    run.program(&["repair", "archive", "--from", "second"]).succeeds().says("SHA256SUMS.minisig");
    assert_eq!(fs::read(&place).unwrap(), signed);
    fs::write(&place, "nothing").unwrap();
    run.program(&["repair", "archive"]).exits(64).says("SHA256SUMS.minisig");
    run.program(&["repair", "archive", "--from", "second"]).succeeds();
    run.program(&["verify", "archive", "--public-key", public]).succeeds().says("The signature is valid");
    fs::remove_file(&place).unwrap();
    fs::create_dir(&place).unwrap();
    fs::write(place.join("mine"), "mine").unwrap();
    run.program(&["verify", "archive"]).exits(64).says("SHA256SUMS.minisig");
    run.program(&["copy", "archive", "third"]).exits(64).says("SHA256SUMS.minisig");
    pack(&run, &[]).exits(64).says("SHA256SUMS.minisig");
    run.program(&["repair", "archive", "--from", "second"]).exits(64).says("SHA256SUMS.minisig");
    assert!(place.join("mine").is_file());
}

#[test]
fn a_run_that_is_killed_leaves_no_name_and_the_next_one_cleans_up() {
    let run = sample();
    let packs = run.folder().join("packs");
    let many: Vec<(String, String)> =
        (0..300).map(|number| (format!("documents/{number:03}"), format!("{number}").repeat(20_000))).collect();
    let files: Vec<_> = many.iter().map(|(path, text)| (Private, path.as_str(), text.as_str())).collect();
    put(&run.archive(), &files);
    let mut arguments = vec!["pack", "archive", "-o", "packs"];
    let kill = |arguments: &[&str], sign: &dyn Fn() -> bool| {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_liudi"))
            .args(arguments)
            .current_dir(run.folder())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !sign() && child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_mins(1) {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap().code().is_none()
    };
    let scratch = packs.join(".archive-packing/archive-private.zip/1");
    if kill(&arguments, &|| scratch.metadata().is_ok_and(|metadata| metadata.len() > 1_000_000)) {
        assert_eq!(names(&packs), [".archive-packing"]);
    } else {
        passed_over("a machine on which packing takes longer than noticing it");
    }
    pack(&run, &[]).succeeds();
    assert_eq!(names(&packs).len(), 6, "{:?}", names(&packs));
    arguments = vec!["unpack", "packs", "-o", "again"];
    let scratch = run.folder().join(".again-unpacking/archive/private/data/documents/大.txt");
    if kill(&arguments, &|| scratch.exists()) {
        assert!(!run.folder().join("again").exists());
    }
    let _ = fs::remove_dir_all(run.folder().join("again"));
    unpack(&run, &[]).succeeds();
    is_restored(&run);
    assert!(!run.folder().join(".again-unpacking").exists());
}

#[test]
fn a_cancelled_run_leaves_nothing() {
    use liudi::pipeline::archive::parcel::{self, PackOptions};
    use liudi::pipeline::host::Unattended;
    let run = sample();
    let host = Unattended::default();
    host.stop.cancel();
    let options = PackOptions { folder: run.folder().join("packs"), ..PackOptions::default() };
    let error = parcel::pack(&run.archive(), &options, &host).unwrap_err();
    assert!(error.is_interrupted(), "{error:?}");
    assert_eq!(names(&options.folder), [""; 0]);
    pack(&run, &[]).succeeds();
    let none = || panic!("nothing is encrypted");
    let again = run.folder().join("again");
    let error = parcel::unpack(&[options.folder], &again, None, &none, &host).unwrap_err();
    assert!(error.is_interrupted(), "{error:?}");
    is_nothing_left(&run);
}

/// The words of the questions, typed at a terminal.
#[test]
fn a_passphrase_is_asked_for_twice_and_then_once() {
    let run = sample();
    let asked = [("设一个口令", "六个词 可以记很多年 别忘了\n"), ("再输入一遍", "六个词 可以记很多年 别忘了\n")];
    let (code, said) = crate::terminal::command_in_a_terminal(&run, "pack archive -o packs --passphrase", &asked);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("六个词"), "it is not shown: {said}");
    let (code, said) = crate::terminal::command_in_a_terminal(
        &run,
        "unpack packs -o again",
        &[asked[1]].map(|(_, typed)| ("口令：", typed)),
    );
    assert_eq!(code, 0, "{said}");
    is_restored(&run);
    let differs = [asked[0], ("再输入一遍", "六个词 可以记很多年 忘了了\n")];
    let (code, said) = crate::terminal::command_in_a_terminal(&run, "pack archive -o others --passphrase", &differs);
    assert_eq!(code, 16, "{said}");
    assert!(said.contains("不一样") && !run.folder().join("others").exists(), "{said}");
}

#[cfg(unix)]
#[test]
fn the_commands_that_check_packs_work_from_anywhere() {
    let run = Run::new().fixture("page/type0-complete");
    run.backup(&["--no-mirror"]).succeeds();
    fs::rename(run.archive(), run.folder().join("my $arc")).unwrap();
    let done = run.program(&["pack", "my $arc", "-o", "packs here"]).succeeds();
    let commands: Vec<&str> =
        done.stdout.lines().filter_map(|line| line.split_once(": cd ")).map(|(_, rest)| rest).collect();
    assert_eq!(commands.len(), 2, "{}", done.said());
    for command in commands {
        let checked =
            std::process::Command::new("sh").args(["-c", &format!("cd {command}")]).current_dir("/").output().unwrap();
        assert!(checked.status.success(), "{command}: {checked:?}");
    }
}
