//! Timestamps: recorded answers of authorities that `openssl` made, and, where there is `openssl`, answers made on the spot and
//! judged by it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use liudi::model::Class::{Private, Public};
use liudi::model::Sha256;
use serde_json::Value;

use crate::archive::change;
use crate::support::{Done, Run, fixture, passed_over, tree};

/// The folder of the kept timestamps.
const KEPT: &str = "private/data/provenance/timestamps";

fn answer(name: &str) -> String {
    fixture("timestamp/answers").join(name).to_string_lossy().into_owned()
}

/// A run with a copy of the archive that the recorded answers are for.
fn stamped_archive() -> Run {
    let run = Run::new();
    let from = fixture("timestamp/archive");
    for (name, bytes) in tree(&from) {
        let path = run.archive().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    run
}

fn sums(run: &Run) -> Sha256 {
    Sha256::of(&fs::read(run.archive().join("SHA256SUMS")).unwrap())
}

fn take(run: &Run, name: &str) -> Done {
    run.program(&["timestamp", "archive", "--answer", &answer(name)])
}

fn verified(run: &Run, more: &[&str]) -> Value {
    run.program(&[&["verify", "archive", "--json"], more].concat()).json()
}

#[test]
fn an_answer_is_kept_with_the_lists_it_is_for() {
    let run = stamped_archive();
    let before = sums(&run);
    take(&run, "p256.tsr").succeeds().says("Unchanged since").says("all 2 files");
    let folder = format!("{KEPT}/{}", &before.hex()[..16]);
    assert_eq!(Sha256::of(run.read(&format!("{folder}/SHA256SUMS")).as_bytes()), before);
    assert_ne!(sums(&run), before, "keeping it is a commit");
    // Each kept list is what the one above it says.
    for (list, below) in [
        ("SHA256SUMS", ""),
        ("public/tagmanifest-sha256.txt", "public/"),
        ("private/tagmanifest-sha256.txt", "private/"),
    ] {
        for line in run.read(&format!("{folder}/{list}")).lines() {
            let (digest, name) = line.split_once("  ").unwrap();
            assert_eq!(Sha256::of(run.read(&format!("{folder}/{below}{name}")).as_bytes()).hex(), digest, "{name}");
        }
    }
    // The same once more, and another authority's for the same state.
    take(&run, "p256.tsr").succeeds().says("kept before");
    take(&run, "rsa.tsr").succeeds();
    take(&run, "token.tst").succeeds().says("-token_in");
    take(&run, "rsa-sha512.tsr").succeeds();
    let said = verified(&run, &[]);
    let kept: Vec<&str> =
        said["timestamps"].as_array().unwrap().iter().map(|stamp| stamp["answer"].as_str().unwrap()).collect();
    assert_eq!(kept.len(), 4, "{kept:?}");
    assert_eq!(said["valid"], true);
    for stamp in said["timestamps"].as_array().unwrap() {
        assert_eq!((&stamp["trust"], &stamp["compared"]["unchanged"]), (&"not-judged".into(), &2.into()), "{stamp:#}");
        assert_eq!((&stamp["compared"]["newer"], &stamp["sums"]), (&0.into(), &before.to_string().into()), "{stamp:#}");
    }
}

#[test]
fn authorities_that_the_owner_names_judge_the_signer() {
    let run = stamped_archive();
    let judged = |with: &str| verified(&run, &["--tsa-ca", &answer(with)])["timestamps"][0]["trust"].clone();
    take(&run, "p384.tsr").succeeds();
    assert_eq!(judged("ca.pem"), "trusted");
    let other = run.folder().join("other.pem");
    let pem = fs::read_to_string(answer("with-signer.pem")).unwrap();
    let end = pem.find("-----END CERTIFICATE-----").unwrap() + 25;
    fs::write(&other, &pem[..end]).unwrap();
    assert_eq!(judged(other.to_str().unwrap()), "refused");
    let ask = ["timestamp", "archive", "--tsa-ca", other.to_str().unwrap(), "--answer"];
    run.program(&[&ask[..], &[&answer("p256.tsr")]].concat()).exits(64).says("nothing was kept");
    // The certificate that an authority left out comes from the same file.
    take(&run, "no-certificate.tsr").exits(32).says("lacks the signer's certificate");
    let ca = answer("with-signer.pem");
    run.program(&["timestamp", "archive", "--answer", &answer("no-certificate.tsr"), "--tsa-ca", &ca]).succeeds();
    run.program(&["verify", "archive", "--tsa-ca", "archive/README.txt"]).exits(32).says("no certificate");
}

#[test]
fn what_is_no_timestamp_of_this_archive_is_refused_in_plain_words() {
    let run = stamped_archive();
    let whole = fs::read(answer("rsa.tsr")).unwrap();
    let mut forged = whole.clone();
    let at = forged.len() - 5;
    forged[at] ^= 1;
    for (name, bytes, words) in [
        ("short.tsr", &whole[..whole.len() / 2], "is incomplete"),
        ("page.tsr", &b"<html>Service unavailable</html>"[..], "is not the answer of a timestamp authority"),
        ("empty.tsr", b"", "is not the answer of a timestamp authority"),
        ("forged.tsr", &forged, "the signature of the timestamp is wrong"),
        ("huge.tsr", &vec![0x30; 2 << 20], "too large"),
    ] {
        fs::write(run.folder().join(name), bytes).unwrap();
        run.program(&["timestamp", "archive", "--answer", name]).exits(32).says(words).says("hint:");
    }
    take(&run, "other.tsr").exits(32).says("of something else");
    take(&run, "refused.tsr").exits(32).says("Message digest algorithm is not supported");
    run.program(&["timestamp", "archive", "--answer", "nothing.tsr"]).exits(32);
    run.program(&["timestamp", "archive"]).succeeds();
    take(&run, "rsa.tsr").exits(32).says("answers another request");
    run.program(&["timestamp", "archive", "--tsa", "http://tsa.test/"]).exits(2).says("--online");
    run.program(&["timestamp", "archive", "--online"]).exits(2).says("--tsa");
    assert!(!run.archive().join(KEPT).exists());
}

#[test]
fn a_later_state_is_told_from_the_stamped_one() {
    let run = stamped_archive();
    // Asked, changed, answered: the lists of then were put aside.
    run.program(&["timestamp", "archive", "-o", "mine.tsq"]).succeeds();
    let asked = fs::read(run.folder().join("mine.tsq")).unwrap();
    run.program(&["timestamp", "archive"]).succeeds();
    assert_eq!(fs::read(run.archive().join("SHA256SUMS.tsq")).unwrap(), asked, "the same request again");
    change(&run.archive(), &[(Private, "new.txt", "new")], &[], &[]);
    take(&run, "p256.tsr").succeeds().says("Unchanged since").says("One file was added later");
    assert!(!run.archive().join("SHA256SUMS.tsq").exists() && run.archive().join(".liudi").exists());
    let stamp = || verified(&run, &[])["timestamps"][0]["compared"].clone();
    assert_eq!((stamp()["unchanged"].clone(), stamp()["newer"].clone()), (2.into(), 1.into()));
    change(&run.archive(), &[(Public, "public.txt", "other")], &[], &[(Private, "private.txt")]);
    let compared = stamp();
    assert_eq!((&compared["changed"], &compared["gone"], &compared["unchanged"]), (&1.into(), &1.into(), &0.into()));
    assert_eq!(compared["first"], serde_json::json!(["public/data/public.txt", "private/data/private.txt"]));
    // It stays a sound archive, and says so without claiming what is no longer so.
    let done = run
        .program(&["verify", "archive"])
        .succeeds()
        .says("is for an earlier state")
        .says("such as public/data/public.txt");
    assert!(!done.said().contains("Unchanged since"));
    fs::write(run.folder().join("mine.tsq"), "a document").unwrap();
    run.program(&["timestamp", "archive", "-o", "mine.tsq"]).exits(2).says("was not overwritten");
    // Without the working state all of it is still there.
    fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    assert_eq!(stamp(), compared);
}

#[test]
fn a_kept_timestamp_that_was_tampered_with_is_a_finding() {
    let run = stamped_archive();
    take(&run, "p256.tsr").succeeds();
    let state = &fixture_digest()[..16];
    let folder = format!("provenance/timestamps/{state}");
    let sums = fs::read_to_string(fixture("timestamp/archive/SHA256SUMS")).unwrap();
    // With a valid archive around it: somebody changed the list and committed it.
    change(&run.archive(), &[(Private, &format!("{folder}/SHA256SUMS"), &sums.replace('a', "b"))], &[], &[]);
    let done = run.program(&["verify", "archive"]).exits(64);
    assert!(!done.said().contains("Unchanged since"), "{}", done.said());
    change(&run.archive(), &[(Private, &format!("{folder}/SHA256SUMS"), &sums)], &[], &[]);
    run.program(&["verify", "archive"]).succeeds().says("Unchanged since");
    let manifest = fs::read_to_string(fixture("timestamp/archive/public/manifest-sha256.txt")).unwrap();
    let path = format!("{folder}/public/manifest-sha256.txt");
    change(&run.archive(), &[(Private, &path, &manifest.replace('1', "2"))], &[], &[]);
    run.program(&["verify", "archive"]).exits(64).says("public/manifest-sha256.txt");
}

/// A damaged file is no longer what was stamped, whatever the lists say.
#[test]
fn damage_is_said_beside_the_timestamp() {
    let run = stamped_archive();
    take(&run, "p256.tsr").succeeds();
    fs::write(run.archive().join("public/data/public.txt"), "a file of the Public part\n").unwrap();
    run.program(&["verify", "archive"]).exits(64).says("no longer what the timestamp is for");
    // A request for a damaged list is not written.
    fs::write(run.archive().join("README.txt"), "other").unwrap();
    run.program(&["timestamp", "archive"]).exits(64);
}

#[test]
fn an_authority_is_asked_over_the_network() {
    let run = stamped_archive();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    fs::write(
        run.folder().join("liudi.toml"),
        format!("[network.hosts]\n\"tsa.test\" = \"http://127.0.0.1:{port}\"\n"),
    )
    .unwrap();
    let server = std::thread::spawn(move || {
        let mut heard = Vec::new();
        for (status, body) in [("500 Oops", Vec::new()), ("200 OK", fs::read(answer("p256.tsr")).unwrap())] {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
            // The body has fewer than 128 bytes: its DER says how many.
            loop {
                let read = stream.read(&mut buffer).unwrap();
                request.extend_from_slice(&buffer[..read]);
                let head = request.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
                if head.is_some_and(|head| {
                    request.len() >= head + 2 && request.len() >= head + 2 + usize::from(request[head + 1])
                }) {
                    break;
                }
            }
            heard.push(request);
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        }
        heard
    });
    let ask = ["timestamp", "archive", "--online", "--tsa", "http://tsa.test/stamp"];
    run.program(&ask).exits(4).says("gave no answer");
    run.program(&ask).succeeds().says("Kept the timestamp").says("Unchanged since");
    let heard = server.join().unwrap();
    for request in heard {
        let text = String::from_utf8_lossy(&request).to_lowercase();
        assert!(text.starts_with("post /stamp ") && text.contains("application/timestamp-query"), "{text}");
        // A digest and a number, and nothing of the archive.
        assert!(request.len() < 700 && !text.contains("gh_"), "{text}");
    }
    for address in ["http://127.0.0.1/", "http://localhost:1/", "ftp://tsa.test/"] {
        run.program(&["timestamp", "archive", "--online", "--tsa", address]).exits(2).says("no address to ask");
    }
}

fn fixture_digest() -> String {
    Sha256::of(&fs::read(fixture("timestamp/archive/SHA256SUMS")).unwrap()).hex()
}

fn openssl(folder: &Path, arguments: &str) -> Output {
    Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).output().unwrap()
}

