//! What goes wrong with a connection: decided by the seed, before the connection is there.

use std::time::Duration;

use igor_tests::Dice;

/// After so many connections of a client the way is good, so that every story has an end.
const BAD_CONNECTIONS: u64 = 8;

/// One thing that goes wrong, at one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) direction: Direction,
    /// At which unit: 0 is the HTTP head, 1 the hello or the welcome.
    pub(crate) unit: u64,
    pub(crate) harm: Harm,
}

/// Which way the bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// What happens to the unit and those behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Harm {
    /// So many thousandths of the unit pass, then both ends see the end.
    Cut { passes: u64 },
    /// Nothing passes any more in this direction, and neither end is told.
    Freeze,
    /// Nothing passes any more in this direction until the client has been welcomed over its next
    /// connection; then all of it does.
    Stall,
    /// Nothing passes any more in either direction. The server's end stays open when the client
    /// goes.
    Blackhole,
    /// The unit does not pass; the connection is cut after so many more.
    Lose { more: u64 },
    /// The unit passes twice.
    Double,
    /// The client sees the end; the server gets the unit after the client's next hello.
    Late,
}

/// How the way of one connection is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Way {
    pub(crate) fault: Option<Fault>,
    /// How long a unit takes, and those that come with it.
    pub(crate) latency: Duration,
}

impl Way {
    /// The way of a client's connection with this index.
    pub(crate) fn of(seed: u64, client: u64, index: u64) -> Self {
        let mut dice = Dice::new(seed, 1000 * (client + 1) + index);
        if index >= BAD_CONNECTIONS || dice.chance(10) {
            return Way::default();
        }
        let latency = Duration::from_millis(dice.pick(&[0, 0, 0, 1, 3]));
        let direction = dice.pick(&[Direction::Up, Direction::Down]);
        let unit = match dice.below(4) {
            0 => dice.below(4),
            1 => 1,
            _ => 2 + dice.below(60),
        };
        let harm = match dice.below(10) {
            0..=2 => Harm::Cut { passes: dice.below(1001) },
            3 if direction == Direction::Down && dice.chance(50) => Harm::Stall,
            3 => Harm::Freeze,
            4 => Harm::Blackhole,
            // Neither end has to understand a connection that does not begin with its beginning.
            5 if unit <= 1 => Harm::Lose { more: 0 },
            5 => Harm::Lose { more: dice.below(4) },
            6 | 7 => Harm::Double,
            _ => match direction {
                Direction::Up => Harm::Late,
                Direction::Down => Harm::Lose { more: 0 },
            },
        };
        // Nor one with two handshakes.
        let unit = if harm == Harm::Double { unit.max(1) } else { unit };
        Way { fault: Some(Fault { direction, unit, harm }), latency }
    }

    /// A way on which the first frame of this direction is lost: the hello or the welcome.
    pub(crate) fn without_first(direction: Direction) -> Self {
        let fault = Fault { direction, unit: 1, harm: Harm::Lose { more: 0 } };
        Way { fault: Some(fault), latency: Duration::ZERO }
    }
}
