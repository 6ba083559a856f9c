//! When processes start, and how the program starts, stops and watches them.

use igor::{ProcessContext, ProcessState, Processes, Registry, Scope, Server};
use igor_tests::{Bench, Heard, Page, Running, config, result, within};
use serde_json::{Value, json};

use super::{Clock, Test, Ticked, bench, serving};

/// Runs until it may end.
#[igor::process("control.asked", start = "asked")]
#[derive(Default)]
struct Asked;

impl igor::Process for Asked {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        bench(cx).tell("asked runs");
        bench(cx).permit().await;
        Ok(())
    }
}

/// Says how many clients there are when it starts.
#[igor::process("control.first", start = "first_client")]
#[derive(Default)]
struct First;

impl igor::Process for First {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        bench(cx).tell(format!("started for {}", cx.clients().len()));
        std::future::pending().await
    }
}

/// Fails for each start, and would soon pause for long.
#[igor::process("control.failing", start = "asked")]
#[derive(Default)]
struct Failing;

impl igor::Process for Failing {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let start = bench(cx).count();
        Err(igor::Error::internal(format!("failure {start}")))
    }
}

/// Blocks its thread until it is to stop.
#[igor::process("control.thread", thread)]
#[derive(Default)]
struct Blocks;

impl igor::Process for Blocks {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench = bench(cx);
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        bench.tell(format!("blocks `{thread}`"));
        while !cx.is_stopping() {
            std::thread::yield_now();
        }
        bench.tell("blocks no more");
        Ok(())
    }
}

/// Stops itself.
#[igor::process("control.suicide")]
#[derive(Default)]
struct Suicide;

impl igor::Process for Suicide {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let _guard = bench(cx).guard("gone by itself");
        cx.scope::<Processes>()?.of::<Suicide>()?.stop();
        std::future::pending().await
    }
}

#[igor::action("control.start")]
fn start(name: String, processes: Scope<Processes>) -> bool {
    processes.named(&name).inspect(|process| process.start()).is_some()
}

#[igor::action("control.stop")]
async fn stop(name: String, processes: Scope<Processes>) -> Option<String> {
    let process = processes.named(&name)?;
    process.stop();
    Some(process.until(|status| !status.state.is_active()).await.state.to_string())
}

/// Its state, how often it was started, and why it failed last.
#[igor::action("control.status")]
fn status(name: String, processes: Scope<Processes>) -> Option<(String, u64, Option<String>)> {
    let status = processes.named(&name)?.status();
    Some((status.state.to_string(), status.starts, status.last_error))
}

fn actions() -> Registry {
    Registry::new().action::<start>().action::<stop>().action::<status>().event::<Ticked>()
}

async fn status_of(page: &mut Page, name: &str) -> Value {
    page.ask("control.status", json!(name)).await["data"].clone()
}

#[tokio::test]
async fn a_process_that_is_asked_for_starts_when_an_action_asks() {
    let Test { server, bench, mut heard } = serving(actions().process::<Asked>()).await;
    let mut page = Page::open(&server).await;
    assert_eq!(status_of(&mut page, "control.asked").await, json!(["waiting", 0, null]));
    for starts in 1..=2 {
        assert_eq!(page.ask("control.start", json!("control.asked")).await, result(true));
        assert_eq!(heard.next().await, "asked runs");
        assert_eq!(status_of(&mut page, "control.asked").await, json!(["running", starts, null]));
        // To be asked for again changes nothing.
        page.ask("control.start", json!("control.asked")).await;
        bench.allow(1);
        let ended = page.find(|frame| frame["streamId"] == "control.asked").await;
        assert_eq!(ended, json!({ "streamId": "control.asked", "close": true }));
        assert_eq!(status_of(&mut page, "control.asked").await, json!(["ended", starts, null]));
    }
    assert_eq!(page.ask("control.start", json!("nobody")).await, result(false));
}

#[tokio::test]
async fn a_process_may_start_with_the_first_client() {
    let Test { server, mut heard, .. } = serving(actions().process::<First>()).await;
    let mut page = Page::open(&server).await;
    assert_eq!(heard.next().await, "started for 1");
    let _other = Page::open(&server).await;
    assert_eq!(status_of(&mut page, "control.first").await, json!(["running", 1, null]));
}

