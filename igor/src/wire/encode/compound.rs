//! Values inside of values, each with its step in the path of an error.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use crate::wire::encode::exact::{Inside, check_text};
use crate::wire::encode::trace::Trace;

/// The name of a struct that stands for a number, and of its only field, which is the text of that:
/// so serde_json writes its `Number` where a crate of the program has switched on
/// `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Items that are being written by an inner serializer.
pub(super) struct Items<'t, C> {
    inner: C,
    trace: &'t Trace,
    /// The key that a variant's content stands under.
    variant: Option<&'static str>,
    /// Items so far.
    count: usize,
}

/// Named fields that are being written by an inner serializer.
pub(super) struct Fields<'t, C> {
    inner: C,
    trace: &'t Trace,
    /// The key that a variant's content stands under.
    variant: Option<&'static str>,
    /// Whether it is a number, written as its text.
    is_number: bool,
}

/// The entries of a map that are being written by an inner serializer.
pub(super) struct Entries<'t, C> {
    inner: C,
    trace: &'t Trace,
    /// The key whose value comes next, where the two are written apart.
    key: Option<String>,
}

impl<'t, C> Items<'t, C> {
    pub(super) fn new(inner: C, trace: &'t Trace, variant: Option<&'static str>) -> Self {
        Items { inner, trace, variant, count: 0 }
    }
}

impl<'t, C> Fields<'t, C> {
    pub(super) fn of_struct(inner: C, trace: &'t Trace, name: &'static str) -> Self {
        Fields { inner, trace, variant: None, is_number: name == NUMBER }
    }

    pub(super) fn of_variant(inner: C, trace: &'t Trace, variant: &'static str) -> Self {
        Fields { inner, trace, variant: Some(variant), is_number: false }
    }
}

impl<'t, C> Entries<'t, C> {
    pub(super) fn new(inner: C, trace: &'t Trace) -> Self {
        Entries { inner, trace, key: None }
    }
}

/// How a map writes a key, or a text is written; of one that is not written at all there is nothing
/// to be said.
fn text_of<K: Serialize + ?Sized>(key: &K) -> Option<String> {
    let json = serde_json::to_string(key).ok()?;
    Some(serde_json::from_str(&json).unwrap_or(json))
}

/// Items, each by this method of the inner serializer.
macro_rules! items {
    ($($kind:ident by $method:ident;)*) => {$(
        impl<C: $kind> $kind for Items<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                let written = self.inner.$method(&Inside::new(value, self.trace));
                if written.is_err() {
                    self.trace.index(self.count);
                    self.trace.keys(self.variant);
                }
                self.count += 1;
                written
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        }
    )*};
}

items! {
    SerializeSeq by serialize_element;
    SerializeTuple by serialize_element;
    SerializeTupleStruct by serialize_field;
    SerializeTupleVariant by serialize_field;
}

/// Named fields.
macro_rules! fields {
    ($($kind:ident;)*) => {$(
        impl<C: $kind> $kind for Fields<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), C::Error> {
                if self.is_number {
                    check_text(&text_of(value).unwrap_or_default())?;
                }
                let written = self.inner.serialize_field(key, &Inside::new(value, self.trace));
                if written.is_err() {
                    self.trace.keys([key].into_iter().chain(self.variant));
                }
                written
            }

            fn skip_field(&mut self, key: &'static str) -> Result<(), C::Error> {
                self.inner.skip_field(key)
            }

            fn end(self) -> Result<C::Ok, C::Error> {
                self.inner.end()
            }
        }
    )*};
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

impl<C: SerializeMap> SerializeMap for Entries<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), C::Error> {
        self.key = text_of(key);
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        let written = self.inner.serialize_value(&Inside::new(value, self.trace));
        written.inspect_err(|_| {
            self.trace.keys(self.key.as_deref());
        })
    }

    fn serialize_entry<K: Serialize + ?Sized, T: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &T,
    ) -> Result<(), C::Error> {
        let written = self.inner.serialize_entry(key, &Inside::new(value, self.trace));
        written.inspect_err(|_| {
            self.trace.keys(text_of(key).as_deref());
        })
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}
