//! Actions that not everybody may call, nor as often as they like, and a layer around all.

use igor::{Call, Error, Next, Replied, Scope, Session};

use crate::notes::Notes;

/// Why somebody may not pass.
#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("pay {price} first")]
struct Unpaid {
    price: u32,
}

fn has_paid(paid: Session<bool>) -> Result<(), Unpaid> {
    if paid.cloned() { Ok(()) } else { Err(Unpaid { price: 3 }) }
}

/// For those who have paid.
#[igor::action("talk.pass", guard = has_paid)]
fn pass() -> Result<bool, Unpaid> {
    Ok(true)
}

/// Pays.
#[igor::action("talk.pay")]
fn pay(paid: Session<bool>) {
    paid.write(|paid| *paid = true);
}

/// May be called twice in an hour.
#[igor::action("talk.rare", rate = "2/h")]
fn rare() {}

/// Runs once at a time.
#[igor::action("talk.alone", concurrency = 1)]
async fn alone(notes: Scope<Notes>) {
    notes.note("alone");
    std::future::pending::<()>().await
}

/// Closed by the layer.
#[igor::action("talk.closed")]
fn closed() {}

/// Notes what is called, and lets nobody through to what is closed.
pub(crate) async fn layer(notes: Notes, call: Call, next: Next) -> igor::Result<Replied> {
    let action = call.action();
    if action == "talk.closed" {
        return Err(Error::forbidden("closed for the night"));
    }
    let ended = next.run(call).await;
    if action == "talk.echo" && ended.is_ok() {
        notes.note("echoed");
    }
    ended
}
