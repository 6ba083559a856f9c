//! The wire: frames as text, their numbers, and the pure rules of a session that both ends share.
//!
//! Nothing here does I/O or knows an action; `PROTOCOL.md` is the same in words.

pub(crate) mod ask;
pub(crate) mod binary;
pub(crate) mod body;
#[cfg(feature = "remote")]
pub(crate) mod calling;
pub(crate) mod classic;
pub(crate) mod close;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod frame;
pub(crate) mod hello;
pub(crate) mod incoming;
mod keys;
pub(crate) mod link;
pub(crate) mod message;
mod path;
pub(crate) mod piece;
pub(crate) mod prefix;
pub(crate) mod ring;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod scratch;
pub(crate) mod sequence;

/// What a server allows of frames and their acknowledgement.
#[derive(Clone, Debug)]
pub struct WireLimits {
    /// Bytes of the largest message taken or sent; 1 MiB.
    pub message_bytes: usize,
    /// Frames sent to a client that it has not acknowledged yet; 4,096.
    pub ring_frames: usize,
    /// Bytes sent to a client that it has not acknowledged yet; 1 MiB. An empty ring takes one
    /// message of any allowed size.
    pub ring_bytes: usize,
    /// Bytes kept for one client in ring and queue together; 16 MiB. A client further behind is
    /// disconnected. As many are kept of inputs that its actions have not taken; an item beyond
    /// them ends its call.
    pub client_bytes: usize,
}

impl Default for WireLimits {
    fn default() -> Self {
        WireLimits {
            message_bytes: 1 << 20,
            ring_frames: 4096,
            ring_bytes: 1 << 20,
            client_bytes: 16 << 20,
        }
    }
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod transcript;
