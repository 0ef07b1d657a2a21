//! Represents money exactly, never as a float. An amount is an integer of hundred-millionths of a yuan, which holds
//! every amount the platform writes (fees have five decimal places) and sums beyond any bill.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Decimal places held.
const PLACES: u32 = 8;
/// One yuan.
const YUAN: i128 = 10_i128.pow(PLACES);
/// One fen.
const FEN: i128 = FEN_UNITS as i128;
/// One fen in 64 bits.
const FEN_UNITS: i64 = 10_i64.pow(PLACES - 2);
/// The factor of a number with as many decimal places as the index.
const FACTORS: [u64; PLACES as usize + 1] = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// An exact amount in yuan (or in another currency's main unit). Printed with two decimal places, or more if they are
/// not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Money(i128);

/// Error for text that is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an amount")]
pub struct NotMoney;

impl Money {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// Creates an amount from fen (分).
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen as i128 * FEN)
    }

    /// Creates an amount from hundred-millionths, as [`Money::units`] returns them.
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// Returns the amount in hundred-millionths of the main unit.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// Returns the amount in fen; `None` if it has fractions of a fen, or does not fit into 64 bits.
    pub fn fen(self) -> Option<i64> {
        // Nearly every amount fits, and dividing 64 bits is quicker.
        if let Ok(units) = i64::try_from(self.0) {
            return (units % FEN_UNITS == 0).then_some(units / FEN_UNITS);
        }
        if self.0 % FEN == 0 { i64::try_from(self.0 / FEN).ok() } else { None }
    }

    /// Parses plain decimal text: `-12.5`, `0.60000`, `100`. No currency signs and no grouping: cell formats are left
    /// to the parser of bills.
    pub fn from_plain(text: &str) -> Option<Self> {
        Self::from_plain_bytes(text.as_bytes())
    }

    /// Parses plain decimal text that is not known to be UTF-8.
    pub(crate) fn from_plain_bytes(bytes: &[u8]) -> Option<Self> {
        let (negative, digits) = match bytes.first()? {
            b'-' => (true, &bytes[1..]),
            b'+' => (false, &bytes[1..]),
            _ => (false, bytes),
        };
        let mut whole: u64 = 0;
        let mut places: Option<usize> = None;
        let mut any = false;
        for (index, byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    any = true;
                    if let Some(places) = &mut places {
                        if *places == PLACES as usize {
                            // More places than are held: only zeros may follow.
                            if digits[index..].iter().any(|byte| *byte != b'0') {
                                return None;
                            }
                            break;
                        }
                        *places += 1;
                    }
                    whole = whole.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
                }
                b'.' if places.is_none() => places = Some(0),
                _ => return None,
            }
        }
        let units = i128::from(whole) * i128::from(FACTORS[places.unwrap_or(0)]);
        any.then_some(Self(if negative { -units } else { units }))
    }

    /// Parses the number of a spreadsheet cell, rounded to the held places: a sum computed by a spreadsheet may be
    /// `0.30000000000000004`.
    pub fn from_number(text: &str) -> Option<Self> {
        if let Some(money) = Self::from_plain(text) {
            return Some(money);
        }
        let decimal = Decimal::from_str(text).or_else(|_| Decimal::from_scientific(text)).ok()?.round_dp(PLACES);
        Self::from_plain(&decimal.to_string())
    }
}

/// Prints at least two places, without trailing zeros beyond them.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.0.unsigned_abs();
        let (whole, mut part) = (units / YUAN.unsigned_abs(), units % YUAN.unsigned_abs());
        let mut places = PLACES as usize;
        while places > 2 && part % 10 == 0 {
            part /= 10;
            places -= 1;
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{whole}.{part:0places$}")
    }
}

impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        Self::from_plain(text).ok_or(NotMoney)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// Serialises as text: most readers parse JSON numbers as floats.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (text, shown, fen) in [
            ("28.16", "28.16", Some(2816)),
            ("0.60000", "0.60", Some(60)),
            ("0.00375", "0.00375", None),
            ("-0.04000", "-0.04", Some(-4)),
            ("+50", "50.00", Some(5000)),
            (".5", "0.50", Some(50)),
            ("-0", "0.00", Some(0)),
            ("12345678901.23", "12345678901.23", Some(1_234_567_890_123)),
        ] {
            let money = Money::from_plain(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((money.to_string().as_str(), money.fen()), (shown, fen), "{text}");
        }
        for text in ["", "/", "1.2.3", "1,000", "¥1", "abc", "1e5", ".", "-", "--5", "0.000000001", "٣"] {
            assert_eq!(Money::from_plain(text), None, "{text}");
        }
        assert_eq!(Money::from_number("0.30000000000000004").unwrap().to_string(), "0.30");
        assert_eq!(Money::from_number("548.58").unwrap().fen(), Some(54_858));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(units in -10_i128.pow(18)..10_i128.pow(18)) {
            let money = Money::from_units(units);
            prop_assert_eq!(Money::from_plain(&money.to_string()), Some(money));
        }

        #[test]
        fn sums_agree_with_decimals(cents in proptest::collection::vec(-10_000_000_i64..10_000_000, 0..50)) {
            let texts: Vec<String> = cents.iter().map(|cents| Decimal::new(*cents, 2).to_string()).collect();
            let exact: Decimal = texts.iter().map(|text| text.parse::<Decimal>().unwrap()).sum();
            let ours: Money = texts.iter().map(|text| Money::from_plain(text).unwrap()).sum();
            prop_assert_eq!(ours.to_string().parse::<Decimal>().unwrap(), exact);
            prop_assert_eq!(ours.fen(), Some(cents.iter().sum::<i64>()));
        }
    }
}
