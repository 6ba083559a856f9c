//! The connection of a remote: one task, over as many sockets as it takes.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tracing::debug;

use crate::contract::Contract;
use crate::error::{Code, Error};
use crate::registry::Registry;
use crate::remote::core::Core;
use crate::remote::identity::Identity;
use crate::remote::server_frame::{ServerFrame, Welcomed};
use crate::remote::socket::{Lost, Socket};
use crate::remote::status::Status;
use crate::wire::body::Body;
use crate::wire::close::CloseCode;

/// The time from opening a socket to its welcome.
const WELCOME: Duration = Duration::from_secs(10);

/// The ceiling of the first wait before coming back.
const BACKOFF: Duration = Duration::from_millis(250);

/// How often that ceiling doubles: up to eight seconds.
const DOUBLINGS: u32 = 5;

/// The same while the server may keep the session, which a longer wait could outlast: up to two.
const KEPT_DOUBLINGS: u32 = 3;

/// A connection that held this long was a good one: the next wait is short again.
const STEADY: Duration = Duration::from_secs(5);

/// How long it may take to tell the server that this client is gone.
const PARTING: Duration = Duration::from_secs(1);

/// What the task of a remote has for itself.
struct Connection<'a> {
    core: &'a Core,
    identity: Identity,
    /// The socket; it is kept here so that it can be closed properly when speaking over it is
    /// dropped.
    socket: Option<Socket>,
    /// What the server asked and is being answered.
    answers: JoinSet<(i64, Body)>,
    /// Attempts in a row that came to nothing.
    failures: u32,
    /// How long the server keeps a session without a socket, and how often both say that they are
    /// there.
    grace: Duration,
    beat: Duration,
    /// When the session is given up, if there is no welcome before.
    overdue: Option<Instant>,
}

/// Keeps a remote in touch with its server until it is closed.
pub(super) async fn run(core: Arc<Core>) {
    let mut connection = match Connection::new(&core) {
        Ok(connection) => connection,
        Err(error) => return give_up(&core, &error),
    };
    tokio::select! {
        biased;
        () = core.closed.cancelled() => {
            if let Some(socket) = connection.socket.take() {
                let _ = timeout(PARTING, socket.close(CloseCode::Gone)).await;
            }
        }
        error = connection.keep() => give_up(&core, &error),
    }
}

fn give_up(core: &Core, error: &Error) {
    debug!(%error, "a remote has given up");
    core.close(error.code(), error.message(), Status::Lost(error.message().into()));
}

impl<'a> Connection<'a> {
    fn new(core: &'a Core) -> Result<Self, Error> {
        let contract = Contract::of(&Registry::linked()).map(|contract| contract.hash);
        // A program whose own registry has mistakes may call a server that has none of them: then
        // the server tells its whole contract.
        let identity = Identity::new(contract.unwrap_or_default(), core.config.name.clone())?;
        Ok(Connection {
            core,
            identity,
            socket: None,
            answers: JoinSet::new(),
            failures: 0,
            grace: Duration::ZERO,
            beat: Duration::ZERO,
            overdue: None,
        })
    }

    /// Opens sockets, one after the other; gives the reason why there will be no other.
    async fn keep(&mut self) -> Error {
        loop {
            if let Err(error) = self.once().await {
                return error;
            }
        }
    }

    /// Opens a socket and speaks over it to its end, then rests.
    ///
    /// # Errors
    ///
    /// Why there will be no other socket.
    async fn once(&mut self) -> Result<(), Error> {
        let opened = match self.overdue {
            Some(overdue) => timeout_at(overdue, self.open()).await.unwrap_or_else(|_| {
                Err(Lost::Renew("no connection for as long as the server keeps a session".into()))
            }),
            None => self.open().await,
        };
        let lost = match opened {
            Ok(socket) => self.speak(socket).await,
            Err(lost) => lost,
        };
        self.socket = None;
        self.core.with(|state| state.detach());
        let why = match lost {
            Lost::Final(error) => return Err(error),
            Lost::Return(why) => why,
            Lost::Renew(why) => {
                self.renew(&why)?;
                why
            }
        };
        debug!(why, "no connection");
        let told = why.as_str().into();
        self.core.status.send_replace(match self.identity.is_first {
            true => Status::Connecting(Some(told)),
            false => Status::Resuming(told),
        });
        self.rest(&why).await
    }

