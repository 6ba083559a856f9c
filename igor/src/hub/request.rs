//! Asking one client.

use std::sync::Arc;

use crate::error::{Code, Error, Executed};
use crate::hub::{Answer, Client};
use crate::request::{Reply, Request, RequestDescriptor};
use crate::wire::ask::Question;

impl Client {
    /// Asks the page of this client, and waits for its answer.
    ///
    /// It survives a connection that is lost, as a call does: the page is asked once and its answer
    /// arrives once. It waits for 60 s, or as long as `#[igor::request("…", timeout = "…")]` or
    /// [`RequestLimits`](crate::RequestLimits) says.
    ///
    /// # Errors
    ///
    /// | code | when |
    /// |---|---|
    /// | `unknown_action` | nobody on the page handles it, or the client speaks classic |
    /// | `internal` | its handler threw; the text says what |
    /// | `bad_data` | the answer does not fit its type |
    /// | `deadline_exceeded` | no answer came in time |
    /// | `session_lost` | the client is gone, or its page was left; [`executed`](Error::executed) says whether it can have been asked |
    /// | `contract_mismatch` | the page was made for another form of this request |
    /// | `overloaded` | too many requests wait for an answer of this client |
    /// | `unsendable`, `too_large` | the request cannot go out |
    ///
    /// # Cancel safety
    ///
    /// When the future is dropped the request is taken back, and the signal that its handler was
    /// given aborts.
    pub async fn request<R: Request<Reply: Reply>>(&self, request: &R) -> Result<R::Reply, Error> {
        let RequestDescriptor { name, timeout, .. } = *R::DESCRIPTOR;
        let limits = &self.hub.board.requests;
        let found = self.hub.rooms().one(&self.id).map(|(_, outbox)| Arc::clone(outbox));
        let Some(outbox) = found else {
            let text = format!("there is no client `{}` to ask `{name}`", self.id);
            return Err(Error::session_lost(text, Executed::No));
        };
        let mut asked = outbox
            .ask(&Question::new(name, request, self.hub.board.message_bytes)?, limits.open)?;
        let within = timeout.unwrap_or(limits.timeout);
        match tokio::time::timeout(within, asked.answer()).await {
            Ok(Answer::Replied(reply)) => reply.read("answer").map_err(|error| {
                let text =
                    format!("the page's answer to `{name}` does not fit: {}", error.message());
                Error::new(error.code(), text)
            }),
            Ok(Answer::Failed(code, text)) => {
                Err(Error::new(code, format!("the page did not answer `{name}`: {text}")))
            }
            Ok(Answer::Lost(why, executed)) => {
                let text = format!("client `{}` did not answer `{name}`: {why}", self.id);
                Err(Error::session_lost(text, executed))
            }
            Err(_) => {
                let text = format!("the page did not answer `{name}` within {within:?}");
                Err(Error::new(Code::DeadlineExceeded, text))
            }
        }
    }
}
