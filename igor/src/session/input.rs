//! The items of an input on their way to its action: a queue that is bounded by the credit that the
//! action gives.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use crate::error::{Code, Error};
use crate::wire::piece::Piece;

/// The bytes of items after which the caller waits for new credit, however many items it has left.
const AHEAD_BYTES: usize = 256 << 10;

/// What a caller may be ahead in bytes: it counts what it sends in characters.
const MOST_AHEAD_BYTES: usize = 4 * AHEAD_BYTES;

/// The items of one call. Its action takes them; the table of open calls puts them in.
#[derive(Debug)]
pub(crate) struct InputQueue {
    state: Mutex<State>,
    /// Items that may be on their way or wait here.
    window: u32,
    /// The bytes of all inputs of the page, of which its own are a part; the others hold it too.
    together: Arc<AtomicUsize>,
}

/// How much of inputs is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MostKept {
    /// Bytes of the largest message.
    pub(crate) message_bytes: usize,
    /// Bytes of all inputs of a client.
    pub(crate) client_bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Piece>,
    bytes: usize,
    /// Items that the caller may still send.
    credit: u32,
    /// Whether the action has asked for anything.
    is_asked: bool,
    /// Items that were taken and for which the caller has no new credit, and their bytes.
    taken: u32,
    taken_bytes: usize,
    end: Option<End>,
    waker: Option<Waker>,
}

#[derive(Clone, Debug)]
enum End {
    Whole,
    Failed(String),
    /// The call has ended.
    Over,
}

/// What an action finds.
#[derive(Debug)]
pub(crate) enum Taken {
    Item(Piece),
    /// There are no more.
    End,
    /// There are no more, because of this.
    Failed(Error),
}

impl InputQueue {
    /// An empty one.
    pub(crate) fn new(window: u32, together: &Arc<AtomicUsize>) -> Self {
        InputQueue { state: Mutex::default(), window, together: Arc::clone(together) }
    }

    /// Puts in an item. One that comes while nothing else waits has a place, whatever it costs.
    ///
    /// # Errors
    ///
    /// `bad_frame` where the caller had no credit for it, `overloaded` where it is further ahead
    /// in bytes than any caller may be, or all inputs of its page together are. Each ends the call.
    pub(crate) fn push(&self, item: Piece, most: MostKept) -> Result<(), Error> {
        let mut state = self.state();
        if state.end.is_some() {
            return Ok(());
        }
        if state.credit == 0 {
            let text = "an item of the input was sent without credit for it";
            return Err(Error::new(Code::BadFrame, text));
        }
        state.credit -= 1;
        let bytes = item.cost_bytes();
        if state.bytes + bytes > MOST_AHEAD_BYTES.saturating_add(most.message_bytes) {
            let text = "more of the input was sent than its action is ready to take";
            return Err(Error::new(Code::Overloaded, text));
        }
        let others = self.together.fetch_add(bytes, Ordering::Relaxed);
        if others > 0 && others + bytes > most.client_bytes {
            self.together.fetch_sub(bytes, Ordering::Relaxed);
            let most = most.client_bytes;
            let text = format!(
                "the inputs of all calls hold more than {most} bytes that nobody has taken"
            );
            return Err(Error::new(Code::Overloaded, text));
        }
        state.bytes += bytes;
        state.items.push_back(item);
        wake(state);
        Ok(())
    }

    /// No more come: they are all there, or the caller failed with this error.
    pub(crate) fn end(&self, failure: Option<String>) {
        self.close(failure.map_or(End::Whole, End::Failed));
    }

    /// The call has ended: what waits is of no use.
    pub(crate) fn give_up(&self) {
        self.close(End::Over);
    }

    /// Takes the next item; before it waits for one, `grant` gives the caller more credit.
    pub(crate) fn poll_take(&self, cx: &mut Context<'_>, grant: impl FnOnce(u32)) -> Poll<Taken> {
        let mut state = self.state();
        let taken = state.take();
        if let Some(Taken::Item(item)) = &taken {
            self.together.fetch_sub(item.cost_bytes(), Ordering::Relaxed);
        }
        if taken.is_none() {
            state.waker = Some(cx.waker().clone());
        }
        let more = state.more(self.window);
        drop(state);
        if more > 0 {
            grant(more);
        }
        taken.map_or(Poll::Pending, Poll::Ready)
    }

    fn close(&self, end: End) {
        let mut state = self.state();
        if matches!(end, End::Over) {
            self.clear(&mut state);
        }
        state.end.get_or_insert(end);
        wake(state);
    }

