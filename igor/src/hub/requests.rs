//! The requests that a page has not answered: a plain table.

use std::collections::HashMap;

use tokio::sync::oneshot::{self, Receiver, Sender};

use crate::error::{Code, Executed};
use crate::wire::piece::Piece;

/// What a page was asked and has not answered. Ids count down from −1 for each page.
#[derive(Debug, Default)]
pub(super) struct Requests {
    open: HashMap<i64, OpenRequest>,
    /// The lowest id so far.
    lowest: i64,
}

#[derive(Debug)]
struct OpenRequest {
    answer: Sender<Answer>,
    /// Whether there was a socket at any time since it was asked.
    may_be_seen: bool,
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The page's reply.
    Replied(Piece),
    /// The page's refusal.
    Failed(Code, String),
    /// There will be no answer, and why.
    Lost(&'static str, Executed),
}

impl Requests {
    /// Opens a request; `None` where so many wait already.
    pub(super) fn open(
        &mut self,
        most: usize,
        may_be_seen: bool,
    ) -> Option<(i64, Receiver<Answer>)> {
        if self.open.len() >= most {
            return None;
        }
        let (answer, answered) = oneshot::channel();
        self.lowest -= 1;
        self.open.insert(self.lowest, OpenRequest { answer, may_be_seen });
        Some((self.lowest, answered))
    }

    /// There is a socket: the page may see whatever it was asked.
    pub(super) fn may_be_seen(&mut self) {
        self.open.values_mut().for_each(|request| request.may_be_seen = true);
    }

    /// Hands over an answer; says whether there was a request of this id, answered before or not.
    pub(super) fn answer(&mut self, id: i64, answer: Answer) -> bool {
        if let Some(request) = self.open.remove(&id) {
            // Who asked may have left in this moment.
            let _ = request.answer.send(answer);
        }
        (self.lowest..0).contains(&id)
    }

    /// Forgets a request; says whether it had no answer.
    pub(super) fn withdraw(&mut self, id: i64) -> bool {
        self.open.remove(&id).is_some()
    }

    /// There will be no answers; ids begin again.
    pub(super) fn end(&mut self, why: &'static str) {
        for request in std::mem::take(self).open.into_values() {
            let executed = if request.may_be_seen { Executed::Unknown } else { Executed::No };
            let _ = request.answer.send(Answer::Lost(why, executed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(answered: &mut Receiver<Answer>) -> Executed {
        match answered.try_recv() {
            Ok(Answer::Lost("gone", executed)) => executed,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ids_count_down_and_an_answer_is_taken_once() {
        let mut requests = Requests::default();
        let (first, mut answered) = requests.open(2, true).expect("a place");
        let (second, _) = requests.open(2, true).expect("a place");
        assert_eq!((first, second), (-1, -2));
        assert!(requests.open(2, true).is_none());
        let refusal = || Answer::Failed(Code::Internal, "no".to_owned());
        assert!(requests.answer(-1, refusal()));
        assert!(matches!(answered.try_recv(), Ok(Answer::Failed(..))));
        assert!(requests.answer(-1, refusal()), "late, but known");
        assert!(!requests.answer(-3, refusal()));
        assert!(!requests.answer(0, refusal()));
        assert!(requests.withdraw(-2) && !requests.withdraw(-2));
    }

    #[test]
    fn only_what_no_socket_could_carry_is_known_not_to_have_run() {
        let mut requests = Requests::default();
        let (_, mut seen) = requests.open(2, false).expect("a place");
        requests.may_be_seen();
        let (_, mut unseen) = requests.open(2, false).expect("a place");
        requests.end("gone");
        assert_eq!((lost(&mut seen), lost(&mut unseen)), (Executed::Unknown, Executed::No));
        assert_eq!(requests.open(1, true).map(|(id, _)| id), Some(-1));
    }
}
