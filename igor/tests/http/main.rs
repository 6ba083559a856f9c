//! The HTTP front and the life of a server, spoken to byte by byte over TCP.

mod bind;
mod danger;
mod exchange;
mod gate;
mod life;
mod limits;
mod log;
mod page;
mod place;
mod program;
mod raw;
mod secrets;
