//! Exact values: what JSON has no word for, and JavaScript has.
//!
//! Bytes, integers of any size and dates travel in binary frames. Where one stands, the JSON has
//! an object with a sign as its only key: `{"$bin": 0}`, `{"$big": "…"}`, `{"$date": "…"}`. So they
//! pass through whatever serde does with a value on its way, buffering and flattening included.

#[cfg(doctest)]
#[doc = include_str!("../../docs/exact.md")]
struct Page;

mod big_int;
mod bytes;
mod date;
pub(crate) mod frame;
mod sign;

pub use big_int::{BigInt, NotAnInteger};
pub use bytes::Bytes;
pub use date::{Date, NotADate};
