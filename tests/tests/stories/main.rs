//! Stories with programs that are really killed, stopped and let go on: the real TypeScript client
//! in Node.js, which needs `npm ci` in `igor-client-ts`, and servers in programs of their own.
//!
//! What happens is decided by what the server sees, not by a clock. `STORIES_IN_FULL=1` stops the
//! clients for 8, 12 and 25 s, with a beat of 5 s and a grace of 10 s.
#![cfg(unix)]

mod client;
mod killed;
mod offer;
mod server;
mod stopped;
mod told;
