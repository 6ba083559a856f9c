//! A byte stream in units: the HTTP head, then one WebSocket frame after the other.

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// No head or frame here is longer.
const MOST_BYTES: usize = 4 << 20;

/// The units of one direction of a connection.
#[derive(Debug)]
pub struct Units<R> {
    reader: R,
    bytes: Vec<u8>,
    is_past_head: bool,
}

impl<R: AsyncRead + Unpin> Units<R> {
    /// The units of a stream of which nothing was read yet.
    pub fn new(reader: R) -> Self {
        Units { reader, bytes: Vec::new(), is_past_head: false }
    }

    /// Whether the next whole unit has come already.
    pub fn has_next(&self) -> bool {
        self.length().is_some()
    }

    /// Waits for the next whole unit; `None` when the stream ends before it does.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(length) = self.length() {
                self.is_past_head = true;
                return Some(self.bytes.drain(..length).collect());
            }
            let read = self.reader.read_buf(&mut self.bytes).await.ok()?;
            if read == 0 || self.bytes.len() > MOST_BYTES {
                return None;
            }
        }
    }

    /// The length of the next unit, if it is whole.
    fn length(&self) -> Option<usize> {
        let length = if self.is_past_head { frame(&self.bytes) } else { head(&self.bytes) };
        length.filter(|length| *length <= self.bytes.len())
    }

    /// Reads to the end, whatever comes.
    pub async fn discard(&mut self) {
        let _ = tokio::io::copy(&mut self.reader, &mut tokio::io::sink()).await;
    }
}

/// The length of the head, with the empty line that ends it.
fn head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|start| start + 4)
}

/// The length of the first frame, as its header says.
fn frame(bytes: &[u8]) -> Option<usize> {
    let second = *bytes.get(1)?;
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (header, payload): (usize, usize) = match second & 0x7F {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    header.checked_add(mask)?.checked_add(payload)
}
