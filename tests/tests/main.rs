//! How a server behaves, seen from the wire: a module for each part of it.

mod bad_input;
mod codes;
mod events;
mod exact;
mod hello;
mod mangled;
mod numbers;
mod observed;
mod panics;
mod resume;
mod sessions;
