//! Reads every kind of input that has a fixture from a failing disk.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::atomic::AtomicBool;

mod beside;

use super::walk;
use super::*;
use crate::model::gap::input_key;
use crate::model::{ContainerLimits, GapReason};
use crate::pipeline::archive::session::Session;
use crate::source::input::{Open, OpenFile, ReadSeek};
use crate::store::batch::EvidenceRow;

/// The point at which reading fails, every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fails {
    Opening,
    /// After this many thousandths of the bytes.
    After(usize),
    /// As `After` (second), but only once the input was opened this many times (first).
    Later(usize, usize),
}

/// An input on a failing disk.
struct Failing {
    bytes: Vec<u8>,
    fails: Fails,
    opened: AtomicUsize,
    /// Whether somebody met the failure.
    met: Arc<AtomicBool>,
}

/// Returns `EIO`.
fn eio() -> io::Error {
    io::Error::from_raw_os_error(5)
}

impl Open for Failing {
    fn open(&self) -> Result<Box<dyn Read + '_>> {
        struct Breaks<'m>(&'m AtomicBool);
        impl Read for Breaks<'_> {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                self.0.store(true, Ordering::Relaxed);
                Err(eio())
            }
        }
        let opened = self.opened.fetch_add(1, Ordering::Relaxed);
        match self.fails {
            Fails::Opening => {
                self.met.store(true, Ordering::Relaxed);
                Err(Error::input("input-open-failed").because(eio()))
            }
            Fails::Later(times, _) if opened < times => Ok(Box::new(self.bytes.as_slice())),
            Fails::After(part) | Fails::Later(_, part) => {
                let before = &self.bytes[..self.bytes.len() * part / 1000];
                Ok(Box::new(before.chain(Breaks(&self.met))))
            }
        }
    }
}

/// Returns an input with its path in `fixtures/`.
fn found(name: &str, bytes: &[u8], fails: Option<Fails>) -> FoundInput {
    match fails {
        None => FoundInput::bytes(Input::bytes_at(name, bytes.to_vec(), None), format!("/{name}")),
        Some(fails) => found_failing(name, bytes, fails).0,
    }
}

/// Returns an input on a failing disk, and whether somebody met the failure.
fn found_failing(name: &str, bytes: &[u8], fails: Fails) -> (FoundInput, Arc<AtomicBool>) {
    let met = Arc::new(AtomicBool::new(false));
    let failing = Failing { bytes: bytes.to_vec(), fails, opened: AtomicUsize::new(0), met: Arc::clone(&met) };
    let input = Input::opened_by(Arc::new(failing), name, bytes.len() as u64, None);
    (FoundInput::bytes(input, format!("/{name}")), met)
}

/// Returns every fixture that is an input by itself.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().map(std::result::Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    let files = files.map(|entry| {
        let name = entry.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        (name, std::fs::read(entry.path()).unwrap())
    });
    let files: Vec<_> =
        files.filter(|(name, bytes)| name.contains('/') && !name.contains("expected") && !bytes.is_empty()).collect();
    assert!(files.len() > 100);
    files
}

struct Tried {
    folder: tempfile::TempDir,
    session: Session,
}

/// Evidence, failures, gaps and unrecognised inputs.
type State = (Vec<Sha256>, Vec<(String, String)>, BTreeMap<String, GapReason>, Vec<String>);

