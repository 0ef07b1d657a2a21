//! `liudi fleet`: many accounts by many workers, against stand-ins. Whoever does the work, and whoever dies at it, the
//! archives are those that one process makes.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::desk_client::Desk;
use crate::platform::official::SECRET;
use crate::platform::{Class, HOSTS, Official, Platform};
use crate::support::{Done, Run, fixture, tree};

/// Files of an archive with their bytes.
type Tree = Vec<(String, Vec<u8>)>;

/// A folder with a fleet.
struct Fleet {
    folder: TempDir,
    platforms: BTreeMap<String, Platform>,
}

impl Fleet {
    /// A fleet whose `fleet.toml` begins with `text`.
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let usual = "page-interval = '0s'\nretry = '50ms'\nlease = '2s'\n";
        std::fs::write(folder.path().join("fleet.toml"), format!("{usual}{text}\n")).unwrap();
        Self { folder, platforms: BTreeMap::new() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn append(&self, text: &str) {
        let mut file = std::fs::File::options().append(true).open(self.path().join("fleet.toml")).unwrap();
        writeln!(file, "{text}").unwrap();
    }

    /// Adds an account with the official API of a stand-in of its own.
    fn official(&mut self, name: &str, official: Official, settings: &str) -> &Platform {
        let platform = Platform::start();
        let appid = official.appid.clone();
        platform.serve(official);
        let network = network(&platform);
        let folder = self.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let config = format!(
            "[account]\nappid = '{appid}'\nsecret-file = 'secret'\ncollectors = ['freepublish']\n\
             [network]\n{settings}{network}"
        );
        std::fs::write(folder.join("liudi.toml"), config).unwrap();
        write_private(&folder.join("secret"), SECRET);
        self.append(&format!("[[account]]\nname = '{name}'\nconfig = '{name}/liudi.toml'"));
        self.platforms.entry(name.to_owned()).or_insert(platform)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liudi"));
        command.arg("fleet").args(arguments).current_dir(self.path()).env_remove("LIUDI_APP_SECRET").envs([
            ("SOURCE_DATE_EPOCH", "1764000000"),
            ("LIUDI_LANG", "en"),
            ("NO_COLOR", "1"),
        ]);
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let child = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Done::of_child(child)
    }

    fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn status(&self) -> Value {
        self.run(&["status", "--json"]).succeeds().json()
    }

    /// The status of one account.
    fn of(&self, name: &str) -> Value {
        let accounts = self.status()["accounts"].as_array().unwrap().clone();
        accounts.into_iter().find(|account| account["account"] == name).unwrap()
    }

    fn archive(&self, name: &str) -> PathBuf {
        self.path().join("archives").join(name)
    }
}

/// `[network]` settings that lead to a stand-in, without waits.
fn network(platform: &Platform) -> String {
    let hosts: Vec<String> = HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    format!(
        "api-interval = '0s'\nmerchant-interval = '0s'\npage-interval = '0s'\npage-jitter = '0s'\nretry-delay = '5ms'\n\
         retry-delay-limit = '20ms'\nretries = 2\nheader-timeout = '2s'\nidle-timeout = '1s'\n[network.hosts]\n{}\n",
        hosts.join("\n")
    )
}

fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// An account of its own AppID that published `count` times.
fn published(number: usize, count: u64) -> Official {
    let mut official = Official::new(Class::Verified);
    official.appid = format!("wx{number:016x}");
    official.published.publish(count);
    official
}

const FREEPUBLISH: &str = "/cgi-bin/freepublish/batchget";

/// Asks a process to end.
#[cfg(unix)]
fn terminate(child: &Child) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}