    async fn speak(&mut self, socket: Socket) -> Lost {
        let socket = self.socket.insert(socket);
        let opened = Instant::now();
        self.overdue = None;
        self.core.status.send_replace(Status::Open);
        let lost = socket.speak(self.core, &mut self.answers, self.beat).await;
        if opened.elapsed() >= STEADY {
            self.failures = 0;
        }
        self.overdue = Some(Instant::now() + self.grace + 2 * self.beat);
        lost
    }

    /// Connects, says hello, and takes the welcome.
    async fn open(&mut self) -> Result<Socket, Lost> {
        timeout(WELCOME, self.greet())
            .await
            .unwrap_or_else(|_| Err(Lost::Return("the server does not answer".into())))
    }

    async fn greet(&mut self) -> Result<Socket, Lost> {
        let mut socket = Socket::open(&self.core.config).await?;
        let standing = self.core.with(|state| state.standing());
        let (hello, resumes) = self.identity.hello(standing);
        socket.say(hello).await?;
        let message = socket.first().await?;
        let frame = ServerFrame::read(&message).map_err(|error| Lost::Renew(error.to_string()))?;
        if let Some(error) = frame.failure() {
            return Err(self.refused(error, resumes, &frame));
        }
        let welcome = Welcomed::read(frame.data).map_err(|error| Lost::Renew(error.to_string()))?;
        self.grace = Duration::from_millis(welcome.grace_ms);
        self.beat = Duration::from_millis(welcome.beat_ms).max(Duration::from_millis(1));
        // The new key first: what is sent from here on makes the old one invalid.
        self.identity.keep(&welcome);
        let goes_on = resumes && welcome.resumed;
        self.core
            .with(|state| {
                if resumes && !goes_on {
                    state.lose(welcome.reason.as_deref().unwrap_or("the session is new"));
                }
                state.welcome(welcome, goes_on)
            })
            .map_err(|code| Lost::Renew(code.reason().into()))?;
        Ok(socket)
    }

    /// The server answered the hello with an error, and runs nothing behind it.
    fn refused(&mut self, error: Error, resumes: bool, frame: &ServerFrame<'_>) -> Lost {
        if matches!(error.code(), Code::Unauthorized | Code::Forbidden) {
            return Lost::Final(error);
        }
        self.identity.is_first |= !resumes;
        self.core.with(|state| state.retry_after = frame.retry_after().unwrap_or_default());
        Lost::Return(error.to_string())
    }

    /// Gives the session up.
    fn renew(&mut self, why: &str) -> Result<(), Error> {
        self.overdue = None;
        self.core.with(|state| state.lose(why));
        self.identity.renew()
    }

    /// Waits before the next attempt; the session may be given up meanwhile.
    async fn rest(&mut self, why: &str) -> Result<(), Error> {
        let until = Instant::now() + self.backoff()?;
        if let Some(overdue) = self.overdue.filter(|overdue| *overdue <= until) {
            sleep_until(overdue).await;
            self.renew(why)?;
        }
        sleep_until(until).await;
        Ok(())
    }

    /// Anywhere below a ceiling that doubles with every failure, so that all clients of a server
    /// that starts again do not come together; and never before the server wants it.
    fn backoff(&mut self) -> Result<Duration, Error> {
        let mut random = [0; 2];
        getrandom::fill(&mut random).map_err(|cause| Error::internal(cause.to_string()))?;
        let most = if self.overdue.is_some() { KEPT_DOUBLINGS } else { DOUBLINGS };
        let ceiling = BACKOFF * 2_u32.pow(self.failures.min(most));
        self.failures = self.failures.saturating_add(1);
        let asked = self.core.with(|state| std::mem::take(&mut state.retry_after));
        Ok(asked + ceiling.mul_f64(f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX)))
    }
}
