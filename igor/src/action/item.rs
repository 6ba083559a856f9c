//! What a stream that is returned from an action may yield.

use crate::data::Data;
use crate::error::Error;

/// Marks an item that is data.
#[derive(Debug)]
pub struct AsData;

/// Marks an item that is a `Result` of data.
#[derive(Debug)]
pub struct AsResult;

/// An item of a reply's stream: data, or a `Result` of data whose error is igor's own and ends
/// the stream, as reading from a database in the middle of it may. The marker is inferred.
pub trait Item<Kind>: Send {
    /// What is sent.
    type Data: Data;

    /// What to send, or why the stream fails here.
    #[doc(hidden)]
    #[allow(clippy::missing_errors_doc)]
    fn into_data(self) -> Result<Self::Data, Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Data> Item<AsData> for T {
    type Data = T;

    fn into_data(self) -> Result<T, Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Data> Item<AsResult> for Result<T, Error> {
    type Data = T;

    fn into_data(self) -> Result<T, Error> {
        self
    }
}