#[test]
fn files_of_many_accounts_become_archives_sites_and_verdicts() {
    let fleet = Fleet::new("online = false");
    let clients = fleet.path().join("clients");
    for (name, source) in [("谷雨", "demo"), ("山里", "page")] {
        copy_folder(&fixture(source), &clients.join(name));
    }
    fleet.run(&["add", "clients/谷雨", "clients/山里"]).succeeds().says("Added 2 accounts");
    fleet.run(&["add", "clients/谷雨"]).exits(2).says("“谷雨” and “谷雨”");
    fleet.run(&["status"]).succeeds().says("Not judged yet 2");
    // A page of them is cut off, which the run says.
    fleet.run(&["run"]).exits(32).says("2 accounts, 6 jobs done").says("山里: The page was not saved completely");
    let one = fleet.of("谷雨");
    assert_eq!((&one["name"], &one["held"], &one["listed"]), (&"山间小记".into(), &14.into(), &17.into()), "{one:#}");
    assert_eq!((&one["verdict"]["verdict"], &one["phase"]), (&"not_ready".into(), &Value::Null));
    assert!(fleet.archive("谷雨").join("site/index.html").is_file());
    // The same bytes as the single command makes of the same files, but for the records of a run.
    let before = tree(&fleet.archive("谷雨"));
    fleet.run(&["run"]).exits(32).says("0 jobs are new");
    assert!(before == tree(&fleet.archive("谷雨")), "a second run on the same day does nothing");
    fleet.run(&["run", "--again"]).exits(32).says("6 jobs done");
    assert!(before == tree(&fleet.archive("谷雨")), "nothing new, no byte changed");
    let report = fleet.run(&["report"]).succeeds();
    assert!(report.stdout.contains("fleet-report.html"), "{}", report.stdout);
    let page = std::fs::read_to_string(fleet.path().join("fleet-report.html")).unwrap().replace("&#x2f;", "/");
    let worst = page.find("山里").unwrap();
    assert!(worst < page.find("谷雨").unwrap(), "what has problems comes first");
    for link in ["archives/%E8%B0%B7%E9%9B%A8/readiness%2Ehtml", "archives/%E8%B0%B7%E9%9B%A8/site/index%2Ehtml"] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}\n{page}");
    }
    fleet.run(&["run", "--offline"]).exits(2).says("cannot be used with --offline");
    fleet.run(&["run", "--dry-run"]).exits(2);
    fleet.run(&["status", "--fleet", "nowhere"]).exits(2).says("There is no list of accounts in nowhere");
}

#[test]
fn what_is_damaged_or_gone_is_said_and_no_run_over_it_succeeds() {
    let fleet = Fleet::new("online = false\nsites = false");
    copy_folder(&fixture("demo"), &fleet.path().join("谷雨"));
    fleet.append("[[account]]\nname = '谷雨'\ninputs = ['谷雨']\n[[account]]\nname = '空的'");
    fleet.run(&["run"]).exits(2).says("空的 has neither official APIs nor files");
    let list = fleet.path().join("fleet.toml");
    let text = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, text.replace("[[account]]\nname = '空的'", "")).unwrap();
    fleet.run(&["run"]).succeeds().says("谷雨: ").says("needs a password");
    let archive = fleet.archive("谷雨");
    let article = walkdir::WalkDir::new(archive.join("public/data/articles"))
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .find(|path| path.ends_with("content.html"))
        .unwrap();
    let whole = std::fs::read(&article).unwrap();
    let mut changed = whole.clone();
    changed[9] ^= 1;
    std::fs::write(&article, &changed).unwrap();
    // Who checked it tells the verdict, which would rely on the check of an hour ago.
    let root = archive.display().to_string();
    let liudi = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liudi"));
        command.args(arguments).envs([("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en")]);
        Done::of_child(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    };
    liudi(&["verify", &root]).exits(64);
    liudi(&["ready", &root]).exits(64).says("some files do not match their checksums");
    fleet.run(&["run", "--again"]).exits(64).says("content.html in the archive is missing or has changed");
    assert_eq!(fleet.of("谷雨")["standing"], "problems");
    fleet.run(&["status"]).succeeds().says("content.html in the archive");
    std::fs::write(&article, &whole).unwrap();
    fleet.run(&["run", "--again"]).succeeds();
    std::fs::rename(&archive, fleet.path().join("elsewhere")).unwrap();
    fleet.run(&["run"]).exits(64).says("is not there any more");
    assert_eq!(fleet.of("谷雨")["standing"], "given_up");
    fleet.run(&["run", "--again"]).succeeds();
    assert_eq!(fleet.of("谷雨")["held"], 14);
}