#[tokio::test]
async fn a_process_is_stopped_and_started_again() {
    let Test { server, bench, mut heard } = serving(actions().process::<Clock>()).await;
    let mut page = Page::open(&server).await;
    for _ in 0..3 {
        assert_eq!(heard.next().await, "processes.clock runs");
        bench.allow(1);
        assert_eq!(page.event("processes.ticked").await["data"]["count"], 1, "made anew");
        assert_eq!(page.ask("control.stop", json!("processes.clock")).await, result("ended"));
        assert_eq!(heard.next().await, "clock dropped");
        let ended = page.find(|frame| frame["close"] == true).await;
        assert_eq!(ended, json!({ "streamId": "processes.clock", "close": true }));
        page.ask("control.start", json!("processes.clock")).await;
    }
}

#[tokio::test]
async fn why_a_process_failed_can_be_asked_and_one_that_pauses_need_not_be_waited_for() {
    let (bench, _heard) = Bench::new();
    let server = Server::new(config()).registry(actions().process::<Failing>());
    let server = Running::start(server.scope(bench)).await;
    let mut page = Page::open(&server).await;
    // With its pauses these starts would take minutes. The first pauses are short: on a busy machine
    // they may be over before it is asked.
    let mut starts = 0;
    for _ in 1..=12 {
        page.ask("control.start", json!("control.failing")).await;
        let failed_again = async {
            loop {
                let status = status_of(&mut page, "control.failing").await;
                if status[0] == "pausing" && status[1].as_u64() > Some(starts) {
                    return status;
                }
            }
        };
        let status = within("its failure", failed_again).await;
        starts = status[1].as_u64().expect("a number");
        assert_eq!(status[2], format!("internal: an unexpected error: failure {starts}"));
    }
    assert_eq!(page.ask("control.stop", json!("control.failing")).await, result("failed"));
}

#[tokio::test]
async fn a_process_that_blocks_has_a_thread_of_its_own() {
    // The runtime of a test has one thread: whatever blocked it would block everything.
    let Test { server, mut heard, .. } = serving(actions().process::<Blocks>()).await;
    assert_eq!(heard.next().await, "blocks `igor-control.thread`");
    let mut page = Page::open(&server).await;
    assert_eq!(status_of(&mut page, "control.thread").await, json!(["running", 1, null]));
    assert_eq!(page.ask("control.stop", json!("control.thread")).await, result("ended"));
    assert_eq!(heard.next().await, "blocks no more");
    page.ask("control.start", json!("control.thread")).await;
    assert_eq!(heard.next().await, "blocks `igor-control.thread`");
    server.stop().await;
    assert_eq!(heard.next().await, "blocks no more");
}

#[tokio::test]
async fn a_process_may_stop_itself() {
    let Test { server, mut heard, .. } = serving(actions().process::<Suicide>()).await;
    assert_eq!(heard.next().await, "gone by itself");
    let mut page = Page::open(&server).await;
    assert_eq!(page.ask("control.stop", json!("control.suicide")).await, result("ended"));
    assert_eq!(status_of(&mut page, "control.suicide").await, json!(["ended", 1, null]));
}

#[tokio::test]
async fn a_server_says_what_all_its_processes_do() {
    #[igor::action("control.all")]
    fn all(processes: Scope<Processes>) -> Vec<String> {
        assert!(processes.of::<Failing>().is_err(), "not in this registry");
        let statuses = processes.statuses();
        statuses.iter().map(|status| format!("{} {}", status.name, status.state)).collect()
    }
    let registry = Registry::new().action::<all>().process::<Asked>().process::<Clock>();
    let (bench, mut heard): (Bench, Heard) = Bench::new();
    let server = Running::start(Server::new(config()).registry(registry).scope(bench)).await;
    assert_eq!(heard.next().await, "processes.clock runs");
    let mut page = Page::open(&server).await;
    let expected = json!(["control.asked waiting", "processes.clock running"]);
    assert_eq!(page.ask("control.all", json!(null)).await, result(expected));
    assert!(ProcessState::Running.is_active() && !ProcessState::Waiting.is_active());
}

/// Done as soon as it runs.
#[igor::process("control.brief", start = "asked")]
#[derive(Default)]
struct Brief;

impl igor::Process for Brief {
    async fn run(&mut self, _cx: &ProcessContext) -> igor::Result<()> {
        Ok(())
    }
}

/// Starts it and waits for its end; says how often that was.
#[igor::action("control.run")]
async fn run(processes: Scope<Processes>) -> igor::Result<u64> {
    let brief = processes.of::<Brief>()?;
    brief.start();
    Ok(brief.until(|status| !status.state.is_active()).await.starts)
}

#[tokio::test]
async fn who_starts_a_process_can_wait_for_the_end_of_that_start() {
    let Test { server, .. } = serving(Registry::new().process::<Brief>().action::<run>()).await;
    let mut page = Page::open(&server).await;
    for starts in 1..=3 {
        assert_eq!(page.ask("control.run", json!(null)).await, result(starts));
    }
}
