//! WebSocket frames as a client writes and reads them, with as little work as can be.

use std::io;

/// What stands in the first byte of a whole text message.
const TEXT: u8 = 0x81;

/// What stands in the first byte of a ping, and of its answer.
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;

/// A mask of zeros: the server has the same work with it as with any other.
const MASK: [u8; 4] = [0; 4];

/// Writes a text message.
pub fn write(out: &mut Vec<u8>, text: &str) {
    write_any(out, TEXT, text.as_bytes());
}

fn write_any(out: &mut Vec<u8>, first: u8, body: &[u8]) {
    out.push(first);
    match body.len() {
        short @ 0..=125 => out.push(0x80 | short as u8),
        middle @ 126..=0xFFFF => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(middle as u16).to_be_bytes());
        }
        long => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&MASK);
    out.extend_from_slice(body);
}

/// The next text message of what was read, and how long its frame is. Pings are answered into `out`.
/// `None`: it has not come whole.
///
/// # Errors
///
/// When the server closes, or sends a message in fragments, which no server here does.
pub fn read<'a>(mut input: &'a [u8], out: &mut Vec<u8>) -> io::Result<Option<(&'a str, usize)>> {
    let mut passed = 0;
    loop {
        let Some((first, body, length)) = next(input) else { return Ok(None) };
        passed += length;
        match first {
            TEXT => {
                let text = std::str::from_utf8(body).map_err(io::Error::other)?;
                return Ok(Some((text, passed)));
            }
            PING => write_any(out, PONG, body),
            other => return Err(io::Error::other(format!("a frame {other:#x}: {body:?}"))),
        }
        input = &input[length..];
    }
}

/// The first byte of a frame, its body, and how long it is.
fn next(input: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (&first, &second) = (input.first()?, input.get(1)?);
    let (start, length) = match second {
        126 => (4, u16::from_be_bytes(input.get(2..4)?.try_into().expect("two")) as usize),
        127 => (10, u64::from_be_bytes(input.get(2..10)?.try_into().expect("eight")) as usize),
        short => (2, short as usize),
    };
    Some((first, input.get(start..start + length)?, start + length))
}