#[test]
fn a_list_that_a_folder_was_by_itself_is_not_lost_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["甲", "乙"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("liudi.toml"), "").unwrap();
    }
    std::fs::create_dir(folder.path().join("只有文件")).unwrap();
    let liudi = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liudi"));
        command.arg("fleet").args(arguments).current_dir(folder.path()).env("LIUDI_LANG", "en");
        Done::of_child(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    };
    liudi(&["status"]).succeeds().says("2 accounts");
    liudi(&["add", "."]).succeeds().says("Added 2 accounts").says("Not added, for want of a liudi.toml: 只有文件");
    std::fs::remove_dir_all(folder.path().join(".fleet")).unwrap();
    liudi::platform::remove_file(folder.path().join("fleet.toml")).unwrap();
    liudi(&["add", "只有文件"]).succeeds().says("Added 3 accounts");
    let list = std::fs::read_to_string(folder.path().join("fleet.toml")).unwrap();
    assert!(list.contains("甲") && list.contains("乙") && list.contains("只有文件"), "{list}");
    liudi(&["add", "甲", "--name", "又一个", "--inputs", "没有"]).exits(32);
    liudi(&["run", "--workers", "0"]).exits(2);
    liudi(&["run", "--workers", "100000"]).exits(2);
}

/// The archives of a fleet.
fn archives(fleet: &Fleet) -> BTreeMap<String, Tree> {
    fleet.platforms.keys().map(|name| (name.clone(), tree(&fleet.archive(name)))).collect()
}

#[test]
fn fifty_accounts_by_three_processes_one_of_them_killed_are_those_of_one_process() {
    const ACCOUNTS: usize = 50;
    let mut fleet = Fleet::new("sites = false");
    for number in 0..ACCOUNTS {
        fleet.official(&format!("客户{number:02}"), published(number, 2 + number as u64 % 5), "");
    }
    fleet.run(&["run", "--workers", "2"]).succeeds().says("150 jobs done");
    let expected = archives(&fleet);
    assert!(expected.values().all(|tree| tree.iter().any(|(name, _)| name == "SHA256SUMS")));
    std::fs::remove_dir_all(fleet.path().join("archives")).unwrap();
    std::fs::remove_dir_all(fleet.path().join(".fleet")).unwrap();
    fleet.platforms.values().for_each(|platform| platform.official(Official::next_day));

    let mut killed = fleet.start(&["run", "--workers", "1", "--quiet"]);
    let others: Vec<Child> = (0..2).map(|_| fleet.start(&["run", "--workers", "1", "--quiet"])).collect();
    // In the middle of the work, and while it holds jobs.
    let held = loop {
        let status = fleet.status();
        let jobs =
            status["accounts"].as_array().unwrap().iter().flat_map(|one| one["jobs"].as_array().unwrap().clone());
        let mine = format!("-{}-", killed.id());
        let is_mine = |job: &Value| job["worker"].as_str().is_some_and(|worker| worker.contains(&mine));
        let held = jobs.filter(is_mine).count();
        if held > 0 && status["jobs"]["done"].as_u64().unwrap_or(0) > 10 {
            killed.kill().unwrap();
            break held;
        }
        assert!(killed.try_wait().unwrap().is_none(), "it ended before it was killed");
    };
    assert!(held > 0 && !killed.wait().unwrap().success());
    for other in others {
        Done::of_child(other).succeeds();
    }
    let status = fleet.status();
    assert_eq!(status["jobs"], serde_json::json!({ "done": 150 }), "no job is lost");
    let got = archives(&fleet);
    for (name, tree) in &expected {
        let differing: Vec<&String> =
            tree.iter().zip(&got[name]).filter(|(a, b)| a != b).map(|((path, _), _)| path).collect();
        assert!(tree.len() == got[name].len() && differing.is_empty(), "{name}: {differing:?}");
    }
    // What was done was not asked for again by others: only the killed process's own calls may be repeated.
    let repeated: usize = fleet
        .platforms
        .values()
        .map(|platform| usize::from(platform.official(|official| official.calls_of(FREEPUBLISH)) > 2))
        .sum();
    assert!(repeated <= 2, "{repeated} accounts were asked again");
}

