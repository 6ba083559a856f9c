//! Where sockets come in: HTTP first, and frames once the gate let them pass.
//!
//! One task for each socket, from its first byte to its last. The number of sockets that speak HTTP
//! at once is bounded, so that whoever opens sockets and sends nothing takes up no more than that.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::IpAddr;
#[cfg(feature = "testing")]
use std::net::Ipv4Addr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::either::Either;
use tracing::field::Empty;
use tracing::{Instrument as _, debug, info_span, warn};

use crate::connection::{self, Front, classic};
use crate::http::{Body, GateLimits, Http, Upgrade};
use crate::server::clients::Clients;
use crate::server::listener::Listening;
use crate::server::patient::Patient;
#[cfg(feature = "testing")]
use crate::server::stream::Within;
use crate::server::stream::{Plain, Stream};
#[cfg(feature = "tls")]
use crate::server::tls::Encryption;
use crate::shared::SharedRef;

/// The first pause after the system had no socket to give; it doubles up to the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// The longest pause: until then something may have been closed.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long, and for how many bytes, a socket is read on whose last request was refused before it
/// was read: closed at once, it would be reset, and the refusal lost.
const LINGER: (Duration, u64) = (Duration::from_secs(1), 64 << 20);

/// Receives the sockets of a server.
pub(super) struct Reception {
    http: Http,
    front: Arc<Front>,
    limits: GateLimits,
    /// `None` where bytes go in the clear.
    #[cfg(feature = "tls")]
    encryption: Option<Encryption>,
    /// The places at the gate; each socket holds one until it is welcome or gone.
    places: Arc<Semaphore>,
    /// How many sockets are clients now.
    clients: Clients,
    /// How many sockets found no place.
    turned_away: AtomicU64,
}

/// A socket that HTTP is done with.
struct Upgraded<S> {
    socket: S,
    /// What was read of it behind the request.
    read_ahead: Bytes,
    upgrade: Upgrade,
}

impl Reception {
    pub(super) fn new(http: Http, front: Arc<Front>, limits: GateLimits) -> Self {
        let places = limits.waiting_sockets.min(Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(places));
        Reception {
            http,
            front,
            limits,
            #[cfg(feature = "tls")]
            encryption: None,
            places,
            clients: Clients::default(),
            turned_away: AtomicU64::new(0),
        }
    }