/// An authority made on the spot, valid from today.
fn authority(folder: &Path, key: &str) -> PathBuf {
    let extensions = "[ req ]\ndistinguished_name = name\nprompt = no\n[ name ]\nCN = here\n[ stamper ]\n\
                      extendedKeyUsage = critical, timeStamping\n[ tsa ]\ndefault_tsa = here\n[ here ]\nserial = serial\n\
                      signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\ness_cert_id_alg = sha256\n";
    fs::write(folder.join("tsa.cnf"), extensions).unwrap();
    fs::write(folder.join("serial"), "01").unwrap();
    let made = [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=root -addext basicConstraints=critical,CA:TRUE".to_owned(),
        format!("req -new {key} -nodes -keyout tsa.key -out tsa.csr -config tsa.cnf -subj /O=公证/CN=here -utf8"),
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile tsa.cnf -extensions stamper -out tsa.pem".to_owned(),
    ];
    for command in made {
        let done = openssl(folder, &command);
        assert!(done.status.success(), "{command}: {}", String::from_utf8_lossy(&done.stderr));
    }
    folder.join("ca.pem")
}

/// `openssl` answers a request of ours, and judges what is kept of its answer; `sha256sum` reads the files by the lists of then.
#[cfg(unix)]
#[test]
fn openssl_answers_and_judges() {
    if !Command::new("openssl").arg("version").output().is_ok_and(|done| done.status.success()) {
        passed_over("openssl, to make and judge timestamps with");
        return;
    }
    for key in [
        "-newkey rsa:3072",
        "-newkey ec -pkeyopt ec_paramgen_curve:P-256",
        "-newkey ec -pkeyopt ec_paramgen_curve:P-521",
    ] {
        let run = Run::new().fixture("album/several");
        run.backup(&["--no-mirror"]);
        run.program(&["timestamp", "archive", "-o", "ask.tsq"]).succeeds();
        let ca = authority(run.folder(), key);
        let said = openssl(run.folder(), "ts -query -in ask.tsq -text");
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.contains("Certificate required: yes") && said.contains("Hash Algorithm: sha256"), "{said}");
        let reply = "ts -reply -config tsa.cnf -queryfile ask.tsq -signer tsa.pem -inkey tsa.key -out answer.tsr";
        assert!(openssl(run.folder(), reply).status.success());
        let ca = ca.to_str().unwrap();
        run.program(&["timestamp", "archive", "--answer", "answer.tsr", "--tsa-ca", ca]).succeeds().says("CN=here");
        let said = verified(&run, &["--tsa-ca", ca]);
        assert_eq!(said["timestamps"][0]["trust"], "trusted", "{said:#}");
        let kept = run.archive().join(said["timestamps"][0]["folder"].as_str().unwrap());
        for judged in [
            format!("ts -verify -data SHA256SUMS -in answer.tsr -CAfile {ca}"),
            format!("ts -verify -queryfile request.tsq -in answer.tsr -CAfile {ca}"),
        ] {
            let done = openssl(&kept, &judged);
            assert!(done.status.success(), "{judged}: {}", String::from_utf8_lossy(&done.stderr));
        }
        let sums = |folder: PathBuf, list: PathBuf| {
            let done =
                Command::new("sha256sum").args(["--strict", "--quiet", "-c"]).arg(&list).current_dir(folder).output();
            let done = done.unwrap();
            assert!(done.status.success(), "{}: {}", list.display(), String::from_utf8_lossy(&done.stdout));
        };
        sums(kept.clone(), kept.join("SHA256SUMS"));
        for bag in ["public", "private"] {
            sums(kept.join(bag), kept.join(bag).join("tagmanifest-sha256.txt"));
            sums(run.archive().join(bag), kept.join(bag).join("manifest-sha256.txt"));
        }
    }
}