/// Needs the server that `.ci/postgres` starts.
#[cfg(feature = "postgres")]
#[test]
fn on_postgres_two_machines_one_of_them_killed_make_the_archives_of_one_process() {
    let mut fleet = Fleet::new("sites = false");
    for number in 0..8 {
        fleet.official(&format!("客户{number}"), published(number, 3 + number as u64), "");
    }
    fleet.run(&["run"]).succeeds();
    let expected = archives(&fleet);
    std::fs::remove_dir_all(fleet.path().join("archives")).unwrap();
    fleet.platforms.values().for_each(|platform| platform.official(Official::next_day));
    let database = crate::fleet_postgres::Database::new();
    write_private(&fleet.path().join("queue.url"), &database.0);
    let list = std::fs::read_to_string(fleet.path().join("fleet.toml")).unwrap();
    let archives_at = fleet.archive("");
    let head = format!("postgres-file = 'queue.url'\narchives = '{}'\n", archives_at.display());
    std::fs::write(fleet.path().join("fleet.toml"), head + &list).unwrap();
    // The other machine has the same list in another place, and the disk with the archives.
    let other = tempfile::tempdir().unwrap();
    copy_folder(fleet.path(), other.path());
    let mut killed = fleet.start(&["run", "--workers", "2", "--quiet"]);
    let list = other.path().display().to_string();
    let second = fleet.start(&["run", "--workers", "2", "--quiet", "--fleet", &list]);
    loop {
        let status = fleet.status();
        let jobs =
            status["accounts"].as_array().unwrap().iter().flat_map(|one| one["jobs"].as_array().unwrap().clone());
        let mine = format!("-{}-", killed.id());
        let is_mine = |job: &Value| job["worker"].as_str().is_some_and(|worker| worker.contains(&mine));
        if jobs.filter(is_mine).count() > 0 && status["jobs"]["done"].as_u64().unwrap_or(0) > 2 {
            killed.kill().unwrap();
            break;
        }
        assert!(killed.try_wait().unwrap().is_none(), "it ended before it was killed");
    }
    assert!(!killed.wait().unwrap().success());
    Done::of_child(second).succeeds();
    assert_eq!(fleet.status()["jobs"], serde_json::json!({ "done": 24 }), "no job is lost");
    assert!(archives(&fleet) == expected, "the archives differ");
}

#[test]
fn a_quota_holds_up_nobody_else_and_is_gone_on_with() {
    let mut fleet = Fleet::new("sites = false\nonline = false");
    let mut official = published(1, 45);
    official.limit(FREEPUBLISH, 2);
    fleet.official("多产", official, "");
    fleet.official("少产", published(2, 3), "");
    fleet.run(&["run"]).succeeds().says("1 job is waiting for a quota");
    let (waits, done) = (fleet.of("多产"), fleet.of("少产"));
    assert_eq!((&waits["phase"], &done["phase"]), (&"api".into(), &Value::Null));
    // Midnight in Beijing, and ten minutes.
    assert_eq!(&waits["quota_reset"].as_str().unwrap()[..16], "2025-11-26T00:10", "{waits:#}");
    let all = fleet.platforms["多产"].official(|official| official.published.all());
    assert!(waits["held"].as_u64().unwrap() < all as u64);
    fleet.run(&["run"]).succeeds().says("0 jobs are new");
    assert_eq!(fleet.platforms["多产"].official(|official| official.calls_of(FREEPUBLISH)), 3, "nothing is asked");

    // Another fleet that waits: its platform's next day comes soon.
    let mut fleet = Fleet::new("sites = false\nonline = false");
    let mut official = published(1, 45);
    official.limit(FREEPUBLISH, 2);
    fleet.official("多产", official, "quota-wait = '1s'\n");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| fleet.run(&["run", "--wait"]).succeeds());
        let platform = &fleet.platforms["多产"];
        while platform.official(|official| official.calls_of(FREEPUBLISH)) < 3 {
            std::thread::sleep(Duration::from_millis(10));
        }
        platform.official(Official::next_day);
        waiting.join().unwrap();
    });
    let one = fleet.of("多产");
    assert_eq!((&one["quota_reset"], &one["phase"]), (&Value::Null, &Value::Null), "{one:#}");
    let all = fleet.platforms["多产"].official(|official| official.published.all());
    assert_eq!(one["held"].as_u64().unwrap(), all as u64);
}