impl Tried {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let session = Session::open(&folder.path().join("archive")).unwrap();
        Self { folder, session }
    }

    fn read(&self, found: &[FoundInput]) -> CollectOutcome {
        self.read_within(ContainerLimits::default(), found)
    }

    fn read_within(&self, limits: ContainerLimits, found: &[FoundInput]) -> CollectOutcome {
        let budget = Budget::of(limits, self.folder.path());
        let session = &self.session;
        let collect = Collect {
            stage: Some(&session.stage),
            ledger: &session.ledger,
            run: session.begin().unwrap(),
            passwords: &Passwords::default(),
            budget: &budget,
            secrets: &SecretSet::default(),
            keep_other: false,
            jobs: 2,
            stop: &CancellationToken::new(),
            progress: &crate::progress::NoProgress,
        };
        collect.read(&session.catalog, &walk::groups(found)).unwrap()
    }

    /// Returns the reasons of the gaps, by key.
    fn gaps(&self) -> BTreeMap<String, GapReason> {
        self.session.catalog.gaps_seen().unwrap().into_iter().map(|gap| (gap.key, gap.reason)).collect()
    }

    fn failures(&self) -> Vec<(String, String)> {
        let problems = self.session.catalog.problems().unwrap();
        problems
            .into_iter()
            .filter(|(problem, _)| problem.exit_bit == 32)
            .map(|(problem, path)| (path, problem.code))
            .collect()
    }

    fn state(&self) -> State {
        let mut evidence: Vec<Sha256> = self.session.catalog.evidence_digests().unwrap().into_iter().collect();
        evidence.sort();
        (evidence, self.failures(), self.gaps(), self.session.catalog.unrecognised().unwrap())
    }

    /// Returns the members of all packs.
    fn leaves(&self) -> BTreeMap<Sha256, String> {
        let mut leaves = BTreeMap::new();
        for entry in walkdir::WalkDir::new(self.folder.path()).into_iter().map(std::result::Result::unwrap) {
            // Other files have no members.
            let _ = pack::PackReader::open(entry.path()).and_then(|pack| {
                pack.each(|digest, reader| {
                    let mut bytes = Vec::new();
                    reader.read_to_end(&mut bytes).unwrap();
                    leaves.insert(digest, String::from_utf8_lossy(&bytes).into_owned());
                    Ok(())
                })
            });
        }
        leaves
    }

    /// Returns the lists of the parts of containers. Two containers with the same parts have one.
    fn lists(&self) -> BTreeMap<Sha256, String> {
        let leaves = self.leaves();
        let mut lists = BTreeMap::new();
        let mut add = |row: EvidenceRow, _| {
            if row.template == "contents" {
                lists.insert(row.digest, leaves[&row.digest].clone());
            }
            Ok(())
        };
        self.session.catalog.each_evidence(&mut add).unwrap();
        lists
    }

    /// Checks that everything is as if nothing had failed, but for one thing that stays. What a container held before a
    /// break is kept, while the container is not; so the list of those parts, which alone says where they came from, is
    /// evidence, and evidence is only ever added. The list of the whole container, read later, begins with it.
    fn is_as(&self, sound: &Self, when: &str) {
        let (mut now, wanted) = (self.state(), sound.state());
        if now.0 != wanted.0 {
            let (lists, whole) = (self.lists(), sound.lists());
            now.0.retain(|digest| {
                let of_part = lists.get(digest).filter(|_| !whole.contains_key(digest));
                !of_part.is_some_and(|part| whole.values().any(|whole| whole.starts_with(part.as_str())))
            });
        }
        assert!(now == wanted, "{when}: not as if nothing had failed");
    }
}

