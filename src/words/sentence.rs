//! A sentence of a result before it is put into words, so that every host can say it in its own way.

use serde::Serialize;

use super::Phrases;
use crate::model::Problem;

/// A sentence of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// The text `id` with its arguments.
    Text {
        /// Id of the text.
        id: String,
        /// Its arguments.
        arguments: Vec<(&'static str, String)>,
    },
    /// A problem, and what can be done about it.
    Problem(Problem),
}

/// A sentence in the words of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SentenceWords {
    /// The sentence.
    pub text: String,
    /// What the user can do.
    pub hint: Option<String>,
    /// Whether it is about a problem.
    pub is_problem: bool,
}

impl Sentence {
    /// Returns the text `id` as a sentence.
    pub fn text(id: impl Into<String>, arguments: &[(&'static str, &str)]) -> Self {
        let arguments = arguments.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::Text { id: id.into(), arguments }
    }

    /// Says that a condition matched nothing. `rule` is the condition without the option that gave it.
    pub(super) fn unused_rule(line: &str) -> Self {
        let rule = line.strip_prefix("--").and_then(|line| line.split_once(' ')).map_or(line, |(_, rule)| rule);
        Self::text("export-rule-unused", &[("line", line), ("rule", rule)])
    }

    /// Returns the words for a page.
    pub fn on_page(&self, phrases: &Phrases<'_>) -> SentenceWords {
        match self {
            Self::Problem(problem) => SentenceWords {
                text: phrases.problem_line(problem),
                hint: phrases.problem_hint(problem),
                is_problem: true,
            },
            Self::Text { id, arguments } => {
                let arguments: Vec<(&str, &str)> =
                    arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
                SentenceWords { text: phrases.line(id, &arguments), hint: None, is_problem: false }
            }
        }
    }
}
