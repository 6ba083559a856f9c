//! What the clients of a seed do: decided before anything runs.

use igor_tests::Dice;
use serde_json::{Value, json};

/// How many steps a client takes.
const STEPS: u64 = 45;

/// One step of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It calls.
    Call(Kind),
    /// It cancels the newest call that is open.
    Cancel,
    /// It does nothing for so many milliseconds.
    Pause(u64),
    /// It sends a numbered frame that nobody can read.
    Garble,
    /// Its socket ends without a word and it is away for so many milliseconds.
    Leave(u64),
    /// It is away for longer than a session is kept; then the first welcome is lost, or not.
    Overstay { loses_welcome: bool },
    /// Its page is loaded again; then the first hello is lost, or not.
    Reload { loses_hello: bool },
    /// It comes back as somebody else.
    Rename,
    /// It comes back as it was long before, and lacks what it had acknowledged.
    Forget,
    /// Somebody shows its session and a key that was never good.
    Steal,
    /// Somebody shows its session and a key that was good before.
    Replay,
    /// The server is ended and another one is started; then the first welcome is lost, or not.
    Restart { loses_welcome: bool },
}

/// A kind of call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Add,
    Wait { milliseconds: u32 },
    Fail,
    Output { count: u32 },
    Stream { count: u32 },
    Tell { count: u32, bytes: u32 },
}

/// What a client of a seed does.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) steps: Vec<Step>,
    /// Bytes that it keeps until they are acknowledged.
    pub(crate) ring_bytes: usize,
    /// Whether it sends again more than it has to.
    pub(crate) resends: bool,
    /// In how many of a hundred cases the page is loaded again when the connection is lost.
    pub(crate) impatience: u64,
}

impl Case {
    pub(crate) fn of(seed: u64, client: u64) -> Self {
        let mut dice = Dice::new(seed, 100 + client);
        let mut steps: Vec<Step> = (0..STEPS).map(|_| step(&mut dice)).collect();
        for _ in 0..dice.below(3) {
            let place = dice.below(STEPS) as usize;
            steps.splice(place..place, rare(&mut dice));
        }
        Case {
            steps,
            ring_bytes: dice.pick(&[300, 2 << 10, 1 << 20]),
            resends: dice.chance(40),
            impatience: dice.pick(&[0, 0, 0, 50]),
        }
    }
}

impl Step {
    /// The step for the client in Node, which has no hand in frames and keys.
    pub(crate) fn to_json(&self) -> Option<Value> {
        Some(match self {
            Step::Call(Kind::Add) => json!({ "step": "add" }),
            Step::Call(Kind::Wait { milliseconds }) => {
                json!({ "step": "wait", "milliseconds": milliseconds })
            }
            Step::Call(Kind::Fail) => json!({ "step": "fail" }),
            Step::Call(Kind::Output { count }) => json!({ "step": "output", "count": count }),
            Step::Call(Kind::Stream { count }) => json!({ "step": "stream", "count": count }),
            Step::Call(Kind::Tell { count, bytes }) => {
                json!({ "step": "tell", "count": count, "bytes": bytes })
            }
            Step::Cancel => json!({ "step": "cancel" }),
            Step::Pause(ms) => json!({ "step": "pause", "ms": ms }),
            Step::Leave(_) => json!({ "step": "cut" }),
            Step::Overstay { loses_welcome } => {
                json!({ "step": "ask", "ask": "overstay", "losesWelcome": loses_welcome })
            }
            Step::Restart { loses_welcome } => {
                json!({ "step": "ask", "ask": "restart", "losesWelcome": loses_welcome })
            }
            Step::Reload { .. } => json!({ "step": "reload" }),
            // Nor does a name change while a page is loaded, but tabs are duplicated.
            Step::Rename => json!({ "step": "duplicate" }),
            Step::Garble => json!({ "step": "again" }),
            Step::Forget | Step::Steal | Step::Replay => return None,
        })
    }
}

fn step(dice: &mut Dice) -> Step {
    let kind = match dice.below(100) {
        0..=29 => Kind::Add,
        30..=39 => Kind::Wait { milliseconds: dice.below(120) as u32 },
        40..=44 => Kind::Fail,
        45..=54 => Kind::Output { count: dice.below(25) as u32 },
        55..=64 => Kind::Stream { count: dice.below(30) as u32 },
        65..=79 => {
            let bytes = dice.pick(&[0, 0, 50, 1000]);
            Kind::Tell { count: dice.below(12) as u32, bytes }
        }
        80..=84 => return Step::Cancel,
        85..=94 => return Step::Pause(dice.below(60)),
        95 => return Step::Garble,
        96 => return Step::Leave(dice.below(300)),
        97 => return Step::Steal,
        98 => return Step::Replay,
        _ => return Step::Reload { loses_hello: false },
    };
    Step::Call(kind)
}

/// Something that may cost the session, with what makes it hurt.
fn rare(dice: &mut Dice) -> Vec<Step> {
    let loses_welcome = dice.chance(50);
    let end = match dice.below(8) {
        0 => Step::Overstay { loses_welcome },
        1 => Step::Restart { loses_welcome },
        2 => Step::Rename,
        3 => Step::Forget,
        4 => Step::Steal,
        5 => Step::Replay,
        _ => Step::Reload { loses_hello: dice.chance(50) },
    };
    let call = Step::Call(Kind::Wait { milliseconds: 30 });
    match dice.below(3) {
        // A page so young that its numbers could be mistaken for those of the next.
        0 => vec![Step::Reload { loses_hello: false }, call, end],
        1 => vec![call, end],
        _ => vec![end],
    }
}
