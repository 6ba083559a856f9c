//! How long a process that fails waits before it is started again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use igor::{Config, ProcessContext, Registry, Scope, Server, testing};
use igor_tests::InTime as _;
use tokio::time::{Instant, sleep};

/// So long a run is one from which a process has recovered.
const RECOVERED: Duration = Duration::from_secs(60);

/// At this start it runs for so long before it fails.
const LONG_START: usize = 12;

/// When it was started, and when it failed.
#[derive(Clone, Default)]
struct Times(Arc<Mutex<Vec<(Instant, Instant)>>>);

/// Fails at each start.
#[igor::process("pauses.failing")]
#[derive(Default)]
struct Failing;

impl igor::Process for Failing {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let times: Scope<Times> = cx.scope()?;
        let started = Instant::now();
        let count = times.0.lock().expect("nobody panics with it").len() + 1;
        if count == LONG_START {
            sleep(RECOVERED).await;
        }
        times.0.lock().expect("nobody panics with it").push((started, Instant::now()));
        Err(igor::Error::internal("a bad day"))
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_double_up_to_half_a_minute_and_are_short_again_after_a_good_run() {
    let times = Times::default();
    let server = Server::new(Config::default()).registry(Registry::new().process::<Failing>());
    let server = testing::serve(server.scope(times.clone())).in_time().await.expect("served");
    let pauses = || -> Vec<_> {
        let times = times.0.lock().expect("nobody panics with it");
        times.windows(2).map(|pair| (pair[1].0 - pair[0].1).as_millis()).collect()
    };
    let expected =
        [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 100, 200];
    // In all they are three minutes and a good run.
    tokio::time::timeout(Duration::from_secs(600), async {
        while pauses().len() < expected.len() {
            sleep(Duration::from_secs(1)).await;
        }
    })
    .await
    .expect("it is started again and again");
    for (pause, expected) in pauses().into_iter().zip(expected) {
        // A timer may be a tick late.
        assert!((expected..expected + 3).contains(&pause), "{pause} of {:?}", pauses());
    }
    drop(server);
}