    /// Encrypts what goes over every socket, if it has what that takes.
    #[cfg(feature = "tls")]
    pub(super) fn encrypting(self, encryption: Option<Encryption>) -> Self {
        Reception { encryption, ..self }
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    pub(super) fn shared(&self) -> &SharedRef {
        &self.front.shared
    }

    pub(super) fn contract(&self) -> &str {
        self.front.contract()
    }

    pub(super) fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Accepts sockets until the server ends.
    pub(super) async fn accept(self: Arc<Self>, mut listener: Listening) {
        let shutdown = self.shared().shutdown.clone();
        // One for all sockets: beginning to wait, and giving up, takes a lock that they share.
        let mut told = pin!(shutdown.heard());
        let mut pause = SHORTEST_PAUSE;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut told => return,
            };
            match accepted {
                Ok((socket, from)) => {
                    pause = SHORTEST_PAUSE;
                    self.receive(socket, from);
                }
                Err(cause) if is_of_one_socket(&cause) => {
                    debug!(%cause, "a socket was gone before it was accepted")
                }
                Err(cause) => {
                    warn!(%cause, ?pause, "could not accept a socket");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = &mut told => return,
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Takes a socket that came from within the program.
    #[cfg(feature = "testing")]
    pub(super) fn receive_within(self: &Arc<Self>, socket: Box<dyn Within>) {
        if let Some(place) = self.place() {
            let served = Arc::clone(self).serve(socket, Ipv4Addr::LOCALHOST.into(), place);
            self.shared().shutdown.spawn(served);
        }
    }

    /// A place at the gate, if there is one.
    fn place(&self) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok();
        if place.is_none() {
            let count = self.turned_away.fetch_add(1, Ordering::Relaxed) + 1;
            // As at the gate: any number can be caused from outside.
            if count.is_power_of_two() {
                warn!(count, "too many sockets wait at the gate");
            }
        }
        place
    }

    fn receive(self: &Arc<Self>, socket: Plain, from: IpAddr) {
        let Some(place) = self.place() else { return };
        if let Either::Left(tcp) = &socket {
            // A frame is written whole; waiting for more to send with it only delays it. Where this
            // fails the socket is gone, which reading it will tell.
            let _ = tcp.set_nodelay(true);
        }
        let span = info_span!("socket", %from, client = Empty);
        // Boxed, so that it is not copied whole each time that the runtime moves its task about.
        let served = Box::pin(Arc::clone(self).begin(socket, from, place));
        self.shared().shutdown.spawn(served.instrument(span));
    }

    /// Serves a socket to its end, encrypted or in the clear.
    async fn begin(self: Arc<Self>, socket: Plain, from: IpAddr, place: OwnedSemaphorePermit) {
        #[cfg(feature = "tls")]
        if self.encryption.is_some() {
            // Boxed, so that a client in the clear does not keep the memory that this would take.
            return Box::pin(self.encrypt(socket, from, place)).await;
        }
        self.serve(socket, from, place).await;
    }

    #[cfg(feature = "tls")]
    async fn encrypt(self: Arc<Self>, socket: Plain, from: IpAddr, place: OwnedSemaphorePermit) {
        let Some(encryption) = &self.encryption else { return };
        let agreeing = tokio::time::timeout(self.limits.handshake, encryption.accept(socket));
        let agreed = tokio::select! {
            agreed = agreeing => agreed,
            () = self.shared().shutdown.heard() => return,
        };
        match agreed {
            Ok(Ok(socket)) => self.serve(socket, from, place).await,
            Ok(Err(cause)) => debug!(%cause, "the TLS handshake failed"),
            Err(_) => debug!("the TLS handshake took too long"),
        }
    }

    async fn serve(
        self: Arc<Self>,
        socket: impl Stream,
        from: IpAddr,
        place: OwnedSemaphorePermit,
    ) {
        // Boxed, so that a client does not keep the memory that HTTP took.
        let Some(upgraded) = Box::pin(self.speak_http(socket, from)).await else { return };
        let (reader, writer) = upgraded.socket.into_halves();
        match upgraded.upgrade {
            Upgrade::Client(handshake) => {
                let front = Arc::clone(&self.front);
                let _counted = self.clients.enter();
                drop(self);
                connection::serve(reader, writer, upgraded.read_ahead, handshake, place, front)
                    .await;
            }
            Upgrade::Classic(handshake) => {
                let front = Arc::clone(&self.front);
                let _counted = self.clients.enter();
                drop(self);
                let read_ahead = upgraded.read_ahead;
                // Boxed, so that a client of `igor.1` does not keep the memory that this takes.
                Box::pin(classic::serve(reader, writer, read_ahead, handshake, place, front)).await;
            }
            Upgrade::Closed(code) => connection::refuse(reader, writer, code).await,
        }
    }

    /// Answers requests until the socket is at its end or becomes something else.
    async fn speak_http<S: Stream>(&self, socket: S, from: IpAddr) -> Option<Upgraded<S>> {
        let upgrade = OnceLock::new();
        let has_body = AtomicBool::new(false);
        let service = service_fn(|request: Request<Incoming>| {
            has_body.fetch_or(!request.body().is_end_stream(), Ordering::Relaxed);
            let answered = self.answer(request, from, &upgrade);
            Box::pin(answered) as Pin<Box<dyn Future<Output = _> + Send + '_>>
        });
        let io = TokioIo::new(Patient::new(socket, self.limits.handshake));
        let mut http = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.handshake)
            .max_header_size(self.limits.header_bytes)
            .max_buf_size(self.limits.header_bytes)
            .serve_connection(io, service);
        let mut told = pin!(self.shared().shutdown.heard());
        let mut is_told = false;
        let spoken = poll_fn(|cx| {
            if !is_told && told.as_mut().poll(cx).is_ready() {
                is_told = true;
                Pin::new(&mut http).graceful_shutdown();
            }
            http.poll_without_shutdown(cx)
        });
        if let Err(cause) = spoken.await {
            debug!(%cause, "a socket ended");
            return None;
        }
        let http1::Parts { io, read_buf: read_ahead, .. } = http.into_parts();
        let socket = io.into_inner().into_inner();
        match upgrade.into_inner() {
            Some(upgrade) => Some(Upgraded { socket, read_ahead, upgrade }),
            None => {
                if has_body.into_inner() {
                    linger(socket).await;
                }
                None
            }
        }
    }

    /// Answers a request and notes what its socket becomes.
    async fn answer(
        &self,
        request: Request<Incoming>,
        from: IpAddr,
        upgrade: &OnceLock<Upgrade>,
    ) -> Result<Response<Body>, Infallible> {
        let answer = self.http.answer(request, from).await;
        if let Some(becomes) = answer.upgrade {
            // HTTP ends with the first upgrade, so that there is no second.
            let _ = upgrade.set(becomes);
        }
        Ok(answer.response)
    }
}

impl std::fmt::Debug for Reception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reception").field("http", &self.http).finish_non_exhaustive()
    }
}

/// Lets the other end send what it is about to, and read what it was told.
async fn linger(mut socket: impl Stream) {
    let (longest, most) = LINGER;
    let _ = timeout(longest, async {
        socket.shutdown().await?;
        copy(&mut (&mut socket).take(most), &mut sink()).await
    })
    .await;
}

/// Whether accepting failed because of the socket that was to be accepted, and not of the system.
fn is_of_one_socket(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
