//! The gate over real sockets: who may speak to a server at all, and what anybody may cost it.

mod floods;
mod raw;
mod table;
mod tls;
