//! The data of a call, split by parameter and not yet decoded.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::action::ahead::Ahead;
use crate::error::{Code, Error};
use crate::wire::decode;
use crate::wire::message::Message;
use crate::wire::piece::place_of;
use crate::wire::scan::{InOrder, Unusual, value_length};

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
    Several(Vec<(&'static str, Range<usize>)>),
    /// Values that were read with their frame.
    Ahead(Ahead),
}

impl Arguments {
    /// Those that were read together with the frame of this message.
    pub(crate) fn read_ahead(message: &Message, ahead: Ahead) -> Self {
        Arguments { message: message.clone(), given: Given::Ahead(ahead) }
    }

    /// Splits the data of a frame for the parameters of an action: none takes no data, one takes the
    /// value itself, several an object with their names as keys.
    ///
    /// # Errors
    ///
    /// `bad_data` when there is data and none is taken, or several values are needed and it is
    /// not an object.
    pub(crate) fn split(
        message: &Message,
        data: Option<&str>,
        action: &str,
        parameters: impl Iterator<Item = &'static str> + Clone,
    ) -> Result<Self, Error> {
        let frame = &message.text;
        let given = match (parameters.clone().count(), data) {
            (0, Some(_)) => {
                let text = format!("`{action}` takes no data");
                return Err(Error::new(Code::BadData, text));
            }
            (0, None) | (1, None) => Given::One(None),
            (1, Some(data)) => Given::One(Some(place_of(data, frame))),
            (_, None) => Given::Several(Vec::new()),
            (_, Some(data)) => {
                let usual = usual_places(data, frame, parameters.clone());
                Given::Several(match usual {
                    Ok(places) => places,
                    Err(Unusual) => places(data, frame, parameters)?,
                })
            }
        };
        Ok(Arguments { message: message.clone(), given })
    }

    /// Reads the argument of the parameter with this name.
    ///
    /// # Errors
    ///
    /// `bad_data` when it is missing or does not fit, with its path.
    pub(crate) fn read<T: DeserializeOwned + 'static>(&self, name: &str) -> Result<T, Error> {
        let place = match &self.given {
            Given::One(place) => place.clone(),
            Given::Several(places) => {
                places.iter().find(|(key, _)| *key == name).map(|(_, place)| place.clone())
            }
            Given::Ahead(ahead) => match ahead.take(name) {
                Some(value) => return Ok(value),
                None => None,
            },
        };
        match place {
            Some(place) => self.message.read(Some(place), name),
            // An optional parameter may be left out.
            None => decode::read("null", name)
                .map_err(|_| Error::new(Code::BadData, format!("`{name}` is missing"))),
        }
    }
}

/// Finds the values of the parameters, by their names, in an object as igor's own clients write it.
fn usual_places(
    object: &str,
    frame: &str,
    names: impl Iterator<Item = &'static str> + Clone,
) -> Result<Vec<(&'static str, Range<usize>)>, Unusual> {
    let mut places = Vec::with_capacity(names.clone().count());
    let mut members = InOrder::of(object)?;
    for name in names {
        let value = members.member(name, value_length)?;
        places.extend(value.map(|value| (name, place_of(value, frame))));
    }
    members.end()?;
    Ok(places)
}

/// Finds the values of the parameters, by their names, in any object; of a name that is there twice
/// the last one counts.
fn places(
    object: &str,
    frame: &str,
    names: impl Iterator<Item = &'static str>,
) -> Result<Vec<(&'static str, Range<usize>)>, Error> {
    let values: HashMap<Cow<'_, str>, &RawValue> = decode::read(object, "data")?;
    let found = names.filter_map(|name| Some((name, place_of(values.get(name)?.get(), frame))));
    Ok(found.collect())
}
