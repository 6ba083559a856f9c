//! What a server says reaches whom it is for.

use std::collections::BTreeMap;
use std::time::Duration;

use tracing::warn;

use crate::remote::open::{Failure, Open};
use crate::remote::server_frame::{Goodbye, ServerFrame};
use crate::remote::state::{MOST_BYTES, State};
use crate::wire::ask::withdrawal;
use crate::wire::close::CloseCode;
use crate::wire::frame::Asks;
use crate::wire::message::Message;
use crate::wire::piece::Piece;
use crate::wire::sequence::Verdict;

impl State {
    /// Takes a message of the server.
    ///
    /// # Errors
    ///
    /// How the socket is to be closed.
    pub(in crate::remote) fn receive(&mut self, message: &Message) -> Result<(), CloseCode> {
        let frame = ServerFrame::read(message).map_err(|error| {
            warn!(%error, "the server sent something that is not a frame");
            CloseCode::Protocol
        })?;
        if let Some(ack) = frame.ack {
            self.link.acknowledge(ack).map_err(|_| CloseCode::Protocol)?;
        }
        if frame.beat {
            self.beat(Asks::Nothing);
        }
        if let Some(n) = frame.n {
            match self.link.receive(n, message.bytes) {
                Verdict::Deliver => {}
                Verdict::Drop => return Ok(()),
                Verdict::Gap => return Err(CloseCode::Gap),
                Verdict::GapAgain => return Err(CloseCode::Protocol),
            }
        }
        self.deliver(&frame, message);
        Ok(())
    }

    fn deliver(&mut self, frame: &ServerFrame<'_>, message: &Message) {
        let data = || Piece::new(message, frame.data.map(|data| data.get()));
        match (frame.id(), frame.action.as_deref()) {
            // Nothing more is answered to who takes no answers.
            (Some(id), Some(name)) if id < 0 && self.queue_bytes < MOST_BYTES => {
                self.requests.ask(id, name, data());
            }
            (Some(id), None) if id < 0 && frame.cancel => self.requests.stop(id),
            (Some(id), None) => self.of_call(id, frame, data()),
            (_, Some("igor.goodbye")) => {
                let told = data().read::<Goodbye>("goodbye").ok();
                self.retry_after = told.as_ref().map_or(Duration::ZERO, Goodbye::wait);
                if let Some(last_call) = told.and_then(|told| told.last_call) {
                    self.hold(last_call);
                }
            }
            (_, Some("igor.missed")) => {
                for (name, count) in data().read::<BTreeMap<String, u64>>("").unwrap_or_default() {
                    for heard in self.events.get(name.as_str()).into_iter().flatten() {
                        heard.miss(count);
                    }
                }
            }
            (_, Some(name)) => {
                for heard in self.events.get(name).into_iter().flatten() {
                    self.to_wake.extend(heard.push(data()));
                }
            }
            (None, None) => {
                if let Some(error) = frame.failure() {
                    warn!(%error, "the server refused a frame");
                }
            }
        }
    }

    fn of_call(&mut self, id: i64, frame: &ServerFrame<'_>, data: Piece) {
        // A call that waits was refused by the server that this frame comes from.
        let is_open = |open: &&mut Open| open.is_sent && open.end.is_none();
        let Some(open) = self.calls.get_mut(&id).filter(is_open) else { return };
        if let Some(more) = frame.credit {
            open.want(more);
        } else if let Some(error) = frame.failure() {
            let data = frame.data.is_some().then_some(data);
            return self.end(id, Err(Failure { error, data }));
        } else if frame.close {
            return self.end(id, Ok(data));
        } else if let Err(error) = open.push(data) {
            self.end(id, Err(Failure { error, data: None }));
            return self.post(id, withdrawal(id));
        }
        self.to_wake.extend(open.waker.take());
        self.grant(id);
    }
}
