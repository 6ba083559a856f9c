//! What igor costs a server, beside its peers: the parts that the servers and the driver share.

pub mod client;
pub mod dialect;
pub mod frame;
pub mod meter;
pub mod options;
pub mod payload;
pub mod server;
pub mod table;
pub mod workload;
