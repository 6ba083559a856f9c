//! Large arguments, which are read while their frames are.

use std::sync::Mutex;

use igor::{Registry, Scope};
use igor_tests::{Bench, Page, failure, result};
use serde_json::{Value, json};

use crate::serving;

/// The starts of all texts that were read, each as often as it was.
static READ: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[igor::data]
struct Watched {
    #[serde(with = "watched")]
    #[ts(as = "String")]
    text: String,
}

mod watched {
    use igor::serde::{Deserialize as _, Deserializer, Serializer};

    use super::{READ, start};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
        let text = String::deserialize(from)?;
        READ.lock().expect("nobody panics with it").push(start(&text).to_owned());
        assert!(start(&text) != "panic", "on purpose");
        Ok(text)
    }

    pub(super) fn serialize<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(text)
    }
}

fn start(text: &str) -> &str {
    text.split('-').next().unwrap_or_default()
}

fn times_read(text: &str) -> usize {
    let all = READ.lock().expect("nobody panics with it");
    all.iter().filter(|read| *read == start(text)).count()
}

/// A text that begins with this and is large.
fn large(start: &str) -> String {
    format!("{start}-{}", "x".repeat(10_000))
}

#[igor::action("ahead.length")]
fn length(watched: Watched) -> usize {
    watched.text.len()
}

/// Something that panics when it is dropped, if it says so.
#[igor::data]
struct Fragile {
    text: String,
}

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.text.starts_with("fragile"), "on purpose");
    }
}

#[igor::action("ahead.fragile")]
fn fragile(fragile: Fragile) -> usize {
    fragile.text.len()
}

#[igor::action("ahead.all")]
fn all(watched: Vec<Watched>) -> usize {
    watched.len()
}

#[igor::action("ahead.both")]
fn both(first: Watched, second: Option<Watched>) -> (usize, usize) {
    (first.text.len(), second.map_or(0, |second| second.text.len()))
}

/// Decides by itself who may call.
struct Nobody;

impl igor::Param for Nobody {
    fn from_call(_call: &igor::Call, _name: &'static str) -> igor::Result<Self> {
        Err(igor::Error::forbidden("nobody may"))
    }
}

#[igor::action("ahead.behind")]
fn behind(_nobody: Nobody, watched: Watched) -> usize {
    watched.text.len()
}

#[igor::action("ahead.guarded", guard = nobody)]
fn guarded(watched: Watched) -> usize {
    watched.text.len()
}

fn nobody() -> bool {
    false
}

#[igor::action("ahead.limited", rate = "1/h")]
fn limited(watched: Watched) -> usize {
    watched.text.len()
}

#[igor::action("ahead.hold")]
async fn hold(watched: Watched, bench: Scope<Bench>) -> usize {
    bench.permit().await;
    watched.text.len()
}

fn registry() -> Registry {
    Registry::new()
        .action::<length>()
        .action::<all>()
        .action::<both>()
        .action::<behind>()
        .action::<guarded>()
        .action::<limited>()
        .action::<hold>()
        .action::<fragile>()
}

