//! Events, as a program hears them.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use tracing::warn;

use crate::event::Event;
use crate::remote::core::Core;
use crate::remote::heard::Heard;

/// The events of one type, from [`Remote::on`](crate::Remote::on) on.
///
/// At most 1,024 wait here; of more the oldest are left out, and counted.
pub struct Events<E> {
    core: Arc<Core>,
    heard: Arc<Heard>,
    event: PhantomData<fn() -> E>,
}

impl<E: Event + DeserializeOwned> Events<E> {
    pub(super) fn new(core: Arc<Core>) -> Self {
        let heard = Arc::new(Heard::default());
        let name = E::DESCRIPTOR.name;
        core.with(|state| {
            if state.over().is_some() {
                heard.end();
            }
            state.events.entry(name).or_default().push(Arc::clone(&heard));
        });
        Events { core, heard, event: PhantomData }
    }

    /// Waits for the next one; `None` when the remote is closed or has given up.
    ///
    /// # Cancel safety
    ///
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<E> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// How many were left out since this was last asked, here or by the server.
    pub fn take_missed(&self) -> u64 {
        self.heard.take_missed()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<E>> {
        loop {
            let Some(event) = ready!(self.heard.poll_next(cx)) else { return Poll::Ready(None) };
            match event.read("") {
                Ok(event) => return Poll::Ready(Some(event)),
                Err(error) => {
                    let event = E::DESCRIPTOR.name;
                    warn!(event, %error, "an event does not fit its type here");
                    self.heard.miss(1);
                }
            }
        }
    }
}

impl<E: Event + DeserializeOwned> Stream for Events<E> {
    type Item = E;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<E>> {
        self.get_mut().poll_event(cx)
    }
}

impl<E> Drop for Events<E> {
    fn drop(&mut self) {
        self.core.with(|state| {
            for all in state.events.values_mut() {
                all.retain(|heard| !Arc::ptr_eq(heard, &self.heard));
            }
        });
    }
}

impl<E> fmt::Debug for Events<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}