#[test]
fn every_kind_of_input_is_read_by_the_run_after_the_one_that_failed() {
    let files = fixtures();
    let all = |fails| files.iter().map(|(name, bytes)| found(name, bytes, fails)).collect::<Vec<_>>();
    let sound = Tried::new();
    sound.read(&all(None));
    for fails in [Fails::Opening, Fails::After(0), Fails::After(500), Fails::After(999), Fails::After(1000)] {
        let tried = Tried::new();
        for _ in 0..2 {
            let (inputs, met): (Vec<_>, Vec<_>) =
                files.iter().map(|(name, bytes)| found_failing(name, bytes, fails)).unzip();
            let outcome = tried.read(&inputs);
            let (gaps, failures) = (tried.gaps(), tried.failures());
            let mut unknown = Vec::new();
            for ((name, _), met) in files.iter().zip(met) {
                let path = format!("/{name}");
                // Nobody asks for the end of a bomb: it is refused before, or nothing in it was recognised.
                if name.starts_with("hostile/bombs/") && !met.load(Ordering::Relaxed) {
                    unknown.extend((!outcome.unreadable.contains(&path)).then(|| name.clone()));
                    continue;
                }
                assert!(outcome.unreadable.contains(&path), "{fails:?} {name} counts as read");
                assert_eq!(tried.session.catalog.input(&path).unwrap(), None, "{fails:?} {name} is done");
                assert_eq!(gaps.get(&input_key(name)), Some(&GapReason::BrokenInput), "{fails:?} {name}");
                let told: Vec<&str> =
                    failures.iter().filter(|(at, _)| *at == path).map(|(_, code)| code.as_str()).collect();
                assert!(told.iter().any(|code| code.starts_with("input-")), "{fails:?} {name}: {told:?}");
                let twice = told.iter().filter(|code| code.starts_with("input-")).count();
                assert_eq!(twice, 1, "{fails:?} {name}: {told:?}");
            }
            assert_eq!(tried.session.catalog.unrecognised().unwrap(), unknown, "{fails:?}");
        }
        tried.read(&all(None));
        tried.is_as(&sound, &format!("{fails:?}"));
    }
}

#[test]
fn an_input_that_fails_after_it_was_looked_at_ends_no_run() {
    let files = fixtures();
    let sound = Tried::new();
    sound.read(&files.iter().map(|(name, bytes)| found(name, bytes, None)).collect::<Vec<_>>());
    for fails in [Fails::Later(1, 0), Fails::Later(1, 500), Fails::Later(2, 0), Fails::Later(2, 500)] {
        let tried = Tried::new();
        let (all, met): (Vec<_>, Vec<_>) = files.iter().map(|(name, bytes)| found_failing(name, bytes, fails)).unzip();
        let outcome = tried.read(&all);
        let mut failed = 0;
        for ((name, _), met) in files.iter().zip(met) {
            let met = met.load(Ordering::Relaxed);
            assert!(outcome.unreadable.contains(&format!("/{name}")) || !met, "{fails:?} {name} counts as read");
            failed += usize::from(met);
        }
        assert!(failed > 3, "{fails:?}: {failed}");
        tried.read(&files.iter().map(|(name, bytes)| found(name, bytes, None)).collect::<Vec<_>>());
        tried.is_as(&sound, &format!("{fails:?}"));
    }
}

#[test]
fn what_a_limit_leaves_of_a_database_is_listed() {
    let rows = |from: usize, to: usize| {
        (from..to)
            .map(|number| {
                format!("({number},'第{number}篇','https://mp.weixin.qq.com/s/FixtureLimit{number:010}',1704420000)")
            })
            .collect::<Vec<_>>()
            .join(",")
    };
    let table = "CREATE TABLE articles (id int, title text, url text, publish_time int);";
    let dump = format!("{table}\nINSERT INTO articles (id, title, url, publish_time) VALUES {};\n", rows(0, 5_000));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rss.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch(&format!("{table} INSERT INTO articles VALUES {};", rows(0, 5_000))).unwrap();
    drop(database);
    for (name, bytes) in [("rss.sql", dump.into_bytes()), ("rss.db", std::fs::read(&path).unwrap())] {
        let tried = Tried::new();
        let limits = ContainerLimits { bytes: 450_000, ..ContainerLimits::default() };
        let outcome = tried.read_within(limits, &[found(name, &bytes, None)]);
        assert!(outcome.unreadable.contains(&format!("/{name}")), "{name}");
        let kept = tried.leaves().values().filter(|leaf| leaf.contains("FixtureLimit")).count();
        let listed: Vec<usize> = tried.lists().values().map(|list| list.lines().count()).collect();
        // The last part is what was read of it when the limit was met.
        assert!(kept > 1 && listed == [kept], "{name}: {kept} parts kept, {listed:?} listed");
    }
}

