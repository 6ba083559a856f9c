//! Why a socket is closed, and whether coming back makes sense.

/// The reasons for which igor closes a socket, with their numbers on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseCode {
    /// The protocol was violated; the session is over.
    Protocol,
    /// A wrong token, or nobody that the program knows; do not come back with it.
    Unauthorized,
    /// The same for want of a token.
    NoToken,
    /// The session or the name belongs to somebody else; do not come back with them.
    Forbidden,
    /// No hello within its time.
    HelloLate,
    /// A newer socket of the session took over; do not come back on behalf of this one.
    Superseded,
    /// The client was closed and will not come back; the session is over. Only a client says so.
    Gone,
    /// A message over the limit; the session is over.
    TooLarge,
    /// The server is full; come back later.
    Overloaded,
    /// A number is missing; resume.
    Gap,
    /// The client does not keep up; resume.
    TooSlow,
    /// Nothing was heard for two beats; resume.
    BeatsLost,
    /// The server ends; come back when it is told to be there again.
    GoingAway,
}

impl CloseCode {
    /// The number in the close frame.
    pub(crate) const fn number(self) -> u16 {
        match self {
            CloseCode::Protocol => 4400,
            CloseCode::Unauthorized | CloseCode::NoToken => 4401,
            CloseCode::Forbidden => 4403,
            CloseCode::HelloLate => 4408,
            CloseCode::Superseded => 4409,
            CloseCode::Gone => 4410,
            CloseCode::TooLarge => 4413,
            CloseCode::Overloaded => 4429,
            CloseCode::Gap => 4440,
            CloseCode::TooSlow => 4441,
            CloseCode::BeatsLost => 4442,
            CloseCode::GoingAway => 4503,
        }
    }

    /// The text in the close frame.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            CloseCode::Protocol => "protocol error",
            CloseCode::Unauthorized => "the server does not accept the token",
            CloseCode::NoToken => "no token was shown to the server",
            CloseCode::Forbidden => "the server refused this client",
            CloseCode::HelloLate => "no hello in time",
            CloseCode::Superseded => "another socket took this session over",
            CloseCode::Gone => "gone for good",
            CloseCode::TooLarge => "message too large",
            CloseCode::Overloaded => "overloaded",
            CloseCode::Gap => "a frame is missing",
            CloseCode::TooSlow => "too slow",
            CloseCode::BeatsLost => "nothing heard for two beats",
            CloseCode::GoingAway => "going away",
        }
    }

    /// The reasons with which the session ends, too, whichever end has one.
    const OF_SESSION: [CloseCode; 3] = [CloseCode::Protocol, CloseCode::TooLarge, CloseCode::Gone];

    /// Whether the session ends with the socket.
    pub(crate) fn ends_session(self) -> bool {
        CloseCode::OF_SESSION.contains(&self)
    }

    /// The reason with this number, if it is one with which the session ends.
    pub(crate) fn of_session(number: u16) -> Option<Self> {
        CloseCode::OF_SESSION.into_iter().find(|code| code.number() == number)
    }
}
