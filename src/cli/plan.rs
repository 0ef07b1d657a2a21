//! `liudi plan`: the ordered path of a closing, its dates, what each step destroys.

use super::closing_arguments::PlanOptions;
use super::context::Context;
use super::letters;
use super::output::Output;
use super::plain;
use super::records;
use crate::archive::Archive;
use crate::audit::engine::Scene;
use crate::audit::plan::{Fuse, Plan, Step};
use crate::audit::{dates, fill, ics};
use crate::error::{Error, Result};
use crate::model::layout;
use crate::pipeline::closing::readiness;
use crate::text::Texts;

/// Prints the plan; also writes the calendar file and the drafts where asked.
pub(super) fn run(context: &Context<'_>, options: &PlanOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let rules = records::rules(&options.rules)?;
    let archive = Archive::open(&root)?;
    let known = fill::records(&archive)?;
    known.profile.check_flags(&rules.meta.flags)?;
    let now = readiness::clock()?;
    let measured = fill::measure(&archive, &root.join(layout::SITE).join("-"), now, None)?;
    drop(archive);
    let scene = Scene {
        rules: &rules,
        profile: &known.profile,
        evidence: &known.evidence,
        events: &known.events,
        waivers: &known.waivers,
        measured: &measured,
        now,
    };
    let on = match &options.on {
        Some(text) => records::day(text, scene.today())?,
        None => scene.today(),
    };
    let plan = scene.plan(on);
    let output = context.output;
    let write = |path: &std::path::Path, text: &str| {
        std::fs::write(path, text).map_err(|error| Error::disk("plan-write-failed", path.display(), error))
    };
    if let Some(path) = &options.ics {
        write(path, &ics::write(&plan, output.texts()))?;
        output.tell("plan-ics-written", &[("path", &path.display().to_string())]);
    }
    if let Some(folder) = &options.letters {
        let given = (options.base_url.as_deref(), options.on.is_some());
        letters::write(context, &root, folder, &scene, &plan, given)?;
    }
    if output.json {
        output.answer(&plan)?;
    } else {
        print(output, &plan)?;
    }
    Ok(0)
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
        // One bill day leaves the window each day: a run of them is told by its ends.
        for run in plan.fuses.chunk_by(|a, b| a.code == b.code && a.act_by.is_some() && b.act_by.is_some()) {
            print_fuses(output, run)?;
        }
        output.data("")?;
    }
    output.data(&format!("■ {}", word("plan-steps")))?;
    for (number, step) in plan.steps.iter().enumerate() {
        print_step(output, number + 1, step)?;
    }
    output.data(&word("plan-trust-backend"))?;
    output.data(&word("report-disclaimer"))
}

/// Returns `label: text` as the language writes it.
fn labelled(texts: &Texts, label: &str, text: &str) -> String {
    texts.get("ready-line", &[("name", label), ("text", text)]).trim_end().to_owned()
}

fn print_fuses(output: &Output, run: &[Fuse]) -> Result<()> {
    /// Runs up to this long are told one by one.
    const FEW: usize = 3;
    let texts = output.texts();
    let line = |fuse: &Fuse| {
        let item = dates::item(texts, fuse.item.as_deref());
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

fn print_step(output: &Output, number: usize, step: &Step) -> Result<()> {
    let texts = output.texts();
    let word = |id: &str| texts.get(id, &[]);
    let id = |code: &str| code.replace(['.', '_'], "-");
    let (account, stage) =
        (dates::account(texts, step.account), word(&format!("ready-stage-{}", id(step.stage.code()))));
    let heading = texts.get("plan-step", &[("number", &number.to_string()), ("account", &account), ("stage", &stage)]);
    output.data(&format!("\n{heading}"))?;
    let path = word(&format!("plan-path-{}", id(step.account.code())));
    output.data(&format!("   {}", labelled(texts, &word("plan-path"), &path)))?;
    for line in dates::lines(texts, step.submit, step.planned, &step.dates) {
        output.data(&format!("   {}  {}", line.when, line.what))?;
    }
    let inaction = word(&format!("plan-inaction-{}", step.inaction));
    output.data(&format!("   {}", labelled(texts, &word("plan-inaction"), &inaction)))?;
    output.data(&format!("   {}", labelled(texts, &word("plan-destroys"), "")))?;
    for (code, count) in &step.destroys {
        let what = word(&format!("plan-destroys-{code}"));
        let counted =
            count.map(|count| texts.get("plan-destroys-count", &[("what", &what), ("count", &count.to_string())]));
        output.data(&format!("     × {}", counted.unwrap_or(what)))?;
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
