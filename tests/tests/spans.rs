//! The spans of connections and calls: what a subscriber is told of each.
//!
//! A program of its own: whether anybody listens to a span is found out once for all threads, when
//! it is first come upon. Tests that listen to nothing and begin at that moment could have it found
//! out that nobody does.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

use igor::{Call, Code, Input, Next, Registry, Replied, Scope, Server, Traceparent};
use igor_tests::{Bench, Heard, Page, Running, config, within};
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber, info};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, registry};

/// What was noted, by whoever looks at it.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    /// The spans that were closed, each with its name and fields.
    closed: Vec<(&'static str, Fields)>,
    /// The lines that were logged, each with the names of the spans around it, the outermost first.
    lines: Vec<(String, Vec<&'static str>)>,
    /// The names of the threads on which a call was entered.
    threads: Vec<String>,
}

/// The fields of a span or a line, as text.
#[derive(Clone, Debug, Default, PartialEq)]
struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> usize {
        self.get(name).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no {name}"))
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Notes {
    /// Begins to note what this thread does, on which all of a test runs.
    fn begin() -> (Self, DefaultGuard) {
        Notes::begin_at(LevelFilter::TRACE)
    }

    /// Notes nothing that is below this level.
    fn begin_at(level: LevelFilter) -> (Self, DefaultGuard) {
        let notes = Notes::default();
        let noting = registry().with(level).with(notes.clone());
        (notes, tracing::subscriber::set_default(noting))
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().expect("nobody panics with it")
    }

    /// The fields of the only span of a call of this action, once it is closed.
    async fn call(&self, action: &str) -> Fields {
        let is_it =
            |name: &str, fields: &Fields| name == "call" && fields.get("action") == Some(action);
        self.closed(&format!("a call of {action}"), is_it).await
    }

    /// The fields of the only span like this, once it is closed.
    async fn closed(&self, what: &str, is_it: impl Fn(&str, &Fields) -> bool) -> Fields {
        let found = async {
            loop {
                if let Some(fields) = self.take(what, &is_it) {
                    return fields;
                }
                tokio::task::yield_now().await;
            }
        };
        within("a span that is closed", found).await
    }

    /// Takes a span like this out of the notes, if it is closed.
    fn take(&self, what: &str, is_it: impl Fn(&str, &Fields) -> bool) -> Option<Fields> {
        let mut noted = self.noted();
        let like_this = noted.closed.iter().enumerate().filter(|(_, (name, it))| is_it(name, it));
        let places: Vec<_> = like_this.map(|(at, _)| at).collect();
        assert!(places.len() <= 1, "{what} has {} spans", places.len());
        places.first().map(|at| noted.closed.remove(*at).1)
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Notes {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = cx.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = cx.event_scope(event).into_iter().flat_map(|scope| scope.from_root());
        let around = around.map(|span| span.name()).collect();
        if let Some(line) = fields.get("message") {
            self.noted().lines.push((line.to_owned(), around));
        }
    }

    fn on_enter(&self, id: &Id, cx: Context<'_, S>) {
        if cx.span(id).is_some_and(|span| span.name() == "call") {
            let name = std::thread::current().name().unwrap_or_default().to_owned();
            self.noted().threads.push(name);
        }
    }

    fn on_close(&self, id: Id, cx: Context<'_, S>) {
        let Some(span) = cx.span(&id) else { return };
        let fields = span.extensions().get::<Fields>().cloned().unwrap_or_default();
        self.noted().closed.push((span.name(), fields));
    }
}

#[igor::action("spans.echo")]
async fn echo(text: String, bench: Scope<Bench>) -> String {
    info!("before");
    bench.permit().await;
    info!("behind");
    text
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("as it was asked")]
struct Failed;

#[igor::action("spans.fail")]
fn fail(failed: bool) -> Result<(), Failed> {
    if failed { Err(Failed) } else { Ok(()) }
}

#[igor::action("spans.panic")]
fn panics() {
    panic!("on purpose");
}

#[igor::action("spans.hold")]
async fn hold(bench: Scope<Bench>) {
    bench.tell("holding");
    bench.permit().await;
}

#[igor::action("spans.take")]
async fn take(mut rows: Input<u32>, bench: Scope<Bench>) -> igor::Result<()> {
    bench.tell("taking");
    while rows.next().await?.is_some() {}
    Ok(())
}

#[igor::action("spans.block", blocking)]
fn block() {}

fn nobody() -> bool {
    false
}

#[igor::action("spans.guarded", guard = nobody)]
fn guarded() {}

#[igor::action("spans.trace")]
fn trace(trace: Traceparent) -> Option<String> {
    trace.as_str().map(str::to_owned)
}

async fn serving() -> (Running, Bench, Heard) {
    let (bench, heard) = Bench::new();
    let registry = Registry::new().action::<echo>().action::<fail>().action::<panics>();
    let registry = registry.action::<hold>().action::<take>().action::<block>();
    let registry = registry.action::<guarded>().action::<trace>();
    let server = Server::new(config()).registry(registry).scope(bench.clone());
    (Running::start(server).await, bench, heard)
}

#[tokio::test]
async fn a_connection_has_a_span_with_its_client_and_where_it_comes_from() {
    let (notes, _noting) = Notes::begin();
    let (server, ..) = serving().await;
    let page = Page::named(&server, "ada").await;
    drop(page);
    let fields = notes.closed("the connection", |name, _| name == "socket").await;
    assert_eq!((fields.get("client"), fields.get("from")), (Some("ada"), Some("127.0.0.1")));
}

#[tokio::test]
async fn a_call_has_a_span_with_its_action_client_outcome_and_sizes() {
    let (notes, _noting) = Notes::begin();
    let (server, bench, _heard) = serving().await;
    let mut page = Page::named(&server, "ada").await;
    bench.allow(2);
    let mut of_length = async |length: usize| {
        page.ask("spans.echo", json!("x".repeat(length))).await;
        notes.call("spans.echo").await
    };
    let (short, long) = (of_length(10).await, of_length(1010).await);
    assert_eq!(short.get("client"), Some("ada"));
    assert_eq!((short.get("stream_id"), long.get("stream_id")), (Some("1"), Some("2")));
    assert_eq!(short.get("outcome"), Some("ok"));
    assert_eq!(short.get("traceparent"), None);
    for size in ["bytes", "sent"] {
        assert!(short.number(size) > 10, "{size} of {short:?}");
        assert_eq!(long.number(size) - short.number(size), 1000, "{size}");
    }
}

#[tokio::test]
async fn an_outcome_is_what_the_caller_gets_whoever_ends_the_call() {
    let (notes, _noting) = Notes::begin();
    let (server, _bench, mut heard) = serving().await;
    let mut page = Page::open(&server).await;
    for (action, data, code) in [
        ("spans.fail", json!(true), Code::ActionFailed),
        ("spans.fail", json!("no"), Code::BadData),
        ("spans.panic", Value::Null, Code::Internal),
        ("spans.guarded", Value::Null, Code::Forbidden),
        ("spans.nothing", Value::Null, Code::UnknownAction),
    ] {
        let answer = page.ask(action, data).await;
        assert_eq!(answer["code"], json!(code.number()), "{answer}");
        assert_eq!(notes.call(action).await.get("outcome"), Some(code.name()), "{action}");
    }

    let held = page.call("spans.hold", Value::Null).await;
    assert_eq!(heard.next().await, "holding");
    page.send(json!({ "streamId": held, "cancel": true })).await;
    page.last(held).await;
    assert_eq!(notes.call("spans.hold").await.get("outcome"), Some("cancelled"));

    let late = page.call_with("spans.hold", json!({ "deadlineMs": 1 })).await;
    page.last(late).await;
    assert_eq!(notes.call("spans.hold").await.get("outcome"), Some("deadline_exceeded"));

    let failed = page.call("spans.take", Value::Null).await;
    while heard.next().await != "taking" {}
    page.send(json!({ "streamId": failed, "error": "the file is gone", "close": true })).await;
    page.last(failed).await;
    assert_eq!(notes.call("spans.take").await.get("outcome"), Some("bad_data"));
}

#[tokio::test]
async fn a_long_name_of_nothing_is_cut_in_its_span() {
    let (notes, _noting) = Notes::begin();
    let (server, ..) = serving().await;
    let mut page = Page::open(&server).await;
    page.ask(&"é".repeat(10_000), Value::Null).await;
    notes.call(&"é".repeat(128)).await;
}

/// The spans around what a call logs before it waits and behind that, where somebody listens to what
/// is at least of this level.
async fn around_a_call(level: LevelFilter) -> [Vec<&'static str>; 2] {
    let (notes, _noting) = Notes::begin_at(level);
    let (server, bench, _heard) = serving().await;
    let mut page = Page::open(&server).await;
    let id = page.call("spans.echo", json!("hello")).await;
    // It waits by now, and goes on in a task of its own.
    page.ask("spans.fail", json!(false)).await;
    bench.allow(1);
    page.last(id).await;
    let noted = notes.noted();
    ["before", "behind"].map(|own| {
        let line = noted.lines.iter().find(|(line, _)| line == own);
        line.map(|(_, around)| around.clone()).expect("it was logged")
    })
}

#[tokio::test]
async fn what_a_call_logs_stands_inside_its_span_and_that_inside_its_connections() {
    assert_eq!(around_a_call(LevelFilter::DEBUG).await, [["socket", "call"], ["socket", "call"]]);
}

#[tokio::test]
async fn where_nobody_listens_to_calls_what_one_logs_stands_inside_its_connections_span() {
    assert_eq!(around_a_call(LevelFilter::INFO).await, [["socket"], ["socket"]]);
}

#[tokio::test]
async fn a_function_that_blocks_is_inside_its_span_on_its_thread() {
    let (notes, _noting) = Notes::begin();
    let (server, ..) = serving().await;
    let mut page = Page::open(&server).await;
    page.ask("spans.block", Value::Null).await;
    let threads = notes.noted().threads.clone();
    assert!(threads.iter().any(|name| name == "igor-blocking"), "{threads:?}");
}

#[tokio::test]
async fn a_call_says_in_its_span_and_to_its_action_which_trace_it_belongs_to() {
    const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let (notes, _noting) = Notes::begin();
    let (server, ..) = serving().await;
    let mut page = Page::open(&server).await;
    for (told, known) in [
        (json!(TRACE), Some(TRACE)),
        (json!(TRACE.to_uppercase()), None),
        (json!({ "trace": TRACE }), None),
        (Value::Null, None),
    ] {
        let id = page.call_with("spans.trace", json!({ "traceparent": told })).await;
        assert_eq!(page.last(id).await["data"], json!(known), "{told}");
        assert_eq!(notes.call("spans.trace").await.get("traceparent"), known, "{told}");
    }
    // One that is refused has a trace, too.
    page.call_with("spans.nothing", json!({ "traceparent": TRACE })).await;
    assert_eq!(notes.call("spans.nothing").await.get("traceparent"), Some(TRACE));
}

#[tokio::test]
async fn a_layer_knows_the_trace_of_a_call_and_stands_inside_its_span() {
    const TRACE: &str = "00-11111111111111111111111111111111-2222222222222222-00";
    async fn layer(call: Call, next: Next) -> igor::Result<Replied> {
        info!(message = call.traceparent().as_str().unwrap_or("none"));
        next.run(call).await
    }
    let (notes, _noting) = Notes::begin();
    let registry = Registry::new().action::<trace>();
    let server = Running::start(Server::new(config()).registry(registry).layer(layer)).await;
    let mut page = Page::open(&server).await;
    for told in [json!(TRACE), json!("nothing")] {
        let id = page.call_with("spans.trace", json!({ "traceparent": told })).await;
        page.last(id).await;
    }
    let inside = |line: &(String, Vec<_>)| line.1 == ["socket", "call"];
    let lines: Vec<_> = notes.noted().lines.iter().filter(|line| inside(line)).cloned().collect();
    let texts: Vec<_> = lines.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, [TRACE, "none"]);
}
