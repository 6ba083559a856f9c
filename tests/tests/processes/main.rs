//! Processes: from the start of the server to its end, and what clients hear of them.

mod control;
mod ending;
mod pauses;

use std::time::Duration;

use igor::{
    ClientId, Config, Presence, PresenceChange, ProcessContext, Registry, Scope, Server, Session,
};
use igor_tests::{Bench, Heard, Identity, Page, Running, config, result};
use serde_json::json;

struct Test {
    server: Running,
    bench: Bench,
    heard: Heard,
}

async fn serving(registry: Registry) -> Test {
    serving_by(config(), registry, |server| server).await
}

async fn serving_by(
    config: Config,
    registry: Registry,
    more: impl FnOnce(Server) -> Server,
) -> Test {
    let (bench, heard) = Bench::new();
    let server = Server::new(config).registry(registry).scope(bench.clone());
    Test { server: Running::start(more(server)).await, bench, heard }
}

fn bench(cx: &ProcessContext) -> Scope<Bench> {
    cx.scope().expect("the server has a bench")
}

#[igor::event("processes.ticked")]
struct Ticked {
    count: u32,
}

/// Ticks for each permit, and tells when it is dropped.
#[igor::process("processes.clock")]
#[derive(Default)]
struct Clock {
    count: u32,
    bench: Option<Scope<Bench>>,
}

impl igor::Process for Clock {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench = bench(cx);
        self.bench = Some(bench.clone());
        bench.tell(format!("{} runs", cx.name()));
        loop {
            bench.permit().await;
            self.count += 1;
            cx.hub().all().send(&Ticked { count: self.count });
        }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        if let Some(bench) = &self.bench {
            bench.tell("clock dropped");
        }
    }
}

#[tokio::test]
async fn a_process_runs_from_the_start_of_the_server_to_its_end() {
    let registry = Registry::new().process::<Clock>().event::<Ticked>();
    let mut test = serving(registry).await;
    assert_eq!(test.heard.next().await, "processes.clock runs");
    test.server.stop().await;
    assert_eq!(test.heard.next().await, "clock dropped");
}

#[tokio::test]
async fn an_event_of_a_process_says_which_process_sent_it() {
    let test = serving(Registry::new().process::<Clock>().event::<Ticked>()).await;
    let mut page = Page::open(&test.server).await;
    test.bench.allow(2);
    for count in 1..=2 {
        let expected = json!({
            "streamId": "processes.clock", "action": "processes.ticked", "data": { "count": count },
        });
        assert_eq!(page.event("processes.ticked").await, expected);
    }
}

/// Fails, then panics, then goes on for good; anew each time.
#[igor::process("processes.fragile")]
#[derive(Default)]
struct Fragile {
    runs: u32,
}

impl igor::Process for Fragile {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench = bench(cx);
        self.runs += 1;
        let start = bench.count();
        bench.tell(format!("start {start}, run {}", self.runs));
        match start {
            1 => Err(igor::Error::internal("a bad day")),
            2 => panic!("a very bad day"),
            _ => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn a_process_that_fails_or_panics_is_started_anew() {
    let mut test = serving(Registry::new().process::<Fragile>()).await;
    let mut page = Page::open(&test.server).await;
    for start in 1..=3 {
        assert_eq!(test.heard.next().await, format!("start {start}, run 1"));
    }
    // It has not ended for good, so nobody is told.
    assert!(page.has_none(|frame| frame["streamId"] == "processes.fragile").await);
}

/// Ends as soon as it may.
#[igor::process("processes.task")]
#[derive(Default)]
struct Task;

impl igor::Process for Task {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        bench(cx).permit().await;
        Ok(())
    }
}

#[tokio::test]
async fn clients_are_told_that_a_process_has_ended() {
    let test = serving(Registry::new().process::<Task>()).await;
    let mut page = Page::open(&test.server).await;
    test.bench.allow(1);
    let ended = page.find(|frame| frame["streamId"] == "processes.task").await;
    assert_eq!(ended, json!({ "streamId": "processes.task", "close": true }));
}

#[igor::process("processes.once", restart = "never")]
#[derive(Default)]
struct Once;

impl igor::Process for Once {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        bench(cx).permit().await;
        Err(igor::Error::internal("the secret of the house"))
    }
}