#[test]
fn a_text_that_is_carried_as_it_is_does_not_hide_what_carries_it() {
    let carriers: [(&str, String, &str); 4] = [
        (
            "mail",
            "From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=of-mail\r\n\r\n\
             --of-mail\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n"
                .to_owned(),
            "\r\n--of-mail--\r\n",
        ),
        (
            "mhtml",
            "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://mp.weixin.qq.com/s/x\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/related; type=\"text/html\"; boundary=\"of-page\"\r\n\r\n--of-page\r\n\
             Content-Type: text/html\r\nContent-Location: https://mp.weixin.qq.com/s/x\r\n\r\n"
                .to_owned(),
            "\r\n--of-page--\r\n",
        ),
        (
            "warc",
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://mp.weixin.qq.com/s/x\r\n\
             WARC-Date: 2024-01-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n\
             Content-Length: {length}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
                .to_owned(),
            "\r\n\r\n",
        ),
        ("http-message", "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".to_owned(), ""),
    ];
    let mut tried = BTreeMap::new();
    for (name, bytes) in fixtures() {
        if std::str::from_utf8(&bytes).is_err() {
            continue;
        }
        for (carrier, before, after) in &carriers {
            let before = before.replace("{name}", "x").replace("{length}", &(bytes.len() + 44).to_string());
            let whole = [before.as_bytes(), &bytes, after.as_bytes()].concat();
            let input = Input::bytes_at("x", whole, None);
            let found = recognise(&mut Probe::new(&input)).unwrap_or_else(|error| panic!("{carrier} {name}: {error}"));
            if found.is_some_and(|importer| importer.info().name == *carrier) {
                *tried.entry(*carrier).or_insert(0) += 1;
            }
        }
    }
    assert!(tried.len() == carriers.len() && tried["mail"] > 200, "{tried:?}");
}

#[test]
fn a_container_that_comes_in_part_is_neither_broken_nor_locked() {
    let demo = fixtures().into_iter().filter(|(name, _)| name.ends_with(".zip") || name.ends_with(".gz"));
    // One that is hostile may be refused before the break.
    let demo = demo.filter(|(name, _)| !name.starts_with("hostile/"));
    // A web archive is recognised by its beginning and read by its importer.
    let demo = demo.filter(|(name, _)| !name.contains("warc"));
    let files: Vec<_> = demo.collect();
    assert!(!files.is_empty());
    for (name, bytes) in files {
        for fails in [Fails::Opening, Fails::After(0), Fails::After(500), Fails::After(1000)] {
            let file = found(&name, &bytes, Some(fails));
            let budget = Budget::new(std::env::temp_dir());
            let error = walk::unfold(&file.input(), &Passwords::default(), &budget).unwrap_err();
            assert!(matches!(error.code(), "input-open-failed" | "input-read-failed"), "{name} {fails:?}: {error:?}");
        }
    }
}

#[test]
fn a_run_that_is_stopped_names_what_it_did_not_read() {
    let tried = Tried::new();
    let files = fixtures();
    let all: Vec<FoundInput> = files.iter().map(|(name, bytes)| found(name, bytes, None)).collect();
    let budget = Budget::new(tried.folder.path());
    let session = &tried.session;
    let stop = CancellationToken::new();
    stop.cancel();
    let collect = Collect {
        stage: Some(&session.stage),
        ledger: &session.ledger,
        run: session.begin().unwrap(),
        passwords: &Passwords::default(),
        budget: &budget,
        secrets: &SecretSet::default(),
        keep_other: false,
        jobs: 2,
        stop: &stop,
        progress: &crate::progress::NoProgress,
    };
    let outcome = collect.read(&session.catalog, &walk::groups(&all)).unwrap();
    assert_eq!(outcome.unread.len(), files.len());
}

