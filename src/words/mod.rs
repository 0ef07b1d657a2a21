//! Turns results, problems and errors into words in the user's language, for the hosts that talk to people: the command
//! line and the desk. It decides no facts and prints nothing.

pub mod export;
pub mod fleet;
pub mod gaps;
pub mod keeping;
pub mod plain;
pub mod records;
pub mod sentence;
pub mod shell;
pub mod site;
pub mod summary;

use std::borrow::Cow;

use crate::error::{Error, Kind};
use crate::model::Problem;
use crate::pipeline::registries;
use crate::platform;
use crate::text::Texts;

/// The texts of one language, with the command that printed commands begin with.
#[derive(Debug)]
pub struct Phrases<'t> {
    /// Texts.
    pub texts: &'t Texts,
    /// Beginning of printed commands: `liudi -C "…"`. Every text may use it as `$liudi`.
    pub command: Cow<'t, str>,
    /// Whether the words are for a page, whose reader has no terminal: where a text names a command or an option, the page
    /// has a text of its own, `desk-<id>`.
    pub on_page: bool,
}

/// An error in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ErrorWords {
    /// What was being done, to which input.
    pub text: String,
    /// Why it failed, the nearest cause first.
    pub causes: Vec<String>,
    /// What the user can do.
    pub hint: Option<String>,
}

impl Phrases<'_> {
    /// Returns the text `id`, which may name commands.
    pub fn text(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let all: Vec<(&str, &str)> = arguments.iter().copied().chain([("liudi", self.command.as_ref())]).collect();
        let own = if self.on_page { self.texts.find(&format!("desk-{id}"), &all) } else { None };
        own.unwrap_or_else(|| self.texts.get(id, &all))
    }

    /// Returns the text `id`. Values of the arguments cannot break the line or control a terminal.
    pub fn line(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        /// Arguments that are lists of codes and names, which are joined by the language's separator.
        const LISTS: &[&str] = &["columns", "days", "known", "names", "values"];
        let separator = self.texts.get("list-separator", &[]);
        let shown = arguments.iter().map(|(name, value)| {
            let value = plain::cell(value);
            (*name, if LISTS.contains(name) { value.replace(", ", &separator).into() } else { value })
        });
        let shown: Vec<(&str, Cow<'_, str>)> = shown.collect();
        let shown: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        plain::text(&self.text(id, &shown)).into_owned()
    }

    /// Returns the error, its causes and a hint.
    pub fn error(&self, error: &Error) -> ErrorWords {
        let problem = Problem::from_error(error, String::new());
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(error);
        while let Some(below) = cause {
            let words = match below.downcast_ref::<Error>() {
                Some(own) => self.problem(&Problem::from_error(own, String::new())),
                None => self.cause(&below.to_string()),
            };
            // A library and the one below it often have the same in other words.
            if !causes.contains(&words) {
                causes.push(words);
            }
            cause = below.source();
        }
        let hint = self.disk_hint(error).or_else(|| self.hint(&problem.code, &arguments_of(&problem)));
        ErrorWords { text: self.problem(&problem), causes, hint }
    }

    /// Returns the text of a problem's code with its arguments.
    pub fn problem(&self, problem: &Problem) -> String {
        let named: Vec<(&str, Cow<'_, str>)> =
            arguments_of(problem).into_iter().map(|(name, value)| (name, self.named(name, value))).collect();
        let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        self.line(&format!("error-{}", problem.code), &named)
    }

    /// Returns one problem of one input on one line, its cause in brackets.
    pub fn problem_line(&self, problem: &Problem) -> String {
        let label = if problem.exit_bit == 0 { "label-remark" } else { "label-problem" };
        let words = self.problem(problem);
        let text = match problem.arguments.iter().find(|(name, _)| name == "cause") {
            Some((_, cause)) => self.text("ready-reason-detail", &[("reason", &words), ("detail", &self.cause(cause))]),
            None => words,
        };
        // A text that already contains the file's name needs no name in front.
        let named = !problem.locator.is_empty() && !text.contains(plain::cell(&problem.locator).as_ref());
        let label = if named { label.to_owned() } else { format!("{label}-alone") };
        self.line(&label, &[("locator", &problem.locator), ("text", &text)])
    }

    /// Returns the advice for a problem, if there is any.
    pub fn problem_hint(&self, problem: &Problem) -> Option<String> {
        self.hint(&problem.code, &arguments_of(problem))
    }

    /// Returns the advice for the problem `code`.
    fn hint(&self, code: &str, arguments: &[(&str, &str)]) -> Option<String> {
        self.texts.find(&format!("hint-{code}"), &[])?;
        let named: Vec<(&str, Cow<'_, str>)> =
            arguments.iter().map(|(name, value)| (*name, self.named(name, value))).collect();
        let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        Some(self.line(&format!("hint-{code}"), &named))
    }

    /// Returns the advice if the system refused to write, whichever file was being written.
    fn disk_hint(&self, error: &Error) -> Option<String> {
        let mut cause = std::error::Error::source(error);
        while let Some(below) = cause {
            let refusal = below.downcast_ref::<std::io::Error>().and_then(platform::refusal_to_write);
            if error.kind() == Kind::Disk
                && let Some(refusal) = refusal
            {
                return self.hint(refusal, &[]);
            }
            cause = below.source();
        }
        None
    }

    /// Returns a cause in the user's language: what the system says, with the number by which it can be looked up, and
    /// what libraries often say. The rest keeps its own words.
    fn cause(&self, words: &str) -> String {
        // Libraries add the path after it, which the error names itself.
        let number = words.rsplit_once("(os error ").and_then(|(_, rest)| rest.split_once(')'));
        let number = number.map(|(number, _)| number);
        let error = number.and_then(|number| Some(std::io::Error::from_raw_os_error(number.parse().ok()?)));
        let of_system =
            error.and_then(|error| if platform::is_in_use(&error) { Some("busy") } else { cause_code(error.kind()) });
        let of_library = || LIBRARY_WORDS.iter().find(|(said, _)| words.contains(said)).map(|(_, code)| *code);
        match (number, of_system.or_else(of_library)) {
            (Some(number), Some(code)) => {
                let cause = self.text(&format!("cause-{code}"), &[]);
                self.text("cause-numbered", &[("cause", &cause), ("number", number)])
            }
            (None, Some(code)) => self.text(&format!("cause-{code}"), &[]),
            (_, None) => self.text("cause-other", &[("words", words)]),
        }
    }

    /// Returns an argument in words if it is the code of an event or of a kind of account, or a number of bytes.
    fn named<'v>(&self, name: &str, value: &'v str) -> Cow<'v, str> {
        let prefixes: &[&str] = match name {
            // What is no event is known by its question.
            "event" | "later" | "needs" => &["event", "ask"],
            "account" => &["ready-kind"],
            "size" => return value.parse().map_or(value.into(), |bytes| plain::size(bytes).into()),
            _ => return value.into(),
        };
        let words = prefixes.iter().find_map(|prefix| self.texts.find_code(prefix, value));
        words.map_or(value.into(), Cow::Owned)
    }
}