#[tokio::test]
async fn clients_are_told_of_a_failure_by_nothing_but_an_id() {
    let test = serving(Registry::new().process::<Once>()).await;
    let mut page = Page::open(&test.server).await;
    test.bench.allow(1);
    let ended = page.find(|frame| frame["streamId"] == "processes.once").await;
    assert_eq!(ended["close"], true);
    let id = ended["error"].as_str().unwrap_or_default();
    assert!(id.len() == 16 && id.chars().all(|c| c.is_ascii_hexdigit()), "{ended}");
    assert_eq!(ended.as_object().map(|members| members.len()), Some(3), "nothing else: {ended}");
}

#[igor::process("processes.forever", restart = "always")]
#[derive(Default)]
struct Forever;

impl igor::Process for Forever {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench = bench(cx);
        bench.tell(format!("start {}", bench.count()));
        Ok(())
    }
}

#[tokio::test]
async fn a_process_that_is_to_run_always_is_started_whenever_it_ends() {
    let mut test = serving(Registry::new().process::<Forever>()).await;
    for start in 1..=3 {
        assert_eq!(test.heard.next().await, format!("start {start}"));
    }
}

/// Has no default: the program says how it is made.
#[igor::process("processes.made")]
struct Made {
    word: &'static str,
}

impl igor::Process for Made {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        bench(cx).tell(self.word);
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_process_without_a_default_is_made_as_the_program_says() {
    let registry = Registry::new().process::<Made>();
    let mut test =
        serving_by(config(), registry.clone(), |server| server.process(|| Made { word: "made" }))
            .await;
    assert_eq!(test.heard.next().await, "made");

    let refused = Server::new(config()).registry(registry).bind().await;
    let text = refused.expect_err("nobody said how it is made").message().to_owned();
    assert!(text.contains("`processes.made`") && text.contains("processes/main.rs:"), "{text}");
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Score(u32);

#[igor::action("processes.score")]
fn score(score: Session<Score>) -> u32 {
    score.cloned().0
}

/// Gives every client a point for each permit.
#[igor::process("processes.referee")]
#[derive(Default)]
struct Referee;

impl igor::Process for Referee {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench = bench(cx);
        loop {
            bench.permit().await;
            let clients = cx.clients();
            for client in &clients {
                let score = cx.session::<Score>(client).expect("it is here");
                score.write(|score| score.0 += 1);
            }
            let nobody = cx.session::<Score>(&ClientId::from("nobody"));
            bench.tell(format!("{} scored, {}", clients.len(), nobody.is_none()));
        }
    }
}

#[tokio::test]
async fn a_process_reads_the_scope_and_changes_sessions_by_the_id_of_the_client() {
    let registry = Registry::new().process::<Referee>().action::<score>();
    let mut test = serving(registry).await;
    let mut ann = Page::named(&test.server, "ann").await;
    test.bench.allow(1);
    assert_eq!(test.heard.next().await, "1 scored, true");
    let mut bert = Page::named(&test.server, "bert").await;
    test.bench.allow(1);
    assert_eq!(test.heard.next().await, "2 scored, true");
    assert_eq!(ann.ask("processes.score", json!(null)).await, result(2));
    assert_eq!(bert.ask("processes.score", json!(null)).await, result(1));
}

/// Tells who comes and who goes.
#[igor::process("processes.doorman")]
#[derive(Default)]
struct Doorman;

impl igor::Process for Doorman {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench = bench(cx);
        let mut presence: Presence = cx.hub().presence();
        bench.tell("at the door");
        while let Some(change) = presence.next().await {
            bench.tell(match change {
                PresenceChange::Arrived(id) => format!("{id} arrived"),
                PresenceChange::Left(id) => format!("{id} left"),
                other => format!("{other:?}"),
            });
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_process_learns_of_clients_that_come_and_of_those_whose_grace_is_over() {
    let mut config = config();
    config.session.grace = Duration::from_millis(20);
    let registry = Registry::new().process::<Doorman>();
    let mut test = serving_by(config, registry, |server| server).await;
    assert_eq!(test.heard.next().await, "at the door");
    let mut identity = Identity::named("ann");
    let ann = Page::load(&test.server, &mut identity).await;
    assert_eq!(test.heard.next().await, "ann arrived");
    // A reload is no departure.
    let ann_again = Page::load(&test.server, &mut identity).await;
    let bert = Page::named(&test.server, "bert").await;
    assert_eq!(test.heard.next().await, "bert arrived");
    drop((ann, bert));
    assert_eq!(test.heard.next().await, "bert left");
    drop(ann_again);
    assert_eq!(test.heard.next().await, "ann left");
}
