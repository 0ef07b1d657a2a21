//! Builds runs of the program as a user would start them: `Run::new().input(…).backup().succeeds()`.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// An empty folder in which the program is run.
pub(crate) struct Run {
    folder: TempDir,
    inputs: Vec<PathBuf>,
    environment: Vec<(String, String)>,
    /// Whether to run as a user that owns no files.
    nobody: bool,
    /// A program that starts the program, with its arguments; none usually.
    starter: Vec<String>,
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Arguments of `setpriv` for a user that owns no files.
const AS_NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];

impl Run {
    pub(crate) fn new() -> Self {
        let environment = [("SOURCE_DATE_EPOCH", "1764000000"), ("LIUDI_LANG", "en"), ("NO_COLOR", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        Self {
            folder: tempfile::tempdir().unwrap(),
            inputs: Vec::new(),
            environment,
            nobody: false,
            starter: Vec::new(),
        }
    }

    /// Runs the program so that file permissions apply. They do not apply to the superuser: the program is then run as
    /// a user that owns no files; `None` if that is impossible.
    #[cfg(unix)]
    pub(crate) fn run_by_nobody(mut self) -> Option<Self> {
        if rustix::process::geteuid().is_root() {
            // That user must be able to reach the program and the folder of temporary files.
            let reaches = Command::new("setpriv")
                .args(AS_NOBODY)
                .args(["sh", "-c", "cd \"$0\" && \"$1\" --version"])
                .args([std::env::temp_dir().as_os_str(), env!("CARGO_BIN_EXE_liudi").as_ref()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if !reaches.is_ok_and(|status| status.success()) {
                passed_over("setpriv, or folders that everybody may enter: the superuser may read everything");
                return None;
            }
            self.nobody = true;
        }
        Some(self)
    }

    /// Bounds the memory that the program may ask for, where the system can do it.
    pub(crate) fn memory(mut self, bytes: u64) -> Self {
        let able = cfg!(target_os = "linux") && Command::new("prlimit").arg("--version").output().is_ok();
        if able {
            self.starter = ["prlimit".to_owned(), format!("--data={bytes}"), "--".to_owned()].into();
        }
        self
    }

    /// Runs the program under this mask of new files' modes.
    #[cfg(unix)]
    pub(crate) fn mask(mut self, mask: &str) -> Self {
        self.starter = ["sh".to_owned(), "-c".to_owned(), format!("umask {mask} && exec \"$0\" \"$@\"")].into();
        self
    }

    /// Returns the folder of the run.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the path of the archive.
    pub(crate) fn archive(&self) -> PathBuf {
        self.folder().join("archive")
    }

    /// Adds an existing input.
    pub(crate) fn input(mut self, path: impl Into<PathBuf>) -> Self {
        self.inputs.push(path.into());
        self
    }

    /// Adds a fixture folder as an input.
    pub(crate) fn fixture(self, name: &str) -> Self {
        self.input(fixture(name))
    }

    /// Creates an input file below `in/`.
    pub(crate) fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let root = self.folder().join("in");
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        if self.inputs.contains(&root) { self } else { self.input(root) }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns a run in the same folder at another time (Unix seconds).
    pub(crate) fn at<'a>(&'a self, time: &'a str) -> Later<'a> {
        Later { run: self, time }
    }

    /// Runs `liudi backup INPUT… -o archive` with these additional arguments.
    pub(crate) fn backup(&self, more: &[&str]) -> Done {
        self.program(&self.backup_arguments(more))
    }

    /// Starts a backup with its output discarded, to be interrupted.
    pub(crate) fn start_backup(&self, more: &[&str]) -> Child {
        let mut command = self.command(&self.backup_arguments(more));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Starts a backup with its output captured.
    pub(crate) fn start(&self, more: &[&str]) -> Child {
        let mut command = self.command(&self.backup_arguments(more));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts any command with its output discarded, to be interrupted.
    pub(crate) fn spawn<T: AsRef<std::ffi::OsStr>>(&self, arguments: &[T]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn backup_arguments(&self, more: &[&str]) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["backup".into()];
        arguments.extend(self.inputs.iter().map(|input| input.clone().into_os_string()));
        arguments.extend(["-o".into(), self.archive().into_os_string()]);
        arguments.extend(more.iter().map(OsString::from));
        arguments
    }

    fn command<T: AsRef<std::ffi::OsStr>>(&self, arguments: &[T]) -> Command {
        let program = env!("CARGO_BIN_EXE_liudi");
        let mut command = if self.nobody {
            let mut command = Command::new("setpriv");
            // Its temporary files go into a folder that it may write to.
            command.args(AS_NOBODY).arg(program).env("TMPDIR", self.folder());
            command
        } else if let Some((starter, arguments)) = self.starter.split_first() {
            let mut command = Command::new(starter);
            command.args(arguments).arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .args(arguments)
            .current_dir(self.folder())
            .env_remove("LIUDI_ZIP_PASSWORD")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs any command.
    pub(crate) fn program<T: AsRef<std::ffi::OsStr>>(&self, arguments: &[T]) -> Done {
        Done::of(&mut self.command(arguments))
    }

    /// Runs any command with additional environment variables.
    pub(crate) fn program_with<T: AsRef<std::ffi::OsStr>>(
        &self,
        arguments: &[T],
        environment: &[(&str, &str)],
    ) -> Done {
        Done::of(self.command(arguments).envs(environment.iter().copied()))
    }

    /// Reads a file of the archive as text.
    pub(crate) fn read(&self, path: &str) -> String {
        let path = self.archive().join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Returns every file of the archive except the working state, with its bytes.
    pub(crate) fn tree(&self) -> Vec<(String, Vec<u8>)> {
        tree(&self.archive())
    }
}

/// A run at another time.
pub(crate) struct Later<'a> {
    run: &'a Run,
    time: &'a str,
}

impl Later<'_> {
    /// Runs a backup as [`Run::backup`] does.
    pub(crate) fn backup(&self, more: &[&str]) -> Done {
        Done::of(self.run.command(&self.run.backup_arguments(more)).env("SOURCE_DATE_EPOCH", self.time))
    }
}

impl Done {
    fn of(command: &mut Command) -> Self {
        Self::heard(&command.output().unwrap())
    }

    /// Waits for a child and returns its result.
    pub(crate) fn of_child(child: Child) -> Self {
        Self::heard(&child.wait_with_output().unwrap())
    }

    fn heard(output: &std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Asserts that the exit status is `code`.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nstdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.exits(0)
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let said = self.said();
        assert!(said.contains(text), "no `{text}` in: {said}");
        self
    }

    /// Returns all output, stdout first.
    pub(crate) fn said(&self) -> String {
        self.stdout.clone() + &self.stderr
    }

    /// Parses the output of `--json`.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}

/// Returns the path of a fixture of the project.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Returns a folder or file of the real samples, if available: `LIUDI_SAMPLES`, else `../shared/samples`. Tests skip
/// only the parts that need them, and report what they skipped.
pub(crate) fn samples(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LIUDI_SAMPLES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples"), PathBuf::from);
    at_hand(root.join(part))
}

/// Returns `path` if it exists. Otherwise reports the skip directly to stderr, because the test runner shows the output
/// of failed tests only, and in `target/tmp/passed-over`, whose lines `.ci/run` prints at its end.
pub(crate) fn at_hand(path: PathBuf) -> Option<PathBuf> {
    if path.exists() {
        return Some(path);
    }
    passed_over(&path.display().to_string());
    None
}

/// Reports that the running test skips a part because `what` is missing.
pub(crate) fn passed_over(what: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("passed over in part: {test}, for want of {what}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
    let note = Path::new(env!("CARGO_TARGET_TMPDIR")).join("passed-over");
    let file = std::fs::File::options().create(true).append(true).open(note);
    let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
}

/// Returns the files below `root` except the working state, sorted, with their bytes.
pub(crate) fn tree(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry.unwrap();
        let name = entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if entry.file_type().is_file() && !name.starts_with(".liudi") {
            files.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
    files
}

/// Asserts that two states of a folder are the same; names the differing files and the offset of the first difference.
#[track_caller]
pub(crate) fn same(before: &[(String, Vec<u8>)], after: &[(String, Vec<u8>)]) {
    let of = |files: &[(String, Vec<u8>)]| files.iter().cloned().collect::<std::collections::BTreeMap<_, _>>();
    let (before, after) = (of(before), of(after));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let around = |bytes: Option<&Vec<u8>>, at: usize| {
        bytes.map(|bytes| {
            let part = &bytes[at.saturating_sub(80).min(bytes.len())..(at + 80).min(bytes.len())];
            String::from_utf8_lossy(part).into_owned()
        })
    };
    let differ: Vec<String> = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| {
            let (old, new) = (before.get(name), after.get(name));
            let at = old.zip(new).map_or(0, |(old, new)| old.iter().zip(new).take_while(|(a, b)| a == b).count());
            format!("{name} at byte {at}: {:?} became {:?}", around(old, at), around(new, at))
        })
        .collect();
    assert!(differ.is_empty(), "{} files differ:\n{}", differ.len(), differ.join("\n"));
}

/// The option without which an exporter of private data refuses; none for the others, which refuse it.
pub(crate) fn include(name: &str) -> &'static [&'static str] {
    match liudi::export::registry::exporter(name).and_then(liudi::export::Scoped::include) {
        Some(liudi::export::Include::Bills) => &["--include", "bills"],
        Some(liudi::export::Include::Evidence) => &["--include", "evidence"],
        None => &[],
    }
}

/// Makes a folder with so many more articles of the account of the demo.
pub(crate) fn more_pages(folder: &Path, count: u32) {
    std::fs::create_dir(folder).unwrap();
    let pages = fixture("demo/pages").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let page = pages.filter(|path| path.extension().is_some_and(|end| end == "html")).min().unwrap();
    let page = std::fs::read_to_string(page).unwrap();
    let mid = page.split("mid=").nth(1).unwrap()[..10].to_owned();
    for number in 0..count {
        std::fs::write(folder.join(format!("{number}.html")), page.replace(&mid, &format!("26600{number:05}")))
            .unwrap();
    }
}
