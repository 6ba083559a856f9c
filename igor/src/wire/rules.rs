//! The rules of the session layer, one of which a test can leave out to see that it is missed.

/// What keeps frames from being lost and from coming twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// A number that was received before is dropped.
    DropDoubles,
    /// A number beyond the next one is not received.
    CloseAtGap,
    /// A frame is received once its number is read, whatever else it holds.
    ReceiveUnreadable,
    /// What was sent is kept until it is acknowledged.
    KeepUntilAcknowledged,
    /// Nothing overtakes what waits in the mailbox.
    WaitInLine,
    /// What is left out is told in its place.
    TellMissed,
    /// A socket that was superseded delivers nothing.
    Fence,
    /// A hello takes over at once, even if the old socket seems to be open.
    TakeOver,
    /// A hello that is not above the last accepted one closes only its own socket.
    RisingAttempt,
    /// A known session under an unknown key is refused.
    HoldByKey,
    /// The key that a hello presented is good beside the new one.
    KeepOldKey,
    /// It is good until something shows that the new one has arrived, not any shorter.
    KeepOldKeyUntilAck,
    /// It is not good for any longer.
    DropOldKey,
    /// A client that lacks what is no longer kept does not go on.
    ReachBack,
    /// A client that was not told that its numbers began anew is told again.
    TellBeginning,
    /// Only the page that the numbers belong to goes on with them.
    SamePage,
    /// Calls of a page that is no more are stopped, and what they still say is thrown away.
    EndOldPage,
    /// Calls go on while the client is away.
    KeepCalls,
    /// A session whose client has come back does not expire.
    EndAbsence,
    /// A session whose client stays away does.
    Expire,
    /// A client that says another name is another client.
    SameName,
    /// A client that is somebody else, as the program knows its clients, is another client.
    SameIdentity,
    /// A client is told which call was the last that a server has begun that ends.
    TellLastCall,
}

/// Which rules hold: all, but for one that a test leaves out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules(Option<Rule>);

impl Rules {
    /// Whether this rule holds.
    pub(crate) fn hold(self, rule: Rule) -> bool {
        self.0 != Some(rule)
    }
}

#[cfg(feature = "mutants")]
impl Rules {
    /// How many rules there are.
    pub(crate) const COUNT: usize = ALL.len();

    /// All rules but the one with this index; says its name, too.
    pub(crate) fn without(index: usize) -> (Self, String) {
        let rule = ALL[index];
        (Rules(Some(rule)), format!("{rule:?}"))
    }
}

#[cfg(feature = "mutants")]
const ALL: [Rule; 23] = [
    Rule::DropDoubles,
    Rule::CloseAtGap,
    Rule::ReceiveUnreadable,
    Rule::KeepUntilAcknowledged,
    Rule::WaitInLine,
    Rule::TellMissed,
    Rule::Fence,
    Rule::TakeOver,
    Rule::RisingAttempt,
    Rule::HoldByKey,
    Rule::KeepOldKey,
    Rule::KeepOldKeyUntilAck,
    Rule::DropOldKey,
    Rule::ReachBack,
    Rule::TellBeginning,
    Rule::SamePage,
    Rule::EndOldPage,
    Rule::KeepCalls,
    Rule::EndAbsence,
    Rule::Expire,
    Rule::SameName,
    Rule::SameIdentity,
    Rule::TellLastCall,
];
