//! Collects covered days as ranges, to find the days that a user's bills leave out.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// Ordered ranges of days that neither overlap nor adjoin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days(Vec<(Date, Date)>);

impl Days {
    /// Returns the ranges: first and last day.
    pub fn ranges(&self) -> &[(Date, Date)] {
        &self.0
    }

    /// Returns the uncovered ranges between them.
    pub fn holes(&self) -> impl Iterator<Item = (Date, Date)> + '_ {
        let day = |day: Date, days: i64| day.checked_add(days.days()).unwrap_or(day);
        self.0.windows(2).map(move |pair| (day(pair[0].1, 1), day(pair[1].0, -1)))
    }
}

/// Collects first and last days as text (`2025-03-31`), in any order; skips what is not a range of days.
impl<'a> FromIterator<(&'a str, &'a str)> for Days {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(ranges: I) -> Self {
        let day = |text: &str| text.get(..10)?.parse::<Date>().ok();
        let mut sorted: Vec<(Date, Date)> = ranges
            .into_iter()
            .filter_map(|(first, last)| Some((day(first)?, day(last)?)))
            .filter(|(first, last)| first <= last)
            .collect();
        sorted.sort_unstable();
        let mut days: Vec<(Date, Date)> = Vec::new();
        for (first, last) in sorted {
            match days.last_mut() {
                Some(before) if before.1.checked_add(1.day()).is_ok_and(|next| first <= next) => {
                    before.1 = before.1.max(last);
                }
                _ => days.push((first, last)),
            }
        }
        Self(days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_is_one_range_and_what_lies_between_is_a_hole() {
        let days: Days = [
            ("2024-10-01", "2024-12-31"),
            ("2024-01-01", "2024-03-31"),
            ("2024-02-01", "2024-02-10"),
            ("2024-04-01", "2024-06-30"),
            ("2024-12-31", "2024-01-01"),
            ("?", "2030-01-01"),
        ]
        .into_iter()
        .collect();
        let shown = |range: &(Date, Date)| format!("{}..{}", range.0, range.1);
        let ranges: Vec<String> = days.ranges().iter().map(shown).collect();
        assert_eq!(ranges, ["2024-01-01..2024-06-30", "2024-10-01..2024-12-31"]);
        let holes: Vec<String> = days.holes().map(|hole| shown(&hole)).collect();
        assert_eq!(holes, ["2024-07-01..2024-09-30"]);
        assert_eq!(Days::default().holes().count(), 0);
    }
}