/// Returns the codes of the failures that importers report, for whole inputs and for skipped parts.
fn codes_of_failures() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let codes =
        regex::Regex::new(r#"(?:Error::input|Problem::incomplete|self\.complain)\((?:out, )?"([a-z-]+)""#).unwrap();
    let mut found: Vec<String> = Vec::new();
    for folder in ["parse", "source"] {
        for entry in walkdir::WalkDir::new(root.join(folder)).into_iter().map(std::result::Result::unwrap) {
            if entry.path().extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                found.extend(codes.captures_iter(&text).map(|code| code[1].to_owned()));
            }
        }
    }
    found.sort();
    found.dedup();
    assert!(found.len() > 50, "{found:?}");
    found
}

#[test]
fn every_failure_an_importer_names_leaves_a_gap_and_is_not_done() {
    for code in codes_of_failures() {
        let code: &'static str = Box::leak(code.into_boxed_str());
        for (at, key) in
            [("a/b.csv", "a/b.csv"), ("a/b.csv:7", "a/b.csv"), ("a/b.csv [2]:7", "a/b.csv"), ("a/c.png", "a/c.png")]
        {
            for problem in [Problem::from_error(&Error::input(code), at), Problem::incomplete(code, at)] {
                let mut builder = BatchBuilder::new("/a/b.csv".to_owned());
                let around = builder.begin(&Input::bytes_at("a/b.csv", Vec::new(), None));
                builder.item(Item::Problem(problem)).unwrap();
                builder.end(around);
                assert!(builder.has_failed(), "{code}");
                let gaps: Vec<_> = builder.rows.gaps.iter().map(|(gap, _)| (gap.key.clone(), gap.reason)).collect();
                assert_eq!(gaps, [(input_key(key), GapReason::BrokenInput)], "{code} {at}");
            }
        }
        // Remarks and findings about inputs that were read completely cause no gap.
        let mut builder = BatchBuilder::new("/a/b.csv".to_owned());
        builder.item(Item::Problem(Problem::remark(code, "a/b.csv"))).unwrap();
        builder.item(Item::Problem(Problem::finding(code, "a/b.csv"))).unwrap();
        assert!(!builder.has_failed() && builder.rows.gaps.is_empty());
    }
}

#[test]
fn what_is_missing_is_named_once() {
    let mut builder = BatchBuilder::new("/a.html".to_owned());
    let around = builder.begin(&Input::bytes_at("a.html", Vec::new(), None));
    // A truncated page names its article; a table in it that is inside another input names that input.
    builder.item(Item::Problem(Problem::from_error(&Error::input("page-cut-off"), "a.html"))).unwrap();
    builder
        .item(Item::Gap(crate::model::Gap::new(crate::model::SubjectKind::Article, "a", GapReason::BrokenInput)))
        .unwrap();
    let inner = builder.begin(&Input::bytes_at("a.html!/b.csv", Vec::new(), None));
    builder.item(Item::Problem(Problem::from_error(&Error::input("list-broken"), "a.html!/b.csv:3"))).unwrap();
    builder.end(inner);
    builder.end(around);
    let keys: Vec<_> = builder.rows.gaps.iter().map(|(gap, _)| gap.key.as_str()).collect();
    assert_eq!(keys, ["a".to_owned(), input_key("a.html!/b.csv")]);
}

#[test]
fn what_is_read_again_after_which_change() {
    let info = |name, version| Info { name, summary_zh: "", summary_en: "", patterns: &[], version };
    let of = |all: &[(&'static str, u32)]| {
        let all: Vec<Info> = all.iter().map(|(name, version)| info(*name, *version)).collect();
        recognition_of(all.iter())
    };
    let now = of(&[("a", 1), ("b", 2)]);
    // Among them changes that would not alter a sum.
    for other in
        [&[("a", 2), ("b", 1)][..], &[("b", 2), ("a", 1)], &[("a", 1), ("c", 2)], &[("a", 3)], &[("a", 12)], &[]]
    {
        assert_ne!(of(other), now, "{other:?}");
    }
    assert_eq!(of(&[("a", 1), ("b", 2)]), now);
    // Containers of any inputs are read again when any importer changes, a page only when its own does.
    for source in [None, Some(CONTAINER), Some("har"), Some("sqlite")] {
        assert_eq!(reading_version(source), recognition_version(), "{source:?}");
    }
    assert_eq!(reading_version(Some("page")), version_of("page"));
}

/// A source that counts how often it is opened.
struct Counted(Vec<u8>, Arc<AtomicUsize>);

impl Open for Counted {
    fn open(&self) -> Result<Box<dyn Read + '_>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Cursor::new(self.0.as_slice())))
    }
}

