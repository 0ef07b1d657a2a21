//! The phases of an account's work, in the order in which they are urgent.

use serde::{Deserialize, Serialize};

/// One phase of the work on an account. Each is a job of its own: what one of them waits for keeps no other from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The bills of its merchant: the shortest fuse, a day of them is gone every day.
    Bills,
    /// The files that the owner has.
    Files,
    /// The official APIs of its 公众号, 小程序 and 微信小店, which have daily quotas.
    Api,
    /// The pages and media that are listed and not held.
    Pages,
    /// The site.
    Site,
    /// The verdict, and the dates that come next.
    Check,
}

impl Phase {
    /// All phases, the most urgent first.
    pub const ALL: [Self; 6] = [Self::Bills, Self::Files, Self::Api, Self::Pages, Self::Site, Self::Check];

    /// Returns the code; the text is `fleet-phase-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Bills => "bills",
            Self::Files => "files",
            Self::Api => "api",
            Self::Pages => "pages",
            Self::Site => "site",
            Self::Check => "check",
        }
    }

    /// Returns the place of the phase in [`Phase::ALL`]: what is smaller runs first.
    pub fn place(self) -> i64 {
        Self::ALL.iter().zip(0..).find_map(|(phase, place)| (*phase == self).then_some(place)).unwrap_or_default()
    }

    /// Returns the phase of this place.
    pub fn at(place: i64) -> Self {
        Self::ALL.into_iter().find(|phase| phase.place() == place).unwrap_or(Self::Check)
    }

    /// Reports whether the phase brings something into the archive, from which the later ones are derived.
    pub fn collects(self) -> bool {
        self <= Self::Pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bills_come_first() {
        assert_eq!(Phase::ALL[0], Phase::Bills);
        for (place, phase) in (0..).zip(Phase::ALL) {
            assert_eq!((phase.place(), Phase::at(place)), (place, phase));
        }
        assert!(Phase::Pages.collects() && !Phase::Site.collects());
    }
}
