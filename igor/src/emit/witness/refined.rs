//! What a schema says of numbers, texts and lists, and TypeScript cannot: how large they are, and
//! in which form.

use std::fmt;

use serde_json::{Map, Value};

/// How large something is, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::emit) struct Range {
    pub(in crate::emit) least: f64,
    pub(in crate::emit) most: f64,
}

/// Some of all numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::emit) struct Number {
    pub(in crate::emit) is_whole: bool,
    pub(in crate::emit) range: Range,
}

/// Some of all texts.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::emit) struct Text {
    format: Option<String>,
    pattern: Option<String>,
    /// In characters.
    length: Range,
}

impl Range {
    pub(super) const ALL: Range = Range { least: f64::NEG_INFINITY, most: f64::INFINITY };

    /// What these two keywords say.
    pub(super) fn read(keywords: &Map<String, Value>, least: &str, most: &str) -> Self {
        let bound = |key| keywords.get(key).and_then(Value::as_f64);
        Range {
            least: bound(least).unwrap_or(f64::NEG_INFINITY),
            most: bound(most).unwrap_or(f64::INFINITY),
        }
    }

    /// What the name of a type of Rust says, as schemars writes it: `uint8`, `int64`, `uint`.
    fn of_format(format: &str) -> Self {
        let (digits, is_signed) = match (format.strip_prefix("uint"), format.strip_prefix("int")) {
            (Some(digits), _) => (digits, false),
            (_, Some(digits)) => (digits, true),
            _ => return Range::ALL,
        };
        let bits = if digits.is_empty() { Some(64) } else { digits.parse().ok() };
        // Of large numbers the last digit is not kept, nor is it needed to tell them apart.
        bits.map_or(Range::ALL, |bits: i32| match is_signed {
            true => Range { least: -(2_f64.powi(bits - 1)), most: 2_f64.powi(bits - 1) - 1.0 },
            false => Range { least: 0.0, most: 2_f64.powi(bits) - 1.0 },
        })
    }

    /// What is in both.
    pub(super) fn meet(self, other: Range) -> Self {
        Range { least: self.least.max(other.least), most: self.most.min(other.most) }
    }

    pub(super) fn is_within(self, other: Range) -> bool {
        self.least >= other.least && self.most <= other.most
    }

    pub(super) fn has(self, size: f64) -> bool {
        self.least <= size && size <= self.most
    }
}

impl Number {
    pub(super) const ALL: Number = Number { is_whole: false, range: Range::ALL };

    pub(super) fn read(kind: &str, keywords: &Map<String, Value>) -> Self {
        let format = keywords.get("format").and_then(Value::as_str).unwrap_or_default();
        let said = Range::read(keywords, "minimum", "maximum");
        Number { is_whole: kind == "integer", range: Range::of_format(format).meet(said) }
    }

    /// The same numbers, and larger and smaller ones.
    pub(super) fn of_any_size(self) -> Self {
        Number { range: Range::ALL, ..self }
    }

    pub(super) fn meet(self, other: Number) -> Self {
        Number { is_whole: self.is_whole || other.is_whole, range: self.range.meet(other.range) }
    }

    pub(super) fn is_within(self, other: Number) -> bool {
        self.range.is_within(other.range) && (self.is_whole || !other.is_whole)
    }

    pub(super) fn has(self, number: &serde_json::Number) -> bool {
        let is_whole = number.is_i64() || number.is_u64();
        (is_whole || !self.is_whole) && number.as_f64().is_some_and(|size| self.range.has(size))
    }
}

impl Text {
    pub(super) const ALL: Text = Text { format: None, pattern: None, length: Range::ALL };

    pub(super) fn read(keywords: &Map<String, Value>) -> Self {
        let word = |key| keywords.get(key).and_then(Value::as_str).map(str::to_owned);
        let length = Range::read(keywords, "minLength", "maxLength");
        Text { format: word("format"), pattern: word("pattern"), length }
    }

    pub(super) fn meet(&self, other: &Text) -> Self {
        let either = |one: &Option<String>, other: &Option<String>| one.clone().or(other.clone());
        Text {
            format: either(&self.format, &other.format),
            pattern: either(&self.pattern, &other.pattern),
            length: self.length.meet(other.length),
        }
    }

    pub(super) fn is_within(&self, other: &Text) -> bool {
        let is_of_format = match (self.format.as_deref(), other.format.as_deref()) {
            (_, None) | (Some("ipv4" | "ipv6"), Some("ip")) => true,
            (one, other) => one == other,
        };
        let is_of_pattern = other.pattern.is_none() || self.pattern == other.pattern;
        is_of_format && is_of_pattern && self.length.is_within(other.length)
    }

