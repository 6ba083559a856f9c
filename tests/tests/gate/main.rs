//! The gate over real sockets: who may speak to a server at all, and what anybody may cost it.

mod authorize;
mod floods;
mod table;
mod tls;
