//! `liudi plan`: the ordered path of a closing, its dates, what each step destroys.

use super::closing_arguments::PlanOptions;
use super::context::Context;
use super::letters;
use super::output::Output;
use super::plain;
use super::records;
use crate::audit::engine::Scene;
use crate::audit::plan::{Fuse, Plan, Step};
use crate::audit::{fill, ics};
use crate::error::{Error, Result};
use crate::model::layout;
use crate::pipeline::readiness;

/// Prints the plan; also writes the calendar file and the drafts where asked.
pub(super) fn run(context: &Context<'_>, options: &PlanOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let rules = records::rules(&options.rules)?;
    let known = fill::records(&root)?;
    known.profile.check_flags(&rules.meta.flags)?;
    let now = readiness::clock()?;
    let measured = records::measure(context, &root, &root.join(layout::SITE).join("-"), now, None)?;
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
        output.say("plan-ics-written", &[("path", &path.display().to_string())]);
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
            let disputed = if alternative.disputed { format!(" [{}]", word("plan-disputed")) } else { String::new() };
            output.data(&format!("  · {}{disputed}", word(&id)))?;
            output.data(&format!("      + {}", word(&format!("{id}-keeps"))))?;
            output.data(&format!("      $ {}", word(&format!("{id}-costs"))))?;
            output.data(&format!("      - {}", word(&format!("{id}-destroys"))))?;
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

fn print_fuses(output: &Output, run: &[Fuse]) -> Result<()> {
    /// Runs up to this long are told one by one.
    const FEW: usize = 3;
    let line = |fuse: &Fuse| {
        let item = fuse.item.as_deref().unwrap_or_default();
        let words = output.texts().get(&format!("plan-fuse-{}", fuse.code), &[("item", &plain::cell(item))]);
        let day = fuse.act_by.map_or_else(|| " ".repeat(10), |day| day.to_string());
        output.data(&format!("  {day}  {words}"))
    };
    let (Some(first), Some(last), true) = (run.first(), run.last(), run.len() > FEW) else {
        return run.iter().try_for_each(line);
    };
    line(first)?;
    output.data(&format!("  {}", output.texts().get("plan-fuse-run", &[("count", &(run.len() - 2).to_string())])))?;
    line(last)
}

fn print_step(output: &Output, number: usize, step: &Step) -> Result<()> {
    let texts = output.texts();
    let word = |id: &str| texts.get(id, &[]);
    let id = |code: &str| code.replace(['.', '_'], "-");
    output.data(&format!(
        "\n{number}. {}  ({})",
        word(&format!("ready-kind-{}", id(step.account.code()))),
        word(&format!("ready-stage-{}", id(step.stage.code())))
    ))?;
    output.data(&format!("   {}: {}", word("plan-path"), word(&format!("plan-path-{}", id(step.account.code())))))?;
    let submit = step.submit.to_string();
    if step.planned {
        output.data(&format!("   {submit}  {}", word("plan-submit")))?;
    } else {
        output.data(&format!("   {}", texts.get("plan-submitted", &[("date", &submit)])))?;
    }
    for dates in &step.dates {
        let when = match (dates.not_before, dates.until, dates.act_by) {
            (Some(from), Some(until), _) => {
                texts.get("plan-range", &[("from", &from.to_string()), ("until", &until.to_string())])
            }
            (Some(day), None, _) => texts.get("plan-not-before", &[("date", &day.to_string())]),
            (None, _, Some(day)) => texts.get("plan-act-by", &[("date", &day.to_string())]),
            (None, _, None) => continue,
        };
        let window = word(&format!("window-{}", id(&dates.window)));
        let expiry = word(&format!("ready-expiry-{}", id(dates.on_expiry.code())));
        output.data(&format!("   {when}  {window} → {expiry}"))?;
    }
    output.data(&format!("   {}: {}", word("plan-inaction"), word(&format!("plan-inaction-{}", step.inaction))))?;
    output.data(&format!("   {}:", word("plan-destroys")))?;
    for (code, count) in &step.destroys {
        let count = count.map(|count| format!(" ({count})")).unwrap_or_default();
        output.data(&format!("     × {}{count}", word(&format!("plan-destroys-{code}"))))?;
    }
    for (heading, prefix, codes) in
        [("plan-papers", "plan-paper", &step.papers), ("plan-notices", "plan-notice", &step.notices)]
    {
        if !codes.is_empty() {
            output.data(&format!("   {}:", word(heading)))?;
            codes.iter().try_for_each(|code| output.data(&format!("     □ {}", word(&format!("{prefix}-{code}")))))?;
        }
    }
    Ok(())
}
