//! JSON in few parts.

use std::io;

use serde_json::ser::Formatter;

/// JSON without spaces, in which the comma before a key and the colon behind it are written with the
/// key's quotes.
///
/// serde_json writes each of them by itself, and where the next part goes is known only when the
/// part before it is counted: a reply of many rows waits for that, and for little else.
#[derive(Debug, Default)]
pub(super) struct Compact {
    /// The key that is being written.
    key: Option<Key>,
}

#[derive(Debug)]
enum Key {
    First,
    Later,
}

impl Formatter for Compact {
    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        _writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.key = Some(if first { Key::First } else { Key::Later });
        Ok(())
    }

    // Whatever a key is, it is written as a string.
    fn begin_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        match self.key {
            None | Some(Key::First) => writer.write_all(b"\""),
            Some(Key::Later) => writer.write_all(b",\""),
        }
    }

    fn end_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        match self.key.take() {
            None => writer.write_all(b"\""),
            Some(_) => writer.write_all(b"\":"),
        }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        // The colon is there already.
        Ok(())
    }
}
