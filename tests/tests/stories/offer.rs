//! What the servers of the stories offer: calls that tell when they run, and wait to be let go.

use igor::{Hub, Registry, Scope};
use igor_tests::Bench;

/// Something was said.
#[igor::event("story.said")]
struct Said {
    count: u32,
}

/// Tells that it runs, waits for a permit, and tells when it is gone, however it ends.
#[igor::action("story.hold")]
async fn hold(nonce: u32, bench: Scope<Bench>) -> u32 {
    let _gone = bench.guard("gone");
    bench.tell(format!("hold {nonce}"));
    bench.permit().await;
    nonce
}

/// Tells that it runs and waits for a permit; it may run twice.
#[igor::action("story.again", idempotent)]
async fn again(nonce: u32, bench: Scope<Bench>) -> u32 {
    bench.tell(format!("again {nonce}"));
    bench.permit().await;
    nonce
}

/// Says something to everybody.
#[igor::action("story.say")]
fn say(count: u32, hub: Hub) {
    hub.all().send(&Said { count });
}

/// All of it.
pub(crate) fn registry() -> Registry {
    Registry::new().action::<hold>().action::<again>().action::<say>().event::<Said>()
}
