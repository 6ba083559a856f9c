//! Requests go out by the outbox, and their answers come back to it: it knows the page.

use std::sync::Arc;

use tokio::sync::oneshot::Receiver;

use crate::error::{Code, Error, Executed};
use crate::hub::outbox::{Outbox, Write};
use crate::hub::requests::Answer;
use crate::wire::ask::{Question, withdrawal};

/// A request that is on its way. Dropped without an answer, it is taken back.
#[derive(Debug)]
pub(crate) struct Asked {
    outbox: Arc<Outbox>,
    page: u64,
    id: i64,
    answer: Receiver<Answer>,
}

impl Outbox {
    /// Asks the page; of so many requests it has not answered at most.
    ///
    /// # Errors
    ///
    /// `overloaded` when so many wait already, `too_large` when no message may be so large.
    pub(crate) fn ask(self: &Arc<Self>, question: &Question, most: usize) -> Result<Asked, Error> {
        let mut state = self.state();
        let may_be_seen = state.socket.is_some();
        let Some((id, answer)) = state.requests.open(most, may_be_seen) else {
            let text = format!("{most} requests wait for an answer of the client already");
            return Err(Error::new(Code::Overloaded, text));
        };
        let page = state.page;
        drop(state);
        let asked = Asked { outbox: Arc::clone(self), page, id, answer };
        if let Err(error) = self.push_for_page(page, question.body(id), Write::Soon) {
            self.state().requests.withdraw(id);
            return Err(error);
        }
        Ok(asked)
    }

    /// Hands an answer of the page with this number to who asked; says whether it was asked so.
    pub(crate) fn answer(&self, page: u64, id: i64, answer: Answer) -> bool {
        let mut state = self.state();
        state.page != page || state.requests.answer(id, answer)
    }
}

impl Asked {
    /// Waits for the answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        // The outbox tells whoever asked before it forgets a request.
        let gone = Answer::Lost("nobody is left to answer", Executed::Unknown);
        (&mut self.answer).await.unwrap_or(gone)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let mut state = self.outbox.state();
        if state.page == self.page && state.requests.withdraw(self.id) {
            drop(state);
            // It is short.
            let _ = self.outbox.push_for_page(self.page, withdrawal(self.id), Write::Soon);
        }
    }
}
