//! Dates as JavaScript has them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::{Config, TS};

use crate::exact::sign::Sign;

/// A moment, to the millisecond: a `Date` in TypeScript.
///
/// It holds what a `Date` of JavaScript holds, 100,000,000 days around the beginning of 1970. Other
/// crates' moments (chrono's `DateTime`, jiff's `Timestamp`) convert by way of [`SystemTime`]; as
/// data of their own they are strings.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// let date = igor::Date::try_from(SystemTime::UNIX_EPOCH + Duration::from_millis(1500))?;
/// assert_eq!(date.to_string(), "1970-01-01T00:00:01.500Z");
/// assert_eq!("1970-01-01T00:00:01.500Z".parse(), Ok(date));
/// # Ok::<(), igor::NotADate>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// Milliseconds since the beginning of 1970 in UTC.
    millis: i64,
}

/// A moment out of the range of JavaScript's `Date`, or a text that is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

impl fmt::Display for NotADate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date as JavaScript has them")
    }
}

impl std::error::Error for NotADate {}

/// The farthest from 1970, in both directions.
const MOST_MILLIS: i64 = 8_640_000_000_000_000;
const DAY_MILLIS: i64 = 86_400_000;

impl Date {
    /// This moment; where the clock of the system is out of range, the beginning of 1970.
    pub fn now() -> Self {
        SystemTime::now().try_into().unwrap_or_default()
    }

    /// From milliseconds since the beginning of 1970 in UTC, as `Date.getTime()` has them.
    ///
    /// # Errors
    ///
    /// Where it is more than 8,640,000,000,000,000 in either direction.
    pub const fn from_millis(millis: i64) -> Result<Self, NotADate> {
        if millis < -MOST_MILLIS || millis > MOST_MILLIS {
            return Err(NotADate);
        }
        Ok(Date { millis })
    }

    /// Milliseconds since the beginning of 1970 in UTC.
    pub const fn millis(self) -> i64 {
        self.millis
    }
}

impl TryFrom<SystemTime> for Date {
    type Error = NotADate;

    /// What is less than a millisecond is cut off.
    fn try_from(time: SystemTime) -> Result<Self, NotADate> {
        let millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).map_err(|_| NotADate)?,
            Err(before) => {
                let before = before.duration().as_nanos().div_ceil(1_000_000);
                -i64::try_from(before).map_err(|_| NotADate)?
            }
        };
        Date::from_millis(millis)
    }
}

impl TryFrom<Date> for SystemTime {
    type Error = NotADate;

    /// Not every system's time reaches as far: that of Windows begins with 1601.
    fn try_from(Date { millis }: Date) -> Result<Self, NotADate> {
        let apart = Duration::from_millis(millis.unsigned_abs());
        let time =
            if millis < 0 { UNIX_EPOCH.checked_sub(apart) } else { UNIX_EPOCH.checked_add(apart) };
        time.ok_or(NotADate)
    }
}

/// As `Date.toISOString()` writes it.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.millis.div_euclid(DAY_MILLIS));
        match year {
            0..=9999 => write!(f, "{year:04}")?,
            _ => write!(f, "{}{:06}", if year < 0 { '-' } else { '+' }, year.unsigned_abs())?,
        }
        let millis = self.millis.rem_euclid(DAY_MILLIS);
        let (seconds, millis) = (millis / 1000, millis % 1000);
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        write!(f, "-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
    }
}

impl FromStr for Date {
    type Err = NotADate;

    /// Reads what `Date.toISOString()` writes, and nothing else.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let signed = text.starts_with(['+', '-']);
        let (year, rest) = text.split_at_checked(if signed { 7 } else { 4 }).ok_or(NotADate)?;
        let year: i64 = digits(year.trim_start_matches(['+', '-']))?;
        let year = if text.starts_with('-') { -year } else { year };
        let part = |from: usize, to: usize| digits(rest.get(from..to).ok_or(NotADate)?);
        let (month, day) = (part(1, 3)?, part(4, 6)?);
        let days = days_of(year, month, day);
        let time = (part(7, 9)? * 60 + part(10, 12)?) * 60 + part(13, 15)?;
        let date = Date::from_millis(days * DAY_MILLIS + time * 1000 + part(16, 19)?)?;
        // One way of writing each: this refuses other marks, a 13th month and the 30th of February.
        if date.to_string() == text { Ok(date) } else { Err(NotADate) }
    }
}

