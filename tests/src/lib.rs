//! A server on a free port, and clients that speak plain frames to it.
//!
//! What a test says is what goes over the wire; nothing is hidden but numbers, acknowledgements
//! and beats, and those only in [`Page`].

mod answer;
mod bench;
mod contract;
mod dice;
mod door;
mod identity;
mod link;
mod node;
mod page;
mod raw;
mod server;
mod socket;
mod transport;
mod units;
mod within;

pub use answer::{failure, result};
pub use bench::{Bench, Guard, Heard};
pub use contract::contract_of;
pub use dice::Dice;
pub use door::{Door, Seen};
pub use identity::Identity;
pub use link::{Link, Verdict};
pub use node::node;
pub use page::Page;
pub use raw::{Raw, frame};
pub use server::{Running, TOKEN, config};
pub use socket::{Received, Refused, Socket, binary, parted};
pub use transport::{Entrance, Io, Place};
pub use units::Units;
pub use within::{InTime, within};