    /// Throws away what waits.
    fn clear(&self, state: &mut State) {
        state.items.clear();
        self.together.fetch_sub(std::mem::take(&mut state.bytes), Ordering::Relaxed);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for InputQueue {
    fn drop(&mut self) {
        self.clear(&mut self.state());
    }
}

impl State {
    fn take(&mut self) -> Option<Taken> {
        if let Some(item) = self.items.pop_front() {
            self.bytes -= item.cost_bytes();
            self.taken += 1;
            self.taken_bytes += item.cost_bytes();
            return Some(Taken::Item(item));
        }
        Some(match self.end.clone()? {
            End::Whole => Taken::End,
            End::Failed(text) => Taken::Failed(Error::new(Code::BadData, text)),
            End::Over => Taken::Failed(Error::new(Code::Cancelled, "the call is over")),
        })
    }

    /// The credit that is due to the caller. Single credits would cost a frame each.
    fn more(&mut self, window: u32) -> u32 {
        let is_due = self.taken >= window.div_ceil(2) || self.taken_bytes >= AHEAD_BYTES / 2;
        let more = match (self.is_asked, is_due) {
            _ if self.end.is_some() => 0,
            (false, _) => window,
            (true, true) => self.taken,
            (true, false) => 0,
        };
        if more > 0 {
            self.is_asked = true;
            self.credit += more;
            (self.taken, self.taken_bytes) = (0, 0);
        }
        more
    }
}

fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::message::Message;

    const MOST: MostKept = MostKept { message_bytes: 1 << 20, client_bytes: 16 << 20 };

    /// The only input of its page.
    fn alone(window: u32) -> InputQueue {
        InputQueue::new(window, &Arc::default())
    }

    fn item(bytes: usize) -> Piece {
        let text = format!("\"{}\"", "x".repeat(bytes - 2));
        let message = Message::of_text(text.into());
        let value = serde_json::from_str(&message.text).expect("a text");
        Piece::new(&message, Some(value))
    }

    /// Takes what there is; says what was taken and the credit that was given.
    fn take(queue: &InputQueue) -> (Option<Taken>, u32) {
        let mut granted = 0;
        let taken = queue.poll_take(&mut Context::from_waker(Waker::noop()), |more| granted = more);
        match taken {
            Poll::Ready(taken) => (Some(taken), granted),
            Poll::Pending => (None, granted),
        }
    }

    fn code(taken: Option<Taken>) -> Option<Code> {
        match taken? {
            Taken::Failed(error) => Some(error.code()),
            _ => None,
        }
    }

    #[test]
    fn nothing_may_be_sent_before_it_is_asked_for() {
        let queue = alone(2);
        let refused = queue.push(item(2), MOST).expect_err("no credit");
        assert_eq!(refused.code(), Code::BadFrame);
        assert!(matches!(take(&queue), (None, 2)));
        for _ in 0..2 {
            queue.push(item(2), MOST).expect("credit");
        }
        assert_eq!(queue.push(item(2), MOST).expect_err("used").code(), Code::BadFrame);
    }

    #[test]
    fn what_is_there_is_taken_before_the_end() {
        let queue = alone(2);
        take(&queue);
        queue.push(item(2), MOST).expect("credit");
        queue.end(Some("the file is gone".to_owned()));
        assert!(matches!(take(&queue), (Some(Taken::Item(_)), 0)));
        assert_eq!(code(take(&queue).0), Some(Code::BadData));
        queue.give_up();
        assert_eq!(code(take(&queue).0), Some(Code::BadData), "the first reason stays");
    }

    #[test]
    fn the_end_of_the_call_ends_it_at_once() {
        let queue = alone(2);
        take(&queue);
        queue.push(item(2), MOST).expect("credit");
        queue.give_up();
        assert_eq!(code(take(&queue).0), Some(Code::Cancelled));
    }

    #[test]
    fn a_caller_that_is_too_far_ahead_in_bytes_is_refused() {
        let queue = alone(100);
        take(&queue);
        let refused = (0..100).find_map(|_| queue.push(item(100 << 10), MOST).err());
        assert_eq!(refused.map(|error| error.code()), Some(Code::Overloaded));
    }

    #[test]
    fn what_all_inputs_of_a_page_keep_is_bounded_until_it_is_taken_or_thrown_away() {
        let together = Arc::default();
        let queues: Vec<_> = (0..4).map(|_| InputQueue::new(100, &together)).collect();
        let most = MostKept { client_bytes: 3 << 10, ..MOST };
        let push = |at: usize| queues[at].push(item(1 << 10), most).map_err(|error| error.code());
        queues.iter().for_each(|queue| assert!(matches!(take(queue), (None, 100))));
        assert_eq!([push(0), push(0), push(1)], [Ok(()); 3]);
        assert_eq!([push(0), push(2)], [Err(Code::Overloaded); 2]);
        assert!(matches!(take(&queues[0]).0, Some(Taken::Item(_))));
        assert_eq!([push(2), push(2)], [Ok(()), Err(Code::Overloaded)], "one was taken");
        queues[1].give_up();
        assert_eq!([push(2), push(2)], [Ok(()), Err(Code::Overloaded)], "one has ended");
        drop(queues);
        assert_eq!(together.load(Ordering::Relaxed), 0);
        let queue = InputQueue::new(100, &together);
        take(&queue);
        queue.push(item(5 << 10), most).expect("nothing else waits");
        assert_eq!(queue.push(item(2), most).map_err(|error| error.code()), Err(Code::Overloaded));
    }

    proptest! {
        /// A caller that waits when it has no credit or is too far ahead never waits for ever.
        #[test]
        fn an_action_that_takes_everything_keeps_its_caller_going(
            window in 1..300u32,
            sizes in prop::collection::vec(prop_oneof![2..100usize, 2..500_000usize], 1..60),
        ) {
            let queue = alone(window);
            let mut sizes = VecDeque::from(sizes);
            let mut on_the_way = VecDeque::new();
            let mut credit = 0;
            let mut left = sizes.len();
            while left > 0 {
                let ahead = |on_the_way: &VecDeque<usize>| on_the_way.iter().sum::<usize>();
                while credit > 0 && ahead(&on_the_way) < AHEAD_BYTES {
                    let Some(size) = sizes.pop_front() else { break };
                    queue.push(item(size), MOST).expect("credit");
                    on_the_way.push_back(size);
                    credit -= 1;
                }
                let before = left;
                let mut granted = 0;
                loop {
                    let (taken, more) = take(&queue);
                    granted += more;
                    if taken.is_none() {
                        break;
                    }
                    left -= 1;
                }
                let released = granted.min(on_the_way.len() as u32) as usize;
                on_the_way.drain(..released);
                credit += granted;
                prop_assert!(left < before || granted > 0, "both wait");
            }
        }
    }
}