/// Calls an action as igor's own clients write it, with further fields behind the data; the last
/// frame of the call.
async fn call(page: &mut Page, id: i64, action: &str, data: &Value, behind: &str) -> Value {
    let frame =
        format!(r#"{{"n":{id},"streamId":{id},"action":"{action}","data":{data}{behind}}}"#);
    page.socket.send(frame).await;
    page.last(id).await
}

#[tokio::test]
async fn a_large_argument_is_read_once() {
    let mut test = serving(registry()).await;
    let text = large("once");
    let last = call(&mut test.page, 1, "ahead.length", &json!({ "text": text }), "").await;
    assert_eq!(last["data"], json!(text.len()));
    assert_eq!(times_read(&text), 1);
}

#[tokio::test]
async fn several_large_arguments_are_read_once_each_and_one_may_be_left_out() {
    let mut test = serving(registry()).await;
    let (first, second) = (large("first"), large("second"));
    let data = json!({ "first": { "text": first }, "second": { "text": second } });
    let last = call(&mut test.page, 1, "ahead.both", &data, "").await;
    assert_eq!(last["data"], json!([first.len(), second.len()]));
    assert_eq!((times_read(&first), times_read(&second)), (1, 1));
    let data = json!({ "first": { "text": first } });
    let last = call(&mut test.page, 2, "ahead.both", &data, "").await;
    assert_eq!(last["data"], json!([first.len(), 0]));
    let data = json!({ "second": { "text": second } });
    let last = call(&mut test.page, 3, "ahead.both", &data, "").await;
    assert_eq!(last, failure(422, "`first` is missing"));
}

#[tokio::test]
async fn what_stands_behind_a_large_argument_counts() {
    let mut test = serving(registry()).await;
    let data = json!({ "text": large("behind") });
    for (id, behind) in [(1, r#","deadlineMs":1"#), (2, r#","new":[{}],"deadlineMs":1"#)] {
        let last = call(&mut test.page, id, "ahead.hold", &data, behind).await;
        assert_eq!(last["code"], 408, "{last}");
    }
    assert!(call(&mut test.page, 3, "ahead.length", &data, "").await["data"].is_number());
}

#[tokio::test]
async fn a_large_argument_that_does_not_fit_is_named_and_the_next_fits() {
    let mut test = serving(registry()).await;
    let data = json!([{ "text": large("fits") }, { "text": 5 }]);
    let last = call(&mut test.page, 1, "ahead.all", &data, "").await;
    let reason = "`watched[1].text`: invalid type: integer `5`, expected a string";
    assert_eq!(last, failure(422, reason), "{last}");
    let last = call(&mut test.page, 2, "ahead.all", &json!([{ "text": large("fits") }]), "").await;
    assert_eq!(last, result(1));
}

#[tokio::test]
async fn a_large_argument_whose_reading_panics_ends_its_call() {
    let mut test = serving(registry()).await;
    let data = json!({ "text": large("panic") });
    let last = call(&mut test.page, 1, "ahead.length", &data, "").await;
    assert_eq!(last["code"], 500, "{last}");
    let data = json!({ "text": large("calm") });
    assert!(call(&mut test.page, 2, "ahead.length", &data, "").await["data"].is_number());
}

#[tokio::test]
async fn a_large_argument_of_a_call_that_is_not_begun_is_dropped_and_hurts_nobody() {
    let mut test = serving(registry()).await;
    let calm = json!({ "text": large("calm") });
    let begun = call(&mut test.page, 1, "ahead.fragile", &calm, "").await;
    assert_eq!(begun["data"], json!(large("calm").len()));
    let data = json!({ "text": large("fragile") });
    let frame = |n: u64, id: i64| {
        format!(r#"{{"n":{n},"streamId":{id},"action":"ahead.fragile","data":{data}}}"#)
    };
    // Received already; and of a call that is not above the one before.
    test.page.socket.send(frame(1, 2)).await;
    test.page.socket.send(frame(2, 1)).await;
    let refused = test.page.loose_error().await;
    assert_eq!(refused["error"], "`streamId` 1 is not above all before it");
    let last = call(&mut test.page, 3, "ahead.fragile", &calm, "").await;
    assert!(last["data"].is_number(), "{last}");
}

#[tokio::test]
async fn what_may_refuse_a_call_does_so_before_its_argument_is_read() {
    let mut test = serving(registry()).await;
    let text = large("refused");
    let data = json!({ "text": text });
    for (id, action) in [(1, "ahead.guarded"), (2, "ahead.behind")] {
        let last = call(&mut test.page, id, action, &data, "").await;
        assert_eq!(last["code"], 403, "{last}");
    }
    assert_eq!(times_read(&text), 0);
    let last = call(&mut test.page, 3, "ahead.limited", &data, "").await;
    assert!(last["data"].is_number(), "{last}");
    let last = call(&mut test.page, 4, "ahead.limited", &data, "").await;
    assert!(last["code"].is_number(), "{last}");
    assert_eq!(times_read(&text), 1);
}
