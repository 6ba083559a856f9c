//! Integers of which JavaScript's numbers would lose digits.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::{Config, TS};

use crate::exact::sign::Sign;

/// An exact integer: a `bigint` in TypeScript, anything from [`i128::MIN`] to [`u128::MAX`] in
/// Rust.
///
/// ```
/// let id = igor::BigInt::from(u64::MAX);
/// assert_eq!(u64::try_from(id), Ok(u64::MAX));
/// assert!(i64::try_from(id).is_err());
/// assert_eq!(id.to_string(), "18446744073709551615");
/// ```
///
/// A plain `u64` or `i64` is a `number`, and a value beyond ±(2^53−1) is refused as `unsendable`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BigInt {
    is_negative: bool,
    magnitude: u128,
}

/// A text that is not an integer, or an integer out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnInteger;

impl fmt::Display for NotAnInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an integer of this range")
    }
}

impl std::error::Error for NotAnInteger {}

impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad_integral(!self.is_negative, "", &self.magnitude.to_string())
    }
}

impl FromStr for BigInt {
    type Err = NotAnInteger;

    /// Reads digits, with a minus in front or not.
    fn from_str(text: &str) -> Result<Self, NotAnInteger> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAnInteger);
        }
        match text.parse::<i128>() {
            Ok(value) => Ok(value.into()),
            Err(_) => text.parse::<u128>().map(BigInt::from).map_err(|_| NotAnInteger),
        }
    }
}

impl PartialOrd for BigInt {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BigInt {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.magnitude.cmp(&other.magnitude),
            (true, true) => other.magnitude.cmp(&self.magnitude),
            (is_negative, is_other_negative) => is_other_negative.cmp(&is_negative),
        }
    }
}

macro_rules! integers {
    ($($signed:ty, $unsigned:ty;)*) => {$(
        impl From<$signed> for BigInt {
            fn from(value: $signed) -> Self {
                BigInt { is_negative: value < 0, magnitude: value.unsigned_abs().into() }
            }
        }

        impl From<$unsigned> for BigInt {
            fn from(value: $unsigned) -> Self {
                BigInt { is_negative: false, magnitude: value.into() }
            }
        }

        impl TryFrom<BigInt> for $signed {
            type Error = NotAnInteger;

            fn try_from(value: BigInt) -> Result<Self, NotAnInteger> {
                let value: i128 = value.signed().ok_or(NotAnInteger)?;
                value.try_into().map_err(|_| NotAnInteger)
            }
        }

        impl TryFrom<BigInt> for $unsigned {
            type Error = NotAnInteger;

            fn try_from(value: BigInt) -> Result<Self, NotAnInteger> {
                if value.is_negative {
                    return Err(NotAnInteger);
                }
                value.magnitude.try_into().map_err(|_| NotAnInteger)
            }
        }
    )*};
}

integers! {
    i8, u8;
    i16, u16;
    i32, u32;
    i64, u64;
    i128, u128;
}

impl BigInt {
    fn signed(self) -> Option<i128> {
        if self.is_negative {
            0_i128.checked_sub_unsigned(self.magnitude)
        } else {
            self.magnitude.try_into().ok()
        }
    }
}

impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Sign::Big.write(&self.to_string(), serializer)
    }
}

impl<'de> Deserialize<'de> for BigInt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BigIntVisitor)
    }
}

struct BigIntVisitor;

impl<'de> Visitor<'de> for BigIntVisitor {
    type Value = BigInt;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bigint")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<BigInt, A::Error> {
        let digits: String = Sign::Big.read(object)?;
        digits.parse().map_err(A::Error::custom)
    }
}

impl TS for BigInt {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        "bigint".to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}

impl JsonSchema for BigInt {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "BigInt".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Sign::Big.schema("string", "An exact integer, by its digits; in a binary frame.")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn its_range_is_that_of_both_128_bit_integers() {
        for text in
            ["-170141183460469231731687303715884105728", "340282366920938463463374607431768211455"]
        {
            assert_eq!(text.parse::<BigInt>().map(|value| value.to_string()).as_deref(), Ok(text));
        }
        let beyond =
            ["-170141183460469231731687303715884105729", "340282366920938463463374607431768211456"];
        for text in beyond.into_iter().chain(["", "-", "+1", "1.0", " 1", "1e3", "0x1"]) {
            assert_eq!(text.parse::<BigInt>(), Err(NotAnInteger), "{text}");
        }
    }

    #[test]
    fn there_is_one_zero() {
        assert_eq!("-0".parse(), Ok(BigInt::from(0_u8)));
        assert_eq!(BigInt::default(), BigInt::from(0_i64));
    }

    proptest! {
        #[test]
        fn it_is_what_it_was_made_from(signed: i128, unsigned: u128, small: i64, large: u64) {
            prop_assert_eq!(i128::try_from(BigInt::from(signed)), Ok(signed));
            prop_assert_eq!(u128::try_from(BigInt::from(unsigned)), Ok(unsigned));
            prop_assert_eq!(i64::try_from(BigInt::from(small)), Ok(small));
            prop_assert_eq!(u64::try_from(BigInt::from(large)), Ok(large));
            prop_assert_eq!(u64::try_from(BigInt::from(small)).ok(), u64::try_from(small).ok());
            prop_assert_eq!(BigInt::from(signed).to_string(), signed.to_string());
            prop_assert_eq!(BigInt::from(signed).to_string().parse(), Ok(BigInt::from(signed)));
            prop_assert_eq!(BigInt::from(signed).cmp(&BigInt::from(small)), signed.cmp(&small.into()));
        }
    }
}
