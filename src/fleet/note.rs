//! What a job brought, kept with it in the queue: the status of a fleet is read from the queue alone, on any machine.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{Problem, Time};
pub use crate::pipeline::closing::readiness::NextDate;

/// What a job brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// Time at which it ended.
    pub at: Option<Time>,
    /// Whether it changed the archive.
    pub changed: bool,
    /// The numbers of the archive, of a phase that collects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holdings: Option<Holdings>,
    /// The verdict, of a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Judged>,
    /// The first bill that is not held and about to leave the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill: Option<BillFuse>,
    /// What was wrong and did not keep the job from being done: at most [`Note::PROBLEMS`] of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// Number of all such problems.
    pub problem_count: usize,
}

impl Note {
    /// Most problems that are kept.
    pub const PROBLEMS: usize = 5;

    /// Adds the problems of a job.
    pub fn with_problems(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        for problem in problems {
            self.problem_count += 1;
            // What is wrong is kept before what is only remarked on.
            let remark = self.problems.iter().rposition(|kept| kept.exit_bit == 0).filter(|_| problem.exit_bit != 0);
            if self.problems.len() < Self::PROBLEMS {
                self.problems.push(problem);
            } else if let Some(remark) = remark {
                self.problems[remark] = problem;
            }
        }
        self
    }
}

/// The numbers of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holdings {
    /// Name of the 公众号.
    pub name: Option<String>,
    /// Number of articles that the platform declares.
    pub platform_total: Option<u64>,
    /// Number of articles that are known.
    pub listed: u64,
    /// Number of articles that are held.
    pub held: u64,
    /// Number of gaps that were not given up.
    pub gaps: u64,
    /// Number of missing days of a merchant's bills.
    pub missing_bills: u64,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Code of the verdict; the text is `ready-verdict-<code>`.
    pub verdict: String,
    /// Number of rules that prevent a closing.
    pub blockers: usize,
    /// End of the verdict's validity.
    pub valid_until: Time,
    /// The date that comes next.
    pub next: Option<NextDate>,
}

/// A bill that is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BillFuse {
    /// Day of the bill.
    pub day: Date,
    /// Last day on which it is guaranteed to be available.
    pub last_day: Date,
}
