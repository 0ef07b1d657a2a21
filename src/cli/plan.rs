//! `liudi plan`: the steps of a closing in order, with their dates and what each step destroys.

use std::path::Path;

use jiff::civil::Date;

use super::closing_arguments::PlanOptions as Flags;
use super::context::Context;
use super::host::Terminal;
use super::output::Output;
use crate::error::Result;
use crate::pipeline::closing::letters::Letters;
use crate::pipeline::closing::plan::{ClosingPlan, PlanOptions};
use crate::pipeline::closing::{Fuse, Plan, Step};
use crate::text::Texts;
use crate::words::plain;

/// Prints the plan, and writes the calendar file and the drafts if requested.
pub(super) fn run(context: &Context<'_>, flags: &Flags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let host = Terminal::new(context);
    let options = PlanOptions { root, rules: flags.rules.rules.clone(), on: flags.on.clone() };
    let made = ClosingPlan::make(&options, &host)?;
    let output = context.output;
    if let Some(path) = &flags.ics {
        made.write_calendar(path, output.texts())?;
        output.tell("plan-ics-written", &[("path", &path.display().to_string())]);
    }
    if let Some(folder) = &flags.letters {
        tell_letters(output, folder, &made.write_letters(folder, flags.base_url.as_deref(), &host)?);
    }
    if output.json {
        output.answer(&made.plan)?;
    } else {
        print(output, &made.plan)?;
    }
    Ok(0)
}

fn tell_letters(output: &Output, folder: &Path, letters: &Letters) {
    output.tell("plan-letters-written", &[("path", &folder.display().to_string())]);
    for draft in &letters.drafts {
        let place = draft.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (id, blanks) = (format!("plan-letter-{}", draft.outcome.code()), draft.blanks.to_string());
        output.tell(&id, &[("name", draft.name), ("place", &place), ("blanks", &blanks)]);
    }
    output.tell("plan-letters-blanks", &[("blanks", &letters.blanks().to_string())]);
}

fn print(output: &Output, plan: &Plan) -> Result<()> {
    let texts = output.texts();
    let word = |id: &str| texts.get(id, &[]);
    output.data(&format!("{}\n", word("plan-title")))?;
    if !plan.alternatives.is_empty() {
        output.data(&format!("■ {}", word("plan-alternatives")))?;
        for alternative in &plan.alternatives {
            let id = format!("plan-instead-{}", alternative.code);
            let (name, note) = (word(&id), word("plan-disputed"));
            let disputed = texts.get("plan-alternative-disputed", &[("name", &name), ("note", &note)]);
            output.data(&format!("  · {}", if alternative.disputed { disputed } else { name }))?;
            for part in ["keeps", "costs", "destroys"] {
                let (label, text) = (word(&format!("plan-alternative-{part}")), word(&format!("{id}-{part}")));
                output.data(&format!("      {}", labelled(texts, &label, &text)))?;
            }
        }
        output.data("")?;
    }
    if !plan.fuses.is_empty() {
        output.data(&format!("■ {}", word("plan-fuses")))?;
        // One bill day leaves the window each day, so a run of them is shown by its first and last day.
        for run in plan.fuses.chunk_by(|a, b| a.code == b.code && a.act_by.is_some() && b.act_by.is_some()) {
            print_fuses(output, run)?;
        }
        output.data("")?;
    }
    output.data(&format!("■ {}", word("plan-steps")))?;
    for (number, step) in plan.steps.iter().enumerate() {
        print_step(output, number + 1, step, plan.at.zoned().date())?;
    }
    output.data(&word("plan-trust-backend"))?;
    output.data(&word("report-disclaimer"))
}

/// Returns `label: text` in the punctuation of the language.
fn labelled(texts: &Texts, label: &str, text: &str) -> String {
    texts.get("ready-line", &[("name", label), ("text", text)]).trim_end().to_owned()
}

fn print_fuses(output: &Output, run: &[Fuse]) -> Result<()> {
    /// Maximum length of a run that is printed in full.
    const FEW: usize = 3;
    let texts = output.texts();
    let line = |fuse: &Fuse| {
        let item = fuse.item.as_deref().unwrap_or_default();
        // The item is a kind of account, or else a day.
        let item = texts.find_code("ready-kind", item).unwrap_or_else(|| item.to_owned());
        let words = texts.get(&format!("plan-fuse-{}", fuse.code), &[("item", &plain::cell(&item))]);
        let day = fuse.act_by.map(|day| texts.get("plan-act-by", &[("date", &day.to_string())]));
        output.data(&format!("  {}  {words}", day.unwrap_or_else(|| texts.get("plan-before-submitting", &[]))))
    };
    let (Some(first), Some(last), true) = (run.first(), run.last(), run.len() > FEW) else {
        return run.iter().try_for_each(line);
    };
    line(first)?;
    output.data(&format!("  {}", texts.get("plan-fuse-run", &[("count", &(run.len() - 2).to_string())])))?;
    line(last)
}

fn print_step(output: &Output, number: usize, step: &Step, today: Date) -> Result<()> {
    let texts = output.texts();
    let word = |id: &str| texts.get(id, &[]);
    let (account, stage) =
        (texts.code("ready-kind", step.account.code()), texts.code("ready-stage", step.stage.code()));
    let heading = texts.get("plan-step", &[("number", &number.to_string()), ("account", &account), ("stage", &stage)]);
    output.data(&format!("\n{heading}"))?;
    let over = step.stage.is_over();
    if !over {
        let path = texts.code("plan-path", step.account.code());
        output.data(&format!("   {}", labelled(texts, &word("plan-path"), &path)))?;
    }
    if step.unconfirmed {
        output.data(&format!("   ! {}", word("plan-unconfirmed")))?;
    }
    for line in step.lines(texts, today) {
        output.data(&format!("   {}  {}", line.when, line.what))?;
    }
    if over {
        return Ok(());
    }
    let inaction = texts.code("plan-inaction", step.inaction);
    output.data(&format!("   {}", labelled(texts, &word("plan-inaction"), &inaction)))?;
    output.data(&format!("   {}", labelled(texts, &word("plan-destroys"), "")))?;
    for (code, count) in &step.destroys {
        let what = texts.code("plan-destroys", code);
        let counted =
            count.map(|count| texts.get("plan-destroys-count", &[("what", &what), ("count", &count.to_string())]));
        output.data(&format!("     × {}", counted.unwrap_or(what)))?;
    }
    if step.withdrawn > 0 {
        let withdrawn = texts.get("plan-destroys-withdrawn", &[("count", &step.withdrawn.to_string())]);
        output.data(&format!("       {withdrawn}"))?;
    }
    for (heading, prefix, codes) in
        [("plan-papers", "plan-paper", &step.papers), ("plan-notices", "plan-notice", &step.notices)]
    {
        if !codes.is_empty() {
            output.data(&format!("   {}", labelled(texts, &word(heading), "")))?;
            codes.iter().try_for_each(|code| output.data(&format!("     □ {}", word(&format!("{prefix}-{code}")))))?;
        }
    }
    Ok(())
}
