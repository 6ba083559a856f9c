//! What igor costs, beside its peers: the parts that the servers and the driver share.

pub mod client;
pub mod clients;
pub mod command;
pub mod cores;
pub mod curves;
pub mod dialect;
pub mod frame;
pub mod machine;
pub mod meter;
pub mod options;
pub mod payload;
pub mod programs;
pub mod report;
pub mod rounds;
pub mod server;
pub mod soak;
pub mod table;
pub mod target;
pub mod workload;
