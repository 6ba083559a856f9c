//! An Igor server called from Rust, over TCP and in memory.

mod calls;
mod events;
mod lost;
mod offer;
mod refused;
