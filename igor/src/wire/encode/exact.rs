//! A serializer that refuses what the receiving JavaScript would not get as it is.

use std::fmt::Display;

use serde::ser::{Serialize, Serializer};

use crate::wire::encode::compound::{Entries, Fields, Items};
use crate::wire::encode::trace::Trace;

/// 2^53−1: up to here, and down to its negative, JavaScript tells every integer from the next.
const LARGEST_INTEGER: u128 = (1 << 53) - 1;

/// Another serializer, without the numbers that would arrive as others.
///
/// The keys of maps go to the inner one untouched: they are text on the wire, whatever their size.
pub(super) struct Exact<'t, S> {
    inner: S,
    trace: &'t Trace,
}

/// A value that is written by [`Exact`] wherever the inner serializer gets to it.
pub(super) struct Inside<'t, 'v, T: ?Sized> {
    value: &'v T,
    trace: &'t Trace,
}

impl<'t, S: Serializer> Exact<'t, S> {
    pub(super) fn new(inner: S, trace: &'t Trace) -> Self {
        Exact { inner, trace }
    }
}

impl<'t, 'v, T: ?Sized> Inside<'t, 'v, T> {
    pub(super) fn new(value: &'v T, trace: &'t Trace) -> Self {
        Inside { value, trace }
    }
}

impl<T: Serialize + ?Sized> Serialize for Inside<'_, '_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(Exact::new(serializer, self.trace))
    }
}

fn check_integer<E: serde::ser::Error>(magnitude: u128, value: impl Display) -> Result<(), E> {
    if magnitude <= LARGEST_INTEGER {
        return Ok(());
    }
    Err(E::custom(format_args!(
        "{value} is beyond the integers that JavaScript holds exactly (±(2^53−1)); send it as a \
         string"
    )))
}

fn check_float<E: serde::ser::Error>(value: f64) -> Result<(), E> {
    if value.is_finite() {
        return Ok(());
    }
    Err(E::custom(format_args!("JSON has no number {value}; send the `None` of an `Option`")))
}

/// Of a number that is written as its text.
pub(super) fn check_text<E: serde::ser::Error>(text: &str) -> Result<(), E> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return check_integer(digits.parse().unwrap_or(u128::MAX), text);
    }
    if text.parse().is_ok_and(f64::is_finite) {
        return Ok(());
    }
    let reason = "is beyond the numbers that JavaScript has; send it as a string";
    Err(E::custom(format_args!("{text} {reason}")))
}

/// Writes a number of this type after its check.
macro_rules! checked {
    ($($method:ident($type:ty) by $check:expr;)*) => {$(
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            $check(value)?;
            self.inner.$method(value)
        }
    )*};
}

/// Writes a value of this type as the inner serializer does.
macro_rules! unchecked {
    ($($method:ident($($type:ty)?);)*) => {$(
        unchecked!(@ $method $($type)?);
    )*};
    (@ $method:ident $type:ty) => {
        fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.inner.$method(value)
        }
    };
    (@ $method:ident) => {
        fn $method(self) -> Result<S::Ok, S::Error> {
            self.inner.$method()
        }
    };
}

impl<'t, S: Serializer> Serializer for Exact<'t, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Items<'t, S::SerializeSeq>;
    type SerializeTuple = Items<'t, S::SerializeTuple>;
    type SerializeTupleStruct = Items<'t, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Items<'t, S::SerializeTupleVariant>;
    type SerializeMap = Entries<'t, S::SerializeMap>;
    type SerializeStruct = Fields<'t, S::SerializeStruct>;
    type SerializeStructVariant = Fields<'t, S::SerializeStructVariant>;

    checked! {
        serialize_i64(i64) by |value: i64| check_integer(value.unsigned_abs().into(), value);
        serialize_u64(u64) by |value: u64| check_integer(value.into(), value);
        serialize_i128(i128) by |value: i128| check_integer(value.unsigned_abs(), value);
        serialize_u128(u128) by |value: u128| check_integer(value, value);
        serialize_f32(f32) by |value: f32| check_float(value.into());
        serialize_f64(f64) by check_float;
    }

    unchecked! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
    }

    fn serialize_unit_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&Inside::new(value, self.trace))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_struct(name, &Inside::new(value, self.trace))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        let value = Inside::new(value, self.trace);
        let written = self.inner.serialize_newtype_variant(name, index, variant, &value);
        written.inspect_err(|_| self.trace.keys([variant]))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self::SerializeSeq, S::Error> {
        Ok(Items::new(self.inner.serialize_seq(length)?, self.trace, None))
    }

    fn serialize_tuple(self, length: usize) -> Result<Self::SerializeTuple, S::Error> {
        Ok(Items::new(self.inner.serialize_tuple(length)?, self.trace, None))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleStruct, S::Error> {
        Ok(Items::new(self.inner.serialize_tuple_struct(name, length)?, self.trace, None))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeTupleVariant, S::Error> {
        let inner = self.inner.serialize_tuple_variant(name, index, variant, length)?;
        Ok(Items::new(inner, self.trace, Some(variant)))
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(Entries::new(self.inner.serialize_map(length)?, self.trace))
    }

    fn serialize_struct(
        self,
        name: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStruct, S::Error> {
        Ok(Fields::of_struct(self.inner.serialize_struct(name, length)?, self.trace, name))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Self::SerializeStructVariant, S::Error> {
        let inner = self.inner.serialize_struct_variant(name, index, variant, length)?;
        Ok(Fields::of_variant(inner, self.trace, variant))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}
