//! Large arguments, read into their types while their frame is read.
//!
//! Who reads a frame has to know where its data ends, and the types that read the data know that
//! when they are done. Small data is walked over instead: its arguments would cost more to carry
//! along.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use serde::de::DeserializeOwned;

use crate::contained::Contained;
use crate::wire::incoming::Incoming;
use crate::wire::message::Message;
use crate::wire::scan::InOrder;

/// A frame of at least so many bytes is read like this. Of a call of 100 KiB it saves a twelfth.
const LEAST_BYTES: usize = 4 << 10;

/// An argument of whatever type its parameter has.
pub struct Argument {
    value: Contained<Box<dyn Any + Send>>,
    /// How many bytes of the text it was read from.
    bytes: usize,
}

/// Reads an argument from the start of a text, if it fits.
pub(crate) type ReadAhead = fn(&str) -> Option<Argument>;

/// How the arguments of an action are read, by the names of its parameters.
pub(crate) type Readers = Vec<(&'static str, ReadAhead)>;

/// Arguments that are there before their call.
pub(crate) struct Ahead {
    /// By the names of their parameters, until they are taken.
    arguments: Mutex<Vec<(&'static str, Argument)>>,
    /// How many bytes of the text they were read from.
    bytes: usize,
}

impl Argument {
    /// Reads a value of this type. What does not fit is for whoever reads the whole frame to name,
    /// and so is what panics: its call is to end by it.
    pub(crate) fn read<T: DeserializeOwned + Send + 'static>(text: &str) -> Option<Self> {
        // serde_json would pass over spaces, which belong to no value.
        if text.starts_with([' ', '\t', '\r', '\n']) {
            return None;
        }
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
        let value = catch_unwind(AssertUnwindSafe(|| values.next())).ok()??.ok()?;
        Some(Argument { value: Contained::new(Box::new(value)), bytes: values.byte_offset() })
    }
}

impl Ahead {
    /// Reads a large frame together with its arguments, where those of the action that it names are
    /// read ahead, and where the frame is written as usual.
    pub(crate) fn with_frame<'m>(
        message: &'m Message,
        readers: impl FnOnce(&str) -> Option<Readers>,
    ) -> Option<(Incoming<'m>, Self)> {
        if message.bytes < LEAST_BYTES || !message.attached.is_empty() {
            return None;
        }
        Ahead::with_text(&message.text, readers)
    }

    /// As [`with_frame`](Ahead::with_frame), however short it is.
    pub(crate) fn with_text<'m>(
        text: &'m str,
        readers: impl FnOnce(&str) -> Option<Readers>,
    ) -> Option<(Incoming<'m>, Self)> {
        let mut ahead = None;
        let frame = Incoming::usual_with(text, |action, data| {
            ahead = Ahead::of(data, readers(action?)?);
            ahead.as_ref().map(|ahead| ahead.bytes)
        });
        Some((frame.ok()?, ahead?))
    }

    /// Reads the arguments from the start of a text: one is the value itself, several are in an
    /// object with their names as keys.
    fn of(text: &str, readers: Readers) -> Option<Self> {
        let mut arguments = Vec::with_capacity(readers.len());
        let mut read_one = |name, read: ReadAhead, text: &str| {
            let argument = read(text)?;
            let bytes = argument.bytes;
            arguments.push((name, argument));
            Some(bytes)
        };
        let bytes = if let [(name, read)] = *readers {
            read_one(name, read, text)?
        } else {
            let mut members = InOrder::of(text).ok()?;
            for (name, read) in readers {
                // One that is left out may be optional.
                members.member(name, |text| read_one(name, read, text)).ok()?;
            }
            members.length()?
        };
        Some(Ahead { arguments: Mutex::new(arguments), bytes })
    }

    /// The argument of the parameter with this name, which is given once.
    pub(super) fn take<T: 'static>(&self, name: &str) -> Option<T> {
        let mut arguments = self.arguments.lock().unwrap_or_else(PoisonError::into_inner);
        let place = arguments.iter().position(|(key, _)| *key == name)?;
        let (_, argument) = arguments.swap_remove(place);
        Some(*argument.value.into_inner()?.downcast().ok()?)
    }
}

