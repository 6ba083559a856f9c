//! The end of a server: calls first, then processes, one after the other, in a bounded time.

use std::time::Duration;

use igor::{ProcessContext, Processes, Registry, Scope};
use igor_tests::{Bench, Page, config};
use serde_json::json;

use super::{Clock, Ticked, bench, serving, serving_by};

/// Puts itself in order when it is stopped.
macro_rules! tidy {
    ($item:ident, $name:literal) => {
        #[igor::process($name, start = "asked")]
        #[derive(Default)]
        struct $item {
            did: u32,
        }

        impl igor::Process for $item {
            async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
                let _guard = bench(cx).guard(concat!($name, " dropped"));
                self.did += 1;
                bench(cx).tell(concat!($name, " runs"));
                std::future::pending().await
            }

            async fn stop(&mut self, cx: &ProcessContext) -> igor::Result<()> {
                tokio::task::yield_now().await;
                bench(cx).tell(format!(concat!($name, " keeps {}"), self.did));
                Ok(())
            }
        }
    };
}

tidy!(A, "a");
tidy!(B, "b");
tidy!(C, "c");

#[igor::action("ending.start")]
async fn start(name: String, processes: Scope<Processes>) {
    if let Some(process) = processes.named(&name) {
        process.start();
    }
}

/// Lasts until the test lets it end.
#[igor::action("ending.hold")]
async fn hold(bench: Scope<Bench>) {
    let _guard = bench.guard("call over");
    bench.tell("holding");
    bench.permit().await;
}

#[tokio::test]
async fn processes_end_in_the_reverse_order_of_their_start_each_in_order() {
    let registry = Registry::new().process::<A>().process::<B>().process::<C>().action::<start>();
    let mut test = serving(registry).await;
    let mut page = Page::open(&test.server).await;
    for name in ["b", "c", "a"] {
        page.ask("ending.start", json!(name)).await;
        assert_eq!(test.heard.next().await, format!("{name} runs"));
    }
    test.server.stop().await;
    for name in ["a", "c", "b"] {
        assert_eq!(test.heard.next().await, format!("{name} dropped"));
        assert_eq!(test.heard.next().await, format!("{name} keeps 1"));
    }
}

#[tokio::test]
async fn processes_outlast_the_calls_that_may_need_them() {
    let registry = Registry::new().process::<Clock>().event::<Ticked>().action::<hold>();
    let mut config = config();
    config.connection.drain = Duration::from_secs(60);
    let mut test = serving_by(config, registry, |server| server).await;
    assert_eq!(test.heard.next().await, "processes.clock runs");
    let mut page = Page::open(&test.server).await;
    page.call("ending.hold", json!(null)).await;
    assert_eq!(test.heard.next().await, "holding");
    test.server.handle().stop();
    page.find(|frame| frame["action"] == "igor.goodbye").await;
    // Whoever takes the first two, the clock or the call, the clock ends behind the call.
    test.bench.allow(100);
    assert_eq!(test.heard.next().await, "call over");
    drop(page);
    test.server.stop().await;
    assert_eq!(test.heard.next().await, "clock dropped");
}

/// Is never done with stopping.
#[igor::process("ending.stubborn")]
#[derive(Default)]
struct Stubborn;

impl igor::Process for Stubborn {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        bench(cx).tell("stubborn runs");
        std::future::pending().await
    }

    async fn stop(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        bench(cx).tell("stubborn stays");
        std::future::pending().await
    }
}

/// Does not look whether it is to stop.
#[igor::process("ending.deaf", thread)]
#[derive(Default)]
struct Deaf;

impl igor::Process for Deaf {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench = bench(cx);
        bench.tell("deaf runs");
        while !bench.has_permit() {
            std::thread::yield_now();
        }
        Ok(())
    }
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let registry = Registry::new().process::<Stubborn>().process::<Deaf>();
    let mut config = config();
    config.processes.stop = Duration::from_millis(50);
    let mut test = serving_by(config, registry, |server| server).await;
    let mut runs = [test.heard.next().await, test.heard.next().await];
    runs.sort();
    assert_eq!(runs, ["deaf runs", "stubborn runs"]);
    test.server.stop().await;
    assert_eq!(test.heard.next().await, "stubborn stays");
    test.bench.allow(1);
}
