//! Reports errors of the command line in the user's language, since clap's own texts are English.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::text::Texts;

/// Returns what clap says of one side of `error`.
fn context(error: &clap::Error, texts: &Texts, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(list)) => list.join(&texts.get("list-separator", &[])),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Returns the mistake alone.
pub(super) fn first(error: &clap::Error, texts: &Texts) -> String {
    let one = |kind| context(error, texts, kind);
    let (argument, value) = (one(ContextKind::InvalidArg), one(ContextKind::InvalidValue));
    let (command, other) = (one(ContextKind::InvalidSubcommand), one(ContextKind::PriorArg));
    let id = match error.kind() {
        ErrorKind::UnknownArgument => "usage-unknown-argument",
        ErrorKind::InvalidSubcommand => "usage-unknown-command",
        ErrorKind::InvalidValue if value.is_empty() => "usage-value-missing",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage-value-invalid",
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => "usage-value-missing",
        ErrorKind::TooManyValues => "usage-too-many",
        ErrorKind::MissingRequiredArgument => "usage-missing",
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => "usage-no-command",
        ErrorKind::ArgumentConflict if other.is_empty() || other == argument => "usage-twice",
        ErrorKind::ArgumentConflict => "usage-conflict",
        _ => "usage-wrong",
    };
    let arguments = [
        ("argument", argument.as_str()),
        ("value", value.as_str()),
        ("command", command.as_str()),
        ("other", other.as_str()),
    ];
    texts.get(id, &arguments)
}

/// Returns the text for `error`: the mistake, similar names, the usage, and where to find help.
pub(super) fn words(error: &clap::Error, texts: &Texts) -> String {
    let one = |kind| context(error, texts, kind);
    let mut lines = vec![texts.get("label-error", &[("text", &first(error, texts))])];
    let possible = one(ContextKind::ValidValue);
    if !possible.is_empty() {
        lines.push(format!("  {}", texts.get("usage-possible", &[("values", &possible)])));
    }
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    for name in near.into_iter().map(one).filter(|name| !name.is_empty()) {
        lines.push(format!("  {}", texts.get("usage-near", &[("name", &name)])));
    }
    let usage = one(ContextKind::Usage);
    if let Some((_, usage)) = usage.split_once(':') {
        lines.push(format!("\n{}{}", texts.get("cli-heading-usage", &[]), usage.trim()));
    }
    lines.push(texts.get("usage-help", &[]));
    lines.join("\n")
}
