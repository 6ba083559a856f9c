//! Arguments: what a caller gives, as a list of types that the twin makes, and as the tuple that is
//! written.

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::remote::feed::{Feed, Source};

/// What a caller writes for a list of arguments: nothing, `()`; one, the value itself; several, a
/// tuple. Each may be anything that becomes the argument by [`Into`], as `"text"` does a `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the arguments of this action",
    label = "not what its function takes from a caller",
    note = "give `()` for none, the value itself for one, a tuple for several; what the server \
            hands over is left out"
)]
pub trait Arguments<List> {
    /// The list.
    #[doc(hidden)]
    fn into_list(self) -> List;
}

impl Arguments<()> for () {
    fn into_list(self) {}
}

impl<A, X: Into<A>> Arguments<(A, ())> for X {
    fn into_list(self) -> (A, ()) {
        (self.into(), ())
    }
}

macro_rules! tuples {
    (@list) => { () };
    (@list $first:ident $($rest:ident)*) => { ($first, tuples!(@list $($rest)*)) };
    ($($list:ident $given:ident),*) => {
        #[allow(non_snake_case)]
        impl<$($list,)* $($given: Into<$list>,)*> Arguments<tuples!(@list $($list)*)>
            for ($($given,)*)
        {
            fn into_list(self) -> tuples!(@list $($list)*) {
                let ($($given,)*) = self;
                $(let $list = $given.into();)*
                tuples!(@list $($list)*)
            }
        }
    };
}

tuples!(A U, B V);
tuples!(A U, B V, C W);
tuples!(A U, B V, C W, D X);
tuples!(A U, B V, C W, D X, E Y);
tuples!(A U, B V, C W, D X, E Y, F Z);
tuples!(A U, B V, C W, D X, E Y, F Z, G S);
tuples!(A U, B V, C W, D X, E Y, F Z, G S, H T);

/// Arguments that can be sent.
pub trait List {
    /// Writes the only one that is data.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc)]
    fn write_only<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Writes those that are data, under these names.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc)]
    fn write_all<M: SerializeMap>(
        &self,
        names: &[&'static str],
        map: &mut M,
    ) -> Result<(), M::Error>;

    /// The one that is sent item by item, if there is one.
    #[doc(hidden)]
    fn into_source(self) -> Option<Box<dyn Source>>;
}

impl List for () {
    fn write_only<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }

    fn write_all<M: SerializeMap>(&self, _: &[&'static str], _: &mut M) -> Result<(), M::Error> {
        Ok(())
    }

    fn into_source(self) -> Option<Box<dyn Source>> {
        None
    }
}

impl<T: Serialize + for<'de> Deserialize<'de>, Rest: List> List for (T, Rest) {
    fn write_only<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }

    fn write_all<M: SerializeMap>(
        &self,
        names: &[&'static str],
        map: &mut M,
    ) -> Result<(), M::Error> {
        let [first, rest @ ..] = names else { return Ok(()) };
        map.serialize_entry(first, &self.0)?;
        self.1.write_all(rest, map)
    }

    fn into_source(self) -> Option<Box<dyn Source>> {
        self.1.into_source()
    }
}

impl<T: Serialize + Send + 'static, Rest: List> List for (Feed<T>, Rest) {
    fn write_only<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.1.write_only(serializer)
    }

    fn write_all<M: SerializeMap>(
        &self,
        names: &[&'static str],
        map: &mut M,
    ) -> Result<(), M::Error> {
        self.1.write_all(names, map)
    }

    fn into_source(self) -> Option<Box<dyn Source>> {
        Some(Box::new(self.0))
    }
}

/// Arguments as the `data` of a call has them.
pub(super) struct Given<'a, L> {
    pub(super) list: &'a L,
    pub(super) names: Vec<&'static str>,
}

impl<L: List> Serialize for Given<'_, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.names.len() < 2 {
            return self.list.write_only(serializer);
        }
        let mut map = serializer.serialize_map(Some(self.names.len()))?;
        self.list.write_all(&self.names, &mut map)?;
        map.end()
    }
}