/// Returns the description of a source, or its name if it is not registered.
pub fn source_name(texts: &Texts, source: &str) -> String {
    let mut sources = registries::importers().chain(registries::collectors());
    match sources.find(|known| known.name == source) {
        Some(known) => known.summary(texts.language()).to_owned(),
        None => texts.find_code("source", source).unwrap_or_else(|| source.to_owned()),
    }
}

/// What libraries say of a refusal of the system, of an input that is often broken in this way, or of an address as users
/// type it, with its code.
const LIBRARY_WORDS: &[(&str, &str)] = &[
    ("database or disk is full", "disk-full"),
    ("database is full", "disk-full"),
    ("readonly database", "read-only"),
    ("database is locked", "busy"),
    ("disk I/O error", "disk-fails"),
    ("Could not find EOCD", "broken-zip"),
    ("CSV parse error", "broken-table"),
    ("CSV deserialize error", "broken-table"),
    ("is a directory", "is-folder"),
    ("not a regular file", "no-file"),
    ("relative URL", "address-partial"),
    ("empty host", "address-no-host"),
    ("invalid international domain name", "address-host"),
    ("invalid domain character", "address-host"),
    ("invalid IPv4 address", "address-host"),
    ("invalid IPv6 address", "address-host"),
    ("invalid port number", "address-port"),
];

/// Returns the code of the words for a refusal of the system; `None` for a rare one.
fn cause_code(kind: std::io::ErrorKind) -> Option<&'static str> {
    use std::io::ErrorKind;
    Some(match kind {
        ErrorKind::NotFound => "not-found",
        ErrorKind::PermissionDenied => "not-permitted",
        ErrorKind::AlreadyExists => "exists",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "disk-full",
        ErrorKind::FileTooLarge => "too-large",
        ErrorKind::ReadOnlyFilesystem => "read-only",
        ErrorKind::IsADirectory => "is-folder",
        ErrorKind::NotADirectory => "no-folder",
        ErrorKind::DirectoryNotEmpty => "not-empty",
        ErrorKind::InvalidFilename => "name",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "busy",
        ErrorKind::TimedOut => "timed-out",
        ErrorKind::ConnectionRefused => "refused",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => "cut-off",
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown => "no-network",
        ErrorKind::AddrInUse => "address-in-use",
        _ => return None,
    })
}