#[test]
fn one_account_in_trouble_stops_no_other_and_is_retried_when_asked() {
    let mut fleet = Fleet::new("sites = false\nonline = false");
    fleet.official("好的", published(1, 3), "");
    fleet.official("坏密钥", published(2, 3), "");
    let secret = fleet.path().join("坏密钥/secret");
    write_private(&secret, "00000000000000000000000000000000");
    fleet.append("[[account]]\nname = '坏设置'\nconfig = '坏设置.toml'");
    std::fs::write(fleet.path().join("坏设置.toml"), "[acount]").unwrap();
    let told = fleet.run(&["run"]).exits(2 | 16);
    assert!(told.stdout.contains("坏密钥: ") && told.stdout.contains("坏设置: "), "{}", told.stdout);
    assert_eq!(fleet.of("好的")["phase"], Value::Null);
    assert_eq!(
        (&fleet.of("坏密钥")["standing"], &fleet.of("坏设置")["standing"]),
        (&"given_up".into(), &"given_up".into())
    );
    assert_eq!(fleet.status()["accounts"][2]["account"], "好的", "the worst come first");
    let asked = fleet.platforms["坏密钥"].hits().len();
    fleet.run(&["run"]).exits(2 | 16);
    assert_eq!(fleet.platforms["坏密钥"].hits().len(), asked, "wrong credentials are not sent again unasked");
    write_private(&secret, SECRET);
    let config = std::fs::read_to_string(fleet.path().join("好的/liudi.toml")).unwrap();
    std::fs::write(fleet.path().join("坏设置.toml"), config.replace("'secret'", "'好的/secret'")).unwrap();
    fleet.run(&["retry", "没有的"]).exits(2);
    fleet.run(&["status", "-C", "archives"]).exits(2).says("--fleet");
    fleet.run(&["retry"]).succeeds();
    fleet.run(&["run"]).succeeds();
    assert_eq!(fleet.of("坏密钥")["problem"], Value::Null);
    let all = fleet.platforms["坏密钥"].official(|official| official.published.all());
    assert_eq!(fleet.of("坏密钥")["held"].as_u64().unwrap(), all as u64);
}

