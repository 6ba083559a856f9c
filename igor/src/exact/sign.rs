//! The object that stands for an exact value in JSON.

use std::borrow::Cow;

use schemars::{Schema, json_schema};
use serde::Deserialize;
use serde::de::{Error as _, IgnoredAny, MapAccess};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::exact::frame;

/// The key that says what the object stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// An attachment of the frame, by its index.
    Bin,
    /// An integer, by its digits.
    Big,
    /// A date, by its text.
    Date,
}

impl Sign {
    fn key(self) -> &'static str {
        match self {
            Sign::Bin => "$bin",
            Sign::Big => "$big",
            Sign::Date => "$date",
        }
    }

    /// As it stands in what is written or read now.
    fn marked(self) -> Cow<'static, str> {
        match frame::mark() {
            mark if mark.is_empty() => self.key().into(),
            mark => (mark + self.key()).into(),
        }
    }

    /// Writes the object, and lets the frame be a binary one.
    pub(super) fn write<S: Serializer>(
        self,
        value: &impl Serialize,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        frame::count_sign();
        let mut object = serializer.serialize_map(Some(1))?;
        object.serialize_entry(&self.marked(), value)?;
        object.end()
    }

    /// Reads the object's value.
    pub(super) fn read<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
        self,
        mut object: A,
    ) -> Result<T, A::Error> {
        let only =
            || A::Error::custom(format_args!("expected an object with `{}` alone", self.key()));
        let Some(key) = object.next_key::<String>()? else { return Err(only()) };
        if key != self.marked() {
            return Err(only());
        }
        let value = object.next_value()?;
        match object.next_key::<IgnoredAny>()? {
            None => Ok(value),
            Some(_) => Err(only()),
        }
    }

    /// What the object is in JSON Schema, its value of this kind.
    pub(super) fn schema(self, kind: &str, description: &str) -> Schema {
        json_schema!({
            "type": "object",
            "description": description,
            "properties": { (self.key()): { "type": kind } },
            "required": [self.key()],
            "additionalProperties": false,
        })
    }
}
