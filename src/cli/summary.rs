//! Prints the summary at the end of a backup.

use super::context::Context;
use crate::error::Result;
use crate::model::Problem;
use crate::pipeline::job::BackupOutput;
use crate::words::summary::{SHOWN, Told, summary};

/// Prints the summary, or the JSON result.
pub(super) fn show(context: &Context<'_>, told: &BackupOutput<'_>) -> Result<()> {
    let output = context.output;
    if output.json {
        return output.answer(told);
    }
    let BackupOutput { archive: root, site, open_blockers, report, .. } = *told;
    let (failures, remarks): (Vec<&Problem>, Vec<&Problem>) =
        report.problems.iter().map(|(problem, _)| problem).partition(|problem| problem.exit_bit != 0);
    report.api.iter().flat_map(|api| &api.problems).for_each(|problem| output.stopper(problem));
    failures.iter().chain(&remarks).take(SHOWN * 2).for_each(|problem| output.problem(problem));
    output.hints(failures.iter().chain(&remarks).copied());
    if report.problems.len() > SHOWN * 2 {
        output.say("summary-more-problems", &[("count", &(report.problems.len() - SHOWN * 2).to_string())]);
    }
    if !report.problems.is_empty() {
        output.space();
    }
    let told = Told { root, report, site, open_blockers, online: context.global.online };
    for (number, paragraph) in summary(output.texts(), &told).iter().enumerate() {
        if number > 0 {
            output.paragraph();
        }
        output.sentences(paragraph);
    }
    Ok(())
}
