//! The data of a call, split by parameter and not yet decoded.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::action::descriptor::Action;
use crate::error::{Code, Error};
use crate::wire::decode;
use crate::wire::message::Message;
use crate::wire::piece::place_of;

/// The arguments that a caller gave, as parts of the frame that they came in.
#[derive(Debug)]
pub(crate) struct Arguments {
    message: Message,
    given: Given,
}

#[derive(Debug)]
enum Given {
    /// The only parameter's value, if one was given.
    One(Option<Range<usize>>),
    /// Values by the names of their parameters.
    Several(Vec<(String, Range<usize>)>),
}

impl Arguments {
    /// Splits the data of a frame for the action's parameters: none takes no data, one takes the
    /// value itself, several an object with their names as keys.
    ///
    /// # Errors
    ///
    /// `bad_data` when there is data and none is taken, or several values are needed and it is
    /// not an object.
    pub(crate) fn split(
        message: &Message,
        data: Option<&RawValue>,
        action: &Action,
    ) -> Result<Self, Error> {
        let frame = &message.text;
        let given = match (action.data_parameters().count(), data) {
            (0, Some(_)) => {
                let text = format!("`{}` takes no data", action.name);
                return Err(Error::new(Code::BadData, text));
            }
            (0, None) | (1, None) => Given::One(None),
            (1, Some(data)) => Given::One(Some(place_of(data, frame))),
            (_, None) => Given::Several(Vec::new()),
            (_, Some(data)) => {
                let values: HashMap<Cow<'_, str>, &RawValue> = decode::read(data.get(), "data")?;
                let places = values.into_iter();
                Given::Several(
                    places
                        .map(|(name, value)| (name.into_owned(), place_of(value, frame)))
                        .collect(),
                )
            }
        };
        Ok(Arguments { message: message.clone(), given })
    }

    /// Reads the argument of the parameter with this name.
    ///
    /// # Errors
    ///
    /// `bad_data` when it is missing or does not fit, with its path.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        match self.find(name) {
            Some(place) => self.message.read(Some(place), name),
            // An optional parameter may be left out.
            None => decode::read("null", name)
                .map_err(|_| Error::new(Code::BadData, format!("`{name}` is missing"))),
        }
    }

    fn find(&self, name: &str) -> Option<Range<usize>> {
        match &self.given {
            Given::One(place) => place.clone(),
            Given::Several(places) => {
                places.iter().find(|(key, _)| key == name).map(|(_, place)| place.clone())
            }
        }
    }
}
