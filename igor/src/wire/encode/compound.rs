//! Values inside of values, each with its step in the path of an error.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use crate::wire::encode::exact::Inside;
use crate::wire::encode::trace::Trace;

/// A container that is being written by an inner serializer.
pub(super) struct Compound<'t, C> {
    inner: C,
    trace: &'t Trace,
    /// The key that a variant's content stands under.
    variant: Option<&'static str>,
    /// Items so far.
    count: usize,
    /// The key whose value comes next, where the two are written apart.
    key: Option<String>,
}

impl<'t, C> Compound<'t, C> {
    pub(super) fn new(inner: C, trace: &'t Trace) -> Self {
        Compound { inner, trace, variant: None, count: 0, key: None }
    }

    pub(super) fn of_variant(self, variant: &'static str) -> Self {
        Compound { variant: Some(variant), ..self }
    }

    fn item<T: Serialize + ?Sized, E>(
        &mut self,
        value: &T,
        write: impl FnOnce(&mut C, &Inside<'_, '_, T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let written = write(&mut self.inner, &Inside::new(value, self.trace));
        if written.is_err() {
            self.trace.index(self.count);
            self.leave();
        }
        self.count += 1;
        written
    }

    fn field<T: Serialize + ?Sized, E>(
        &mut self,
        key: &'static str,
        value: &T,
        write: impl FnOnce(&mut C, &Inside<'_, '_, T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let written = write(&mut self.inner, &Inside::new(value, self.trace));
        if written.is_err() {
            self.trace.key(key);
            self.leave();
        }
        written
    }

    fn leave(&self) {
        if let Some(variant) = self.variant {
            self.trace.key(variant);
        }
    }
}

/// How a map writes a key; of one that it does not write at all there is nothing to be said.
fn text_of<K: Serialize + ?Sized>(key: &K) -> Option<String> {
    let json = serde_json::to_string(key).ok()?;
    Some(serde_json::from_str(&json).unwrap_or(json))
}

/// Items, each by this method of the inner serializer.
macro_rules! items {
    ($($kind:ident by $method:ident;)*) => {$(
        impl<C: $kind> $kind for Compound<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
                self.item(value, |inner, value| inner.$method(value))
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
        impl<C: $kind> $kind for Compound<'_, C> {
            type Ok = C::Ok;
            type Error = C::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), C::Error> {
                self.field(key, value, |inner, value| inner.serialize_field(key, value))
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

impl<C: SerializeMap> SerializeMap for Compound<'_, C> {
    type Ok = C::Ok;
    type Error = C::Error;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), C::Error> {
        self.key = text_of(key);
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), C::Error> {
        let written = self.inner.serialize_value(&Inside::new(value, self.trace));
        written.inspect_err(|_| {
            if let Some(key) = &self.key {
                self.trace.key(key);
            }
        })
    }

    fn serialize_entry<K: Serialize + ?Sized, T: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &T,
    ) -> Result<(), C::Error> {
        let written = self.inner.serialize_entry(key, &Inside::new(value, self.trace));
        written.inspect_err(|_| {
            if let Some(key) = text_of(key) {
                self.trace.key(&key);
            }
        })
    }

    fn end(self) -> Result<C::Ok, C::Error> {
        self.inner.end()
    }
}