#[test]
fn a_secret_is_that_of_its_own_account() {
    let mut fleet = Fleet::new("sites = false\nonline = false");
    fleet.official("甲", published(1, 1), "");
    let config = fleet.path().join("甲/liudi.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("secret-file = 'secret'", "secret-env = 'SECRET_OF_A'")).unwrap();
    let with = |variable: &str| {
        let child = fleet.command(&["run"]).env(variable, SECRET).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Done::of_child(child.unwrap())
    };
    // The variable that a single account uses is nobody's among many.
    with("LIUDI_APP_SECRET").exits(16).says("AppSecret is missing");
    fleet.run(&["retry"]).succeeds();
    with("SECRET_OF_A").succeeds();
}

#[test]
fn accounts_of_one_appid_are_asked_one_after_the_other() {
    let mut fleet = Fleet::new("sites = false\nonline = false");
    fleet.official("甲", published(1, 30), "");
    let config = std::fs::read_to_string(fleet.path().join("甲/liudi.toml")).unwrap();
    std::fs::write(fleet.path().join("甲/also.toml"), config).unwrap();
    fleet.append("[[account]]\nname = '乙'\nconfig = '甲/also.toml'");
    fleet.run(&["run", "--workers", "4"]).succeeds();
    assert_eq!((&fleet.of("甲")["held"], &fleet.of("乙")["held"]), (&fleet.of("乙")["held"], &fleet.of("甲")["held"]));
    assert_eq!(fleet.platforms["甲"].widest(), 1, "two requests of one AppID at the same time");
}

#[test]
fn pages_of_all_accounts_keep_one_pace_for_one_address() {
    let fleet = |interval: &str| {
        let mut fleet = Fleet::new("sites = false");
        let list = fleet.path().join("fleet.toml");
        let text = std::fs::read_to_string(&list).unwrap();
        std::fs::write(&list, text.replace("page-interval = '0s'", &format!("page-interval = '{interval}'"))).unwrap();
        for number in 0..4 {
            fleet.official(&format!("客户{number}"), published(number, 2), "");
        }
        let begun = Instant::now();
        fleet.run(&["run", "--workers", "4"]).succeeds();
        let pages =
            |platform: &Platform| platform.hits().iter().filter(|hit| hit.url.starts_with("mp.weixin.qq.com/")).count();
        (begun.elapsed(), fleet.platforms.values().map(pages).sum::<usize>())
    };
    let (took, pages) = fleet("400ms");
    assert!(pages >= 8, "{pages} pages");
    let least = Duration::from_millis(400) * (u32::try_from(pages).unwrap() - 1);
    assert!(took >= least, "{pages} pages in {took:?}");
}

#[cfg(unix)]
#[test]
fn a_request_to_end_lets_the_work_in_progress_finish_and_the_next_run_goes_on() {
    let mut fleet = Fleet::new("sites = false\nonline = false");
    for number in 0..3 {
        fleet.official(&format!("客户{number}"), published(number, 200), "api-interval = '300ms'\n");
        let config = fleet.path().join(format!("客户{number}/liudi.toml"));
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, text.replacen("api-interval = '0s'\n", "", 1)).unwrap();
    }
    let mut child = fleet.start(&["run", "--log", "json"]);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    while next()["event"] != "begun" {}
    std::thread::sleep(Duration::from_millis(150));
    terminate(&child);
    let mut events: Vec<Value> = Vec::new();
    loop {
        let event = next();
        let last = event["event"] == "released";
        events.push(event);
        if last {
            break;
        }
    }
    assert!(!child.wait().unwrap().success());
    let released = events.last().unwrap();
    assert!(
        released["account"].as_str().unwrap().starts_with("客户") && released["time"].as_str().unwrap().ends_with('Z')
    );
    let jobs = fleet.status()["jobs"].clone();
    assert_eq!((&jobs["running"], &jobs["given-up"], &jobs["retrying"]), (&Value::Null, &Value::Null, &Value::Null));
    fleet.run(&["run"]).succeeds();
    for number in 0..3 {
        let name = format!("客户{number}");
        let all = fleet.platforms[&name].official(|official| official.published.all());
        assert_eq!(fleet.of(&name)["held"].as_u64().unwrap(), all as u64);
        let repeated = fleet.platforms[&name].official(|official| official.repeated());
        assert!(repeated.iter().all(|(_, times)| *times <= 2), "{repeated:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_worker_that_sleeps_past_its_lease_loses_its_job_and_nothing_else() {
    use rustix::process::{Pid, Signal, kill_process};
    let mut fleet = Fleet::new("sites = false\nonline = false");
    fleet.official("甲", published(1, 120), "");
    fleet.run(&["run"]).succeeds();
    let expected = archives(&fleet);
    std::fs::remove_dir_all(fleet.path().join("archives")).unwrap();
    std::fs::remove_dir_all(fleet.path().join(".fleet")).unwrap();
    fleet.platforms["甲"].official(Official::next_day);
    let config = fleet.path().join("甲/liudi.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("api-interval = '0s'", "api-interval = '500ms'")).unwrap();

    let mut sleeper = fleet.start(&["run", "--workers", "1", "--log", "json"]);
    let mut lines = BufReader::new(sleeper.stderr.take().unwrap()).lines();
    let mut next = || lines.next().map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    while next().unwrap()["event"] != "begun" {}
    // It falls asleep with the archive in its hands.
    while !fleet.archive("甲").join(".liudi/lock-holder").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let pid = Pid::from_raw(i32::try_from(sleeper.id()).unwrap()).unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let other = fleet.start(&["run", "--workers", "1"]);
    // The other one has taken the job, and met the archive that the sleeper still holds.
    let begun = Instant::now();
    while fleet.of("甲")["jobs"][0]["state"] != "retrying" {
        assert!(begun.elapsed() < Duration::from_mins(1), "{:#}", fleet.status());
        std::thread::sleep(Duration::from_millis(20));
    }
    kill_process(pid, Signal::CONT).unwrap();
    let mut events = Vec::new();
    while let Some(event) = next() {
        events.push(event["event"].as_str().unwrap().to_owned());
    }
    assert!(events.contains(&"lost".to_owned()), "{events:?}");
    sleeper.wait().unwrap();
    Done::of_child(other).succeeds();
    assert_eq!(fleet.status()["jobs"], serde_json::json!({ "done": 2 }));
    assert!(archives(&fleet) == expected, "the same archive as of one that never slept");
}

#[test]
fn the_desk_shows_all_accounts_and_leads_into_their_archives() {
    let run = Run::new().fixture("demo");
    let list = "online = false\nsites = false\n[[account]]\nname = '谷雨'\ninputs = ['in']\n";
    std::fs::write(run.folder().join("fleet.toml"), list).unwrap();
    copy_folder(&fixture("demo"), &run.folder().join("in"));
    run.program(&["fleet", "run"]).succeeds();
    let desk = Desk::open(&run);
    let page = desk.page("/fleet");
    for words in ["谷雨 (山间小记)", "Not ready to be closed", "14 &#x2f; 17", "Open the archive of this account"]
    {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert_eq!(desk.page("/fleet.json"), run.program(&["fleet", "status", "--json"]).stdout);
    let archive = std::path::absolute(run.folder().join("./archives/谷雨")).unwrap();
    desk.does("/archive/choose", &[("path", &archive.display().to_string())]);
    assert!(desk.page("/archive").contains("山间小记"));
    assert!(desk.page("/archive").contains("href=\"/fleet\""));
}

#[cfg(unix)]
#[test]
fn metrics_are_served_while_it_works() {
    let mut fleet = Fleet::new("sites = false");
    fleet.official("甲", published(1, 3), "");
    let mut child = fleet.start(&["run", "--stay", "--metrics", "127.0.0.1:0"]);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let url = loop {
        let line = lines.next().unwrap().unwrap();
        if let Some((_, url)) = line.split_once("http://") {
            break url.to_owned();
        }
    };
    let (address, path) = url.split_once('/').unwrap();
    let ask = || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let begun = Instant::now();
    let answer = loop {
        let answer = ask();
        let done = r#"liudi_fleet_jobs{phase="check",state="done"} 1"#;
        if answer.contains(done) {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{answer}");
        std::thread::sleep(Duration::from_millis(50));
    };
    for line in [
        r#"liudi_fleet_requests_total{host="api.weixin.qq.com",outcome="answered"}"#,
        r#"liudi_fleet_received_bytes_total{host="mp.weixin.qq.com"}"#,
        r#"liudi_fleet_tries_total{phase="api",outcome="done"} 1"#,
        "text/plain; version=0.0.4",
    ] {
        assert!(answer.contains(line), "{line}\n{answer}");
    }
    assert!(child.try_wait().unwrap().is_none(), "it stays");
    terminate(&child);
    let begun = Instant::now();
    child.wait().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).unwrap();
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