fn arguments_of(problem: &Problem) -> Vec<(&str, &str)> {
    let arguments = problem.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    arguments.chain([("locator", problem.locator.as_str())]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    /// Beginnings of the codes whose advice is for those who use a terminal: options, and files that they wrote by hand.
    const NOT_ON_A_PAGE: &[&str] = &[
        "api-",
        "books-rules-",
        "cloud-not-built",
        "collector-",
        "config-",
        "desk-failed",
        "dry-run-",
        "fleet-",
        "input-ended",
        "input-prompt-",
        "language-",
        "man-",
        "pack-content-",
        "pack-damaged",
        "pack-foreign",
        "pack-key-",
        "pack-missing",
        "pack-name-",
        "pack-part-",
        "pack-passphrase-",
        "pack-too-much-",
        "pack-truncated",
        "pack-unexpected",
        "packs-",
        "store-",
        "parity-",
        "pay-",
        "public-key-",
        "purge-",
        "rule-",
        "rules-",
        "secret-",
        "sign-",
        "signature-",
        "signing-",
        "template-",
        "timestamp-authorities-",
        "timestamp-not-trusted",
        "timestamp-online-",
        "timestamp-tsa-",
        "unpack-",
        "verify-read-",
    ];

    #[test]
    fn causes_are_in_the_language_of_the_user() {
        let texts = Texts::new(Language::Chinese);
        let phrases = Phrases { texts: &texts, command: "liudi".into(), on_page: true };
        assert_eq!(phrases.cause("database or disk is full: Error code 13: database is full"), "磁盘满了");
        assert_eq!(
            phrases.cause("disk I/O error: Error code 4874: disk I/O error"),
            "读写磁盘出错：可能满了，也可能是磁盘有毛病"
        );
        let with_path = "No space left on device (os error 28) at path \"/a/.tmpA\"";
        assert_eq!(phrases.cause(with_path), "磁盘满了（系统错误号 28）");
        assert_eq!(phrases.cause("invalid Zip archive: Could not find EOCD"), "压缩包不完整：找不到它的目录");
        assert_eq!(phrases.cause("No such file or directory (os error 2)"), "没有这个文件或文件夹（系统错误号 2）");
        assert_eq!(phrases.cause("Level 2 halted (os error 51)"), "程序给出的英文说明「Level 2 halted (os error 51)」");
        assert_eq!(phrases.cause("expected value"), "程序给出的英文说明「expected value」");
        let addresses = ["a.example", "//a.example", "https://", "https://a b/", "https://1.2.3.999/", "https://[a]/"];
        for address in addresses.into_iter().chain(["https://a.example:web/", "https://xn--a/"]) {
            let refused = url::Url::parse(address).unwrap_err().to_string();
            let said = phrases.cause(&refused);
            assert!(!said.is_ascii() && !said.contains(&refused), "{address}: {said}");
        }
        // The same said twice is said once.
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        let twice = rusqlite::Error::SqliteFailure(full, Some("database or disk is full".to_owned()));
        assert_eq!(phrases.error(&Error::other("output-failed").because(twice)).causes, ["磁盘满了"]);
    }

    #[test]
    fn advice_on_a_page_names_no_command() {
        let command = regex::Regex::new(
            r"--[a-z]|\s-[a-zA-Z]\b|命令|终端|[Tt]he (?:same )?command|terminal|liudi\.toml|liudi (?:backup|verify|gaps|ready|keep|mirror|event|evidence|plan|export|serve|account|waive|purge|guide|copy|repair|pack|unpack|sign|timestamp)\b",
        )
        .unwrap();
        for language in Language::ALL {
            let texts = Texts::new(language);
            let phrases = Phrases { texts: &texts, command: "liudi backup".into(), on_page: true };
            let ids = crate::text::ids(language).into_iter();
            let shown = ids.filter(|id| {
                let code = id.strip_prefix("hint-");
                code.is_some_and(|code| !NOT_ON_A_PAGE.iter().any(|beginning| code.starts_with(beginning)))
            });
            let said = shown.map(|id| (phrases.text(&id, &[]), id));
            let wrong: Vec<String> =
                said.filter(|(said, _)| command.is_match(said)).map(|(said, id)| format!("{id}: {said}")).collect();
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    }
}
