//! Represents times as the platform means them: instants shown at +08:00 (Asia/Shanghai has had no other offset since
//! 1992).

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant, printed and serialised as RFC 3339 with the offset +08:00, whole seconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(Timestamp);

/// Returns the platform's time zone.
fn beijing() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

impl Time {
    /// Converts Unix seconds; `None` outside the calendar's range, and for 0, which the platform uses for "no time".
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (seconds > 0).then(|| Timestamp::from_second(seconds).ok().map(Self)).flatten()
    }

    /// Parses a wall time of the platform: `2025-11-10 12:00[:05]`, `2025-11-10`, also with `/` in the date.
    pub fn from_wall(text: &str) -> Option<Self> {
        let text = text.trim().replace('/', "-").replacen('T', " ", 1);
        let full = match text.len() {
            10 => format!("{text} 00:00:00"),
            16 => format!("{text}:00"),
            _ => text,
        };
        let wall = DateTime::strptime("%Y-%m-%d %H:%M:%S", full).ok()?;
        wall.to_zoned(beijing()).ok().map(|zoned| Self(zoned.timestamp()))
    }

    /// Converts an instant of the run's clock.
    pub fn from_timestamp(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }

    /// Returns Unix seconds.
    pub fn unix(self) -> i64 {
        self.0.as_second()
    }

    /// Returns the time at +08:00.
    pub fn zoned(self) -> Zoned {
        self.0.to_zoned(beijing())
    }

    /// Returns the day in Beijing: `2025-11-10`.
    pub fn date(self) -> String {
        self.zoned().strftime("%Y-%m-%d").to_string()
    }

    /// Returns the day in Beijing for file names: `20251110`.
    pub fn compact_date(self) -> String {
        self.zoned().strftime("%Y%m%d").to_string()
    }

    /// Returns the year in Beijing: `2025`.
    pub fn year(self) -> i16 {
        self.zoned().year()
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.zoned().strftime("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Time {
    type Err = jiff::Error;

    /// Parses RFC 3339.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_nought_is_no_time() {
        assert_eq!(Time::from_unix(0), None);
        assert_eq!(Time::from_unix(-1), None);
        assert_eq!(Time::from_unix(i64::MAX), None);
        assert_eq!(Time::from_unix(1).unwrap().to_string(), "1970-01-01T08:00:01+08:00");
    }

    #[test]
    fn wall_times_are_beijing_times() {
        let time = Time::from_wall("2025-11-10 12:00").unwrap();
        assert_eq!(time.to_string(), "2025-11-10T12:00:00+08:00");
        assert_eq!(time, Time::from_unix(1_762_747_200).unwrap());
        assert_eq!(Time::from_wall("2026/07/24").unwrap().date(), "2026-07-24");
        assert_eq!(Time::from_wall("昨天"), None);
        assert_eq!(time.to_string().parse::<Time>().unwrap(), time);
    }
}
