//! Actions that end in all the ways in which calls end, and tell what became of them.

use futures_util::{Stream, StreamExt as _, stream};
use igor::{Cancelled, Deadline, Scope};
use igor_tests::Bench;

use crate::notes::Notes;

/// Counts without end, and how far it has come.
#[igor::action("talk.endless")]
fn endless(notes: Scope<Notes>) -> impl Stream<Item = u32> {
    let guard = notes.guard("endless");
    stream::iter(1..).map(move |number| {
        let _ = &guard;
        notes.note("made");
        number
    })
}

/// Answers at once, whatever the size.
#[igor::action("talk.echo")]
fn echo(text: String) -> String {
    text
}

/// How many milliseconds the call has left.
#[igor::action("talk.left")]
fn left(deadline: Deadline) -> Option<u32> {
    deadline.remaining().map(|left| left.as_millis() as u32)
}

/// Waits for what does not come.
#[igor::action("talk.hold")]
async fn hold(notes: Scope<Notes>) {
    let _guard = notes.guard("hold");
    std::future::pending::<()>().await
}

/// The same, for a moment at most.
#[igor::action("talk.hold_short", timeout = "20ms")]
async fn hold_short(notes: Scope<Notes>) {
    let _guard = notes.guard("hold_short");
    std::future::pending::<()>().await
}

/// Goes on to its end, whoever waits for it.
#[igor::action("talk.finish", no_cancel)]
async fn finish(bench: Scope<Bench>, notes: Scope<Notes>) {
    notes.note("finishing");
    bench.permit().await;
    notes.note("finished");
}

/// Works until nobody waits for it.
#[igor::action("talk.work", blocking)]
fn work(cancelled: Cancelled, notes: Scope<Notes>) {
    notes.note("working");
    while !cancelled.is_set() {
        std::thread::yield_now();
    }
    notes.note("stopped working");
}
