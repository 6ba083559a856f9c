//! The frames of calls go out by the outbox: each in its page, an item only where nothing waits.

use std::sync::MutexGuard;

use crate::error::Error;
use crate::hub::outbox::{Outbox, State, Write};
use crate::wire::body::Body;
use crate::wire::close::CloseCode;
use crate::wire::frame::check_size;
use crate::wire::rules::Rule;

/// What became of an item that was offered.
#[derive(Debug)]
pub(crate) enum Offered {
    /// It goes out.
    Taken,
    /// Its call is over.
    Over,
    /// Something waits already; this is the item.
    Waits(Body),
}

impl Outbox {
    /// Queues a body of a call of the page with this number.
    ///
    /// # Errors
    ///
    /// `too_large` when no message may be so large. A page that is over takes nothing, in silence:
    /// nobody is left to read it.
    pub(crate) fn push_for_page(&self, page: u64, body: Body, write: Write) -> Result<(), Error> {
        check_size(&body, self.limits.message_bytes)?;
        self.take_for_page(self.state(), page, body, write);
        Ok(())
    }

    /// Queues an item of a call if nothing is left in the mailbox: who produces much is not to
    /// overrun a slow client. A call that is over sends nothing more.
    ///
    /// # Errors
    ///
    /// As [`push_for_page`](Outbox::push_for_page).
    pub(crate) fn offer_item(
        &self,
        page: u64,
        body: Body,
        is_over: impl Fn() -> bool,
    ) -> Result<Offered, Error> {
        check_size(&body, self.limits.message_bytes)?;
        Ok(self.offer(page, body, is_over))
    }

    /// Queues an item that was offered and has to wait; says whether its call was not over by then.
    pub(crate) async fn push_item(
        &self,
        page: u64,
        mut body: Body,
        is_over: impl Fn() -> bool,
    ) -> bool {
        loop {
            let emptied = self.emptied.notified();
            if !self.state().mailbox.is_empty() {
                emptied.await;
            }
            match self.offer(page, body, &is_over) {
                Offered::Taken => return true,
                Offered::Over => return false,
                Offered::Waits(item) => body = item,
            }
        }
    }

    fn offer(&self, page: u64, body: Body, is_over: impl Fn() -> bool) -> Offered {
        let state = self.state();
        if is_over() {
            return Offered::Over;
        }
        if !state.mailbox.is_empty() {
            return Offered::Waits(body);
        }
        self.take_for_page(state, page, body, Write::Soon);
        Offered::Taken
    }

    /// Queues a short body of a call that is not its last, unless the call is over.
    pub(crate) fn push_unless(&self, is_over: impl FnOnce() -> bool, page: u64, body: Body) {
        let state = self.state();
        // Whoever ends a call makes it over, then queues its last frame, for which it takes this
        // lock: so nothing comes behind that.
        if !is_over() {
            self.take_for_page(state, page, body, Write::Soon);
        }
    }

    fn take_for_page(&self, mut state: MutexGuard<'_, State>, page: u64, body: Body, write: Write) {
        let is_over = state.page != page && self.rules.hold(Rule::EndOldPage);
        if is_over || state.is_overrun {
            return;
        }
        let kept = state.mailbox.bytes() + state.link.cost_bytes();
        if kept > 0 && kept + body.len() > self.limits.client_bytes {
            // A reply cannot be left out, so the page that does not fetch its replies is over.
            state.is_overrun = true;
            if let Some(socket) = &state.socket {
                socket.close(CloseCode::TooSlow);
            }
            return;
        }
        if state.can_skip_mailbox(&body, self.rules) {
            state.link.push(body);
        } else {
            state.mailbox.post_call(body);
        }
        self.write_out(state, write);
    }
}