#[test]
fn an_input_that_nobody_knows_is_opened_once_for_every_look_at_it() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..5_000 {
        sheet.write(row, 0, format!("第{row}行")).unwrap();
    }
    let workbook = book.save_to_buffer().unwrap();
    let text = "不认识的话\n".repeat(20_000).into_bytes();
    assert!(workbook.len() > 65_536 / 2 && text.len() > 65_536);
    for (name, bytes) in [("a.xlsx", workbook), ("b.dat", text)] {
        let opened = Arc::new(AtomicUsize::new(0));
        let size = bytes.len() as u64;
        let input = Input::opened_by(Arc::new(Counted(bytes, Arc::clone(&opened))), name, size, None);
        let tried = Tried::new();
        let learn = secret_scan::SecretScan {
            passwords: &Passwords::default(),
            budget: &Budget::new(tried.folder.path()),
            ledger: &tried.session.ledger,
            pool: crate::parallel::Pool::of(2),
            stop: &CancellationToken::new(),
        };
        let found = [FoundInput::bytes(input, format!("/{name}"))];
        learn.all(&found, &[]);
        assert_eq!(opened.load(Ordering::Relaxed), 1, "{name}: searched for secrets");
        tried.read(&found);
        assert_eq!(tried.state().3, [name]);
        assert_eq!(opened.load(Ordering::Relaxed), 2, "{name}: looked at by every importer");
    }
}

/// A file on disk that counts how often it is opened.
struct CountedFile(Vec<u8>, AtomicUsize);

impl OpenFile for CountedFile {
    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

#[test]
fn an_image_is_opened_by_the_walk_and_once_more_to_be_kept() {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.resize(300_000, 7);
    for name in ["site/mmbiz_png/AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMn/640", "site/a.png"] {
        let file = Arc::new(CountedFile(bytes.clone(), AtomicUsize::new(0)));
        let input = Input::held(file.clone(), name, bytes.len() as u64, None);
        let tried = Tried::new();
        let budget = Budget::new(tried.folder.path());
        let passwords = Passwords::default();
        assert!(walk::unfold(&input, &passwords, &budget).unwrap().is_none());
        let learn = secret_scan::SecretScan {
            passwords: &passwords,
            budget: &budget,
            ledger: &tried.session.ledger,
            pool: crate::parallel::Pool::of(2),
            stop: &CancellationToken::new(),
        };
        let found = [FoundInput::bytes(input, format!("/{name}"))];
        learn.all(&found, &[]);
        tried.read(&found);
        assert!(tried.state().3.is_empty(), "{name} is known");
        assert!(tried.session.stage.holds(&Sha256::of(&bytes)), "{name} is kept");
        assert_eq!(file.1.load(Ordering::Relaxed), 2, "{name}");
    }
}

#[test]
fn the_rows_of_many_groups_are_kept_with_their_files() {
    let image = |number: usize| [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &number.to_le_bytes()].concat();
    // Not a multiple of the number of groups that are committed together.
    let names: Vec<String> = (0..16 * (2 * GROUPS_TOGETHER + 1) + 3).map(|number| format!("{number:03}.png")).collect();
    let tried = Tried::new();
    tried.read(&names.iter().enumerate().map(|(number, name)| found(name, &image(number), None)).collect::<Vec<_>>());
    for (number, name) in names.iter().enumerate() {
        assert!(tried.session.catalog.input(&format!("/{name}")).unwrap().is_some(), "{name} is done");
        assert!(tried.session.stage.holds(&Sha256::of(&image(number))), "{name} is kept");
    }
}