impl fmt::Debug for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argument").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde::Deserialize;
    use serde::de::IgnoredAny;
    use serde_json::value::RawValue;

    use super::*;
    use crate::wire::decode;

    /// A frame and its argument, of a call that has this text as its data and these fields behind.
    fn read(data: &str, behind: &str) -> Option<Vec<String>> {
        let frame = format!(r#"{{"n":1,"streamId":7,"action":"a","data":{data}{behind}}}"#);
        let message = Message::of_text(frame.into());
        let (ahead, argument) = Ahead::with_frame(&message, |name| {
            assert_eq!(name, "a");
            Some(vec![("x", Argument::read::<Vec<String>>)])
        })?;
        let whole = Incoming::read(&message.text).expect("a frame");
        assert_eq!(format!("{ahead:?}"), format!("{whole:?}"));
        assert_eq!(argument.bytes, data.len());
        let taken = argument.take("x");
        assert!(argument.take::<Vec<String>>("x").is_none(), "it is given once");
        taken
    }

    #[test]
    fn a_large_argument_is_read_with_its_frame_as_the_frame_is_read_alone() {
        let text = "],}{[\u{e9}\\\"".repeat(1_000);
        let data = serde_json::to_string(&[&text, "b"]).expect("JSON");
        let expected = Some(vec![text, "b".to_owned()]);
        assert_eq!(read(&data, ""), expected);
        assert_eq!(read(&data, r#","traceparent":"00-ab""#), expected);
    }

    #[test]
    fn what_is_small_or_unusual_or_does_not_fit_is_not_read_ahead() {
        let data = format!(r#"["{}"]"#, "x".repeat(LEAST_BYTES));
        assert!(read(&data, "").is_some());
        assert_eq!(read(r#"["x"]"#, ""), None);
        for behind in [r#","deadlineMs":1"#, r#","data":[]"#, " ", "]", "}"] {
            assert_eq!(read(&data, behind), None, "{behind}");
        }
        for odd in [data.replace('"', "1"), data.replace(']', ""), data.replace(']', ",5]")] {
            assert_eq!(read(&odd, ""), None);
        }
    }

    #[test]
    fn several_arguments_are_read_from_an_object_in_the_order_of_their_parameters() {
        let readers =
            || vec![("a", Argument::read::<u8> as ReadAhead), ("b", Argument::read::<String>)];
        let read = |data: &str| {
            let text = format!(r#"{{"n":1,"streamId":7,"action":"a","data":{data}}}"#);
            let (frame, ahead) = Ahead::with_text(&text, |_| Some(readers()))?;
            assert_eq!(frame.data, Some(data));
            Some((ahead.take::<u8>("a"), ahead.take::<String>("b")))
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(read(r#"{"a":1,"b":"}"}"#), Some((Some(1), text("}"))));
        assert_eq!(read(r#"{"b":"x"}"#), Some((None, text("x"))));
        for odd in
            [r#"{"b":"x","a":1}"#, r#"{"a":1,"c":2}"#, r#"{"a":256,"b":"x"}"#, "{}", "[]", "1"]
        {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    /// A type that reads into itself whatever stands beside the fields that it names.
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Flat {
        a: Option<Box<Flat>>,
        #[serde(flatten)]
        rest: BTreeMap<String, IgnoredAny>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Untagged {
        Number(f64),
        Texts(Vec<String>),
        Tagged(Tagged),
        Nothing(()),
    }

    #[derive(Debug, Deserialize)]
    #[serde(tag = "a")]
    #[allow(dead_code)]
    enum Tagged {
        #[serde(rename = "a")]
        Unit,
        One {
            b: u8,
        },
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    enum Outside {
        #[serde(rename = "a")]
        Unit,
        #[serde(rename = "b")]
        One(Option<Box<Outside>>),
        Pair(i8, i64),
    }

    /// Whatever is read ahead is what is read otherwise.
    fn is_read_alike<T: DeserializeOwned + fmt::Debug + Send + 'static>(text: &str) {
        let read = Ahead::with_text(text, |_| Some(vec![("x", Argument::read::<T>)]));
        let Some((ahead, argument)) = read else { return };
        let frame = Incoming::read(text).expect("what is read ahead is a frame");
        assert_eq!(format!("{ahead:?}"), format!("{frame:?}"));
        let value: T = decode::read(frame.data.expect("there is data"), "x").expect("it fits");
        let taken: T = argument.take("x").expect("the argument");
        assert_eq!(format!("{taken:?}"), format!("{value:?}"), "of {text}");
    }

    proptest! {
        #[test]
        fn whatever_is_read_ahead_is_what_is_read_otherwise(
            data in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"a\":", "{\"a\":", "{\"b\":1}", "[]",
                    "1", "-0", "2.50", "1e3", "1E+400", "9007199254740993", "null", "true", "\"\\ud800\"",
                    "\"", "\\", "\u{e9}", " ", "\n", "{\"a\":\"One\",\"b\":2}", "{\"Pair\":[1,2]}",
                ]),
                0..6,
            ),
            behind in prop::sample::select(vec!["", " ", ",\"traceparent\":\"00-ab\"", ",\"data\":1", "}", ",5"]),
        ) {
            let data = data.concat();
            let text = format!(
                r#"{{"n":1,"streamId":7,"action":"a","data":{data}{behind}}}"#
            );
            is_read_alike::<serde_json::Value>(&text);
            is_read_alike::<IgnoredAny>(&text);
            is_read_alike::<Box<RawValue>>(&text);
            is_read_alike::<Option<f64>>(&text);
            is_read_alike::<Vec<String>>(&text);
            is_read_alike::<(u8, Option<bool>)>(&text);
            is_read_alike::<()>(&text);
            is_read_alike::<Flat>(&text);
            is_read_alike::<Untagged>(&text);
            is_read_alike::<Outside>(&text);
        }
    }
}
