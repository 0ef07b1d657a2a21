//! The command line, which turns arguments into calls and results into words. It is the only layer that prints, exits,
//! or uses a terminal.
//!
//! Exit status is a bit field: 0 done · 1 other, including lock and disk · 2 usage · 4 some downloads failed · 8
//! blocked or rate-limited · 16 credentials · 32 bad or unreadable input · 64 findings.

mod account;
mod api;
mod arguments;
mod ask;
mod asking;
mod backup;
mod blanks;
mod closing_arguments;
mod completions;
mod context;
mod copy;
mod desk;
mod event;
mod evidence;
mod export;
mod fleet;
mod fleet_add;
mod fleet_log;
mod gaps;
mod guide;
mod host;
mod keep;
mod mirror;
mod output;
mod pack;
mod parcel_arguments;
mod passwords;
mod plan;
mod probe;
mod progress;
mod purge;
mod ready;
mod records;
mod registry;
mod repair;
mod serve;
mod sign;
mod site_arguments;
mod store_addresses;
mod summary;
mod timestamp;
mod unpack;
mod usage;
mod verify;
mod waive;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::error::{Error, Result};
use crate::platform;
use crate::text::{Language, Texts};

use arguments::{Command, Global};
use context::Context;
use output::Output;

/// Runs the program with these arguments (the first is the program's name).
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    silence_guarded_panics();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let texts = Texts::new(language(&arguments));
    let parsed = match arguments::parse(&arguments, &texts) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Clap reports help and version as errors, but they are answers.
            if !error.use_stderr() {
                let _ = error.print();
                return ExitCode::SUCCESS;
            }
            let words = usage::words(&error, &texts);
            // As every other error.
            if arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--json") {
                output::wrong_usage_as_json(&usage::first(&error, &texts));
            }
            output::wrong_usage(&words);
            keep_window(&texts);
            return ExitCode::from(2);
        }
    };
    let output = Output::new(texts, &parsed.global);
    let done = blanks::check(&arguments)
        .and_then(|()| store_addresses::check(&arguments, parsed.command.as_ref()))
        .and_then(|()| check_language(parsed.global.lang.as_deref()))
        .and_then(|()| dispatch(parsed.command, &parsed.global, &output));
    let bits = match done {
        Ok(bits) => bits,
        Err(error) => {
            output.error(&error);
            keep_window(output.texts());
            error.kind().exit_bit()
        }
    };
    ExitCode::from(bits)
}

/// Waits for the user after an error that would vanish with the window.
fn keep_window(texts: &Texts) {
    if platform::ends_with_window() {
        output::wrong_usage(&texts.get("window-closes", &[]));
        let _ = std::io::stdin().read_line(&mut String::new());
    }
}

/// Returns the language of the flag, else of the environment, else Chinese.
fn language(arguments: &[OsString]) -> Language {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str());
    let flag = words
        .find_map(|word| word.strip_prefix("--lang").map(|rest| rest.strip_prefix('=').map(str::to_owned)))
        .and_then(|tag| tag.or_else(|| words.next().map(str::to_owned)));
    let environment = ["LIUDI_LANG", "LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variable(name));
    let known = |tag: String| Language::from_tag(&tag);
    flag.and_then(known).or_else(|| environment.and_then(known)).unwrap_or_default()
}

/// Returns an environment variable unless it is empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Refuses an unsupported language if the user asked for it; the system's language is not a request.
fn check_language(flag: Option<&str>) -> Result<()> {
    let wish = flag.map(str::to_owned).or_else(|| variable("LIUDI_LANG"));
    match wish {
        Some(tag) if Language::from_tag(&tag).is_none() => Err(Error::usage("language-unknown").with("language", tag)),
        _ => Ok(()),
    }
}

/// Reports whether a command writes something and cannot predict what.
fn acts(command: &Command) -> bool {
    matches!(
        command,
        Command::Account(_)
            | Command::Copy(_)
            | Command::Event(_)
            | Command::Evidence(_)
            | Command::Export(_)
            | Command::Keep(_)
            | Command::Mirror(_)
            | Command::Pack(_)
            | Command::Plan(_)
            | Command::Probe(_)
            | Command::Ready(_)
            | Command::Timestamp(_)
            | Command::Sign(_)
            | Command::Unpack(_)
            | Command::Waive(_)
    ) || matches!(command, Command::Fleet(flags) if !flags.only_looks())
}

/// Keeps panics of the library that reads workbooks from the terminal: they are caught, and the file is named.
fn silence_guarded_panics() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|location| location.file().contains("calamine")) {
            tell(panic);
        }
    }));
}

/// Runs one command and returns its exit bits.
fn dispatch(command: Option<Command>, global: &Global, output: &Output) -> Result<u8> {
    let context = Context::new(global, output);
    if global.dry_run && command.as_ref().is_some_and(acts) {
        return Err(Error::usage("dry-run-not-here"));
    }
    match command {
        // Started by double-click there is nobody who could type.
        None if platform::was_double_clicked() => desk::run(&context, &desk::DeskFlags::default()),
        None => ask::run(&context),
        Some(Command::Account(options)) => account::run(&context, &options),
        Some(Command::Backup(options)) => backup::run(&context, &options),
        Some(Command::Collect(options)) => backup::collect(&context, &options),
        Some(Command::Completions(options)) => completions::completions(&context, &options),
        Some(Command::Copy(options)) => copy::run(&context, &options),
        Some(Command::Desk(options)) => desk::run(&context, &options),
        Some(Command::Event(options)) => event::run(&context, &options),
        Some(Command::Evidence(options)) => evidence::run(&context, &options),
        Some(Command::Fleet(options)) => fleet::run(&context, &options),
        Some(Command::Exporters) => registry::exporters(&context),
        Some(Command::Gaps(options)) => gaps::run(&context, &options),
        Some(Command::Guide(options)) => guide::run(&context, &options),
        Some(Command::Keep(options)) => keep::run(&context, &options),
        Some(Command::Man(options)) => completions::man(&context, &options),
        Some(Command::Export(options)) => export::run(&context, &options),
        Some(Command::Mirror(options)) => mirror::mirror(&context, &options),
        Some(Command::Pack(options)) => pack::run(&context, &options),
        Some(Command::Plan(options)) => plan::run(&context, &options),
        Some(Command::Probe(options)) => probe::run(&context, &options),
        Some(Command::Purge(options)) => purge::run(&context, &options),
        Some(Command::Ready(options)) => ready::run(&context, &options),
        Some(Command::Repair(options)) => repair::run(&context, &options),
        Some(Command::Serve(options)) => serve::run(&context, &options),
        Some(Command::Sign(options)) => sign::run(&context, &options),
        Some(Command::Sources) => registry::sources(&context),
        Some(Command::Timestamp(options)) => timestamp::run(&context, &options),
        Some(Command::Unpack(options)) => unpack::run(&context, &options),
        Some(Command::Verify(options)) => verify::run(&context, &options),
        Some(Command::Waive(options)) => waive::run(&context, &options),
    }
}
