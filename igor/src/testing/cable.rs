//! A connection in memory that can be cut.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

/// The client's end of a connection.
pub(super) struct Cable(Arc<Cut>);

/// A place at which a cable can be cut.
pub(super) struct Cut(Mutex<State>);

struct State {
    /// `None` once it is cut; the server's end finds that out by reading.
    io: Option<DuplexStream>,
    /// Who waits to read.
    reader: Option<Waker>,
}

impl Cable {
    pub(super) fn new(io: DuplexStream) -> Self {
        Cable(Arc::new(Cut(Mutex::new(State { io: Some(io), reader: None }))))
    }

    pub(super) fn cut(&self) -> &Arc<Cut> {
        &self.0
    }
}

impl Cut {
    /// Cuts it: what is on its way is lost.
    pub(super) fn make(&self) {
        let mut state = self.state();
        state.io = None;
        let reader = state.reader.take();
        drop(state);
        reader.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl AsyncRead for Cable {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.0.state();
        let Some(io) = &mut state.io else { return Poll::Ready(Err(cut())) };
        let read = Pin::new(io).poll_read(cx, buffer);
        if read.is_pending() {
            state.reader = Some(cx.waker().clone());
        }
        read
    }
}

impl AsyncWrite for Cable {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.0.state().io {
            Some(io) => Pin::new(io).poll_write(cx, bytes),
            None => Poll::Ready(Err(cut())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0.state().io {
            Some(io) => Pin::new(io).poll_flush(cx),
            None => Poll::Ready(Err(cut())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.0.state().io {
            Some(io) => Pin::new(io).poll_shutdown(cx),
            None => Poll::Ready(Ok(())),
        }
    }
}

fn cut() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}