    /// Whether it has this one; of a form nobody knows.
    pub(super) fn has(&self, text: &str) -> bool {
        let is_of_any_form = self.format.is_none() && self.pattern.is_none();
        is_of_any_form && self.length.has(text.chars().count() as f64)
    }
}

/// As ` from 1 to 3`, ` of at least 1`, or nothing.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |bound: f64| {
            let power = bound.abs().log2();
            match () {
                () if bound.abs() < 2_f64.powi(53) || power.fract() != 0.0 => format!("{bound}"),
                () if bound < 0.0 => format!("-2^{power}"),
                // The last of so many bits, which was not kept.
                () => format!("2^{power} - 1"),
            }
        };
        match (self.least.is_finite(), self.most.is_finite()) {
            (true, true) if self.least == self.most => write!(f, " of {}", said(self.least)),
            (true, true) => write!(f, " from {} to {}", said(self.least), said(self.most)),
            (true, false) => write!(f, " of at least {}", said(self.least)),
            (false, true) => write!(f, " of at most {}", said(self.most)),
            (false, false) => Ok(()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_whole { "an integer" } else { "a number" }, self.range)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")?;
        if let Some(format) = &self.format {
            write!(f, " in the format `{format}`")?;
        }
        if let Some(pattern) = &self.pattern {
            write!(f, " that matches `{pattern}`")?;
        }
        match self.length {
            Range::ALL => Ok(()),
            length => write!(f, " with a length{length}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number(kind: &str, keywords: &Value) -> Number {
        Number::read(kind, keywords.as_object().expect("an object"))
    }

    fn text(keywords: &Value) -> Text {
        Text::read(keywords.as_object().expect("an object"))
    }

    #[test]
    fn the_integers_of_rust_are_told_by_their_formats() {
        let said = |format: &str| number("integer", &json!({ "format": format })).to_string();
        assert_eq!(said("uint8"), "an integer from 0 to 255");
        assert_eq!(said("int16"), "an integer from -32768 to 32767");
        assert_eq!(said("uint32"), "an integer from 0 to 4294967295");
        assert_eq!(said("int64"), "an integer from -2^63 to 2^63 - 1");
        assert_eq!(said("uint"), "an integer from 0 to 2^64 - 1");
        assert_eq!(said("uint128"), "an integer from 0 to 2^128 - 1");
        assert_eq!(said("of-somebody"), "an integer");
        let at_least = number("integer", &json!({ "format": "uint16", "minimum": 1 }));
        assert_eq!(at_least.to_string(), "an integer from 1 to 65535");
        assert_eq!(
            number("number", &json!({ "minimum": 0.5 })).to_string(),
            "a number of at least 0.5"
        );
    }

    #[test]
    fn numbers_are_within_larger_and_less_whole_ones() {
        let [small, large] =
            ["uint8", "int16"].map(|it| number("integer", &json!({ "format": it })));
        assert!(small.is_within(large) && !large.is_within(small));
        assert!(large.is_within(Number::ALL) && !Number::ALL.is_within(large));
        assert!(Number::ALL.of_any_size() == Number::ALL);
        assert!(!Number::ALL.is_within(large.of_any_size()));
        let half = serde_json::Number::from_f64(0.5).expect("finite");
        assert!(small.has(&255.into()) && !small.has(&256.into()) && !small.has(&half));
    }

    #[test]
    fn texts_are_within_those_of_less_form() {
        let moment = text(&json!({ "format": "date-time" }));
        let sign = text(&json!({ "minLength": 1, "maxLength": 1 }));
        assert!(moment.is_within(&Text::ALL) && !Text::ALL.is_within(&moment));
        assert!(sign.is_within(&Text::ALL) && !Text::ALL.is_within(&sign));
        assert!(!moment.is_within(&sign) && !moment.has("x"));
        assert!(sign.has("ß") && !sign.has("ab"));
        let [one, any] = ["ipv4", "ip"].map(|it| text(&json!({ "format": it })));
        assert!(one.is_within(&any) && !any.is_within(&one));
        assert_eq!(moment.to_string(), "a string in the format `date-time`");
        assert_eq!(sign.to_string(), "a string with a length of 1");
        assert_eq!(moment.meet(&sign).to_string(), format!("{moment} with a length of 1"));
    }
}