fn digits(text: &str) -> Result<i64, NotADate> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| NotADate)
    } else {
        Err(NotADate)
    }
}

/// The days of a cycle of the calendar, which repeats every 400 years.
const CYCLE_DAYS: i64 = 146_097;

/// Days from the beginning of 1970 to this date of the Gregorian calendar, prolonged to both sides.
/// A month or day out of range gives some number.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin with March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (cycle, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    // The first of March of the year 0 is 719,468 days before 1970.
    cycle * CYCLE_DAYS + year * 365 + year / 4 - year / 100 + day_of_year - 719_468
}

/// Year, month and day of so many days from the beginning of 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (cycle, day) = (days.div_euclid(CYCLE_DAYS), days.rem_euclid(CYCLE_DAYS));
    // The leap days of four, a hundred and four hundred years taken out.
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (year * 365 + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 { (month + 3, year) } else { (month - 9, year + 1) };
    (cycle * 400 + year, month, day)
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Sign::Date.write(&self.to_string(), serializer)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DateVisitor)
    }
}

struct DateVisitor;

impl<'de> Visitor<'de> for DateVisitor {
    type Value = Date;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Date, A::Error> {
        let text: String = Sign::Date.read(object)?;
        text.parse().map_err(A::Error::custom)
    }
}

impl TS for Date {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        "Date".to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}

impl JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = "A date, as `Date.toISOString()` writes it; in a binary frame.";
        Sign::Date.schema("string", text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_written_as_javascript_writes_it() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-000001-12-31T23:59:59.999Z"),
            (MOST_MILLIS, "+275760-09-13T00:00:00.000Z"),
            (-MOST_MILLIS, "-271821-04-20T00:00:00.000Z"),
        ] {
            assert_eq!(Date::from_millis(millis).expect("in range").to_string(), text);
        }
        assert_eq!(Date::from_millis(MOST_MILLIS + 1), Err(NotADate));
    }

    #[test]
    fn nothing_else_is_read() {
        for text in [
            "",
            "1970",
            "today",
            "1970-01-01",
            "1970-01-01T00:00:00Z",
            "1970-13-01T00:00:00.000Z",
            "1970-02-30T00:00:00.000Z",
            "1970-01-01T24:00:00.000Z",
            "1970-01-01 00:00:00.000Z",
            "+001970-01-01T00:00:00.000Z",
            "-000000-01-01T00:00:00.000Z",
            "é970-01-01T00:00:00.000Z",
            "+275760-09-13T00:00:00.001Z",
            "1970-01-01T00:00:00.000ZZ",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "{text}");
        }
    }

    #[test]
    fn less_than_a_millisecond_is_cut_off_towards_the_past() {
        let nano = Duration::from_nanos(1);
        assert_eq!(Date::try_from(UNIX_EPOCH - nano).map(Date::millis), Ok(-1));
        assert_eq!(Date::try_from(UNIX_EPOCH + nano).map(Date::millis), Ok(0));
    }

    proptest! {
        #[test]
        fn it_is_read_as_it_was_written(millis in -MOST_MILLIS..=MOST_MILLIS) {
            let date = Date::from_millis(millis).expect("in range");
            prop_assert_eq!(date.to_string().parse(), Ok(date));
            if let Ok(time) = SystemTime::try_from(date) {
                prop_assert_eq!(Date::try_from(time), Ok(date));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9TZ:.é]{0,30}") {
            let _ = text.parse::<Date>();
        }
    }
}
