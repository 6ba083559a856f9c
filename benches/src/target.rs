//! How much igor may take of what its peers take.

use crate::dialect::Peer;
use crate::workload::Workload;

/// How much igor may take of what a peer takes, for one workload.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What is measured.
    pub workload: Workload,
    /// In words.
    pub name: &'static str,
    /// Beside the hand-written loop, or the bare sends.
    pub plain: f64,
    /// Beside jsonrpsee.
    pub jsonrpsee: f64,
}

/// What has to hold.
pub const TARGETS: [Target; 11] = {
    const fn target(workload: Workload, name: &'static str, plain: f64, jsonrpsee: f64) -> Target {
        Target { workload, name, plain, jsonrpsee }
    }
    [
        target(Workload::Calls(1, 1), "1 connection × 1 in flight", 0.90, 0.80),
        target(Workload::Calls(1, 64), "1 connection × 64 in flight", 0.42, 0.22),
        target(Workload::Calls(50, 16), "50 connections × 16 in flight", 0.38, 0.22),
        target(Workload::Echo(1000), "100 KiB of JSON, there and back", 0.90, 0.60),
        target(Workload::Streams(100), "item of a stream of 100", 1.5, 0.08),
        target(Workload::Stream, "item of a stream without end", 1.5, 0.08),
        target(Workload::Outputs, "item of an `Output`", 3.0, 0.15),
        target(Workload::Event(1000), "event to each of 1,000", 1.20, 0.55),
        target(Workload::Event(5000), "event to each of 5,000", 1.20, 0.55),
        target(Workload::Connect, "connect and first reply", 1.0, 1.5),
        target(Workload::Idle(1000), "idle memory per connection, KiB", 0.08, 0.5),
    ]
};

impl Target {
    /// The peer that does the same with nothing on top.
    pub fn plain_peer(&self) -> Peer {
        match self.workload {
            Workload::Event(_) => Peer::BareSends,
            _ => Peer::HandWritten,
        }
    }
}
