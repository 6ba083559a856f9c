//! What a change of the contract means, in words.

mod doors;
mod refined;
mod sent;

use igor::Registry;
use igor::emit::{Breaks, Emit, Runtime, diff};

fn schema(registry: Registry) -> String {
    let emit = Emit { registry, runtime: Runtime::Package, ..Emit::default() };
    emit.schema().expect("a schema")
}

/// What changed, in words.
fn said(old: Registry, new: Registry) -> Vec<String> {
    let changes = diff(&schema(old), &schema(new)).expect("schemas");
    changes.iter().map(ToString::to_string).collect()
}

const CLIENTS: &str = "breaks old clients";
const SERVERS: &str = "breaks new clients at an old server";
const NOBODY: &str = "breaks nobody";

mod before {
    #[igor::data]
    pub(super) struct Line {
        who: String,
        text: String,
    }

    #[igor::data]
    pub(super) enum Color {
        Red,
        Green,
    }

    #[igor::action("say")]
    pub(super) fn say(room: String, line: Line) -> Line {
        drop(room);
        line
    }

    #[igor::action("paint")]
    pub(super) fn paint(color: Color) -> Color {
        color
    }

    #[igor::action("gone")]
    pub(super) fn gone() {}

    #[igor::action("number")]
    pub(super) fn number(number: u8) -> u8 {
        number
    }
}

mod now {
    #[igor::data]
    pub(super) struct Line {
        who: String,
        #[serde(default)]
        mood: Option<String>,
        at: u32,
    }

    #[igor::data]
    pub(super) enum Color {
        Red,
        Green,
        Blue,
    }

    #[igor::action("say")]
    pub(super) fn say(room: String, line: Line, loud: bool, why: Option<String>) -> Line {
        drop((room, loud, why));
        line
    }

    #[igor::action("paint")]
    pub(super) fn paint(color: Color) -> Color {
        color
    }

    #[igor::action("new")]
    pub(super) fn new() {}

    #[igor::action("number")]
    pub(super) fn number(number: String) -> Option<u8> {
        number.parse().ok()
    }
}

fn of_before() -> String {
    let registry = Registry::new().action::<before::say>().action::<before::paint>();
    schema(registry.action::<before::gone>().action::<before::number>())
}

fn of_now() -> String {
    let registry = Registry::new().action::<now::say>().action::<now::paint>();
    schema(registry.action::<now::new>().action::<now::number>())
}

#[test]
fn the_same_contract_has_no_changes() {
    assert_eq!(diff(&of_before(), &of_before()).expect("schemas"), []);
}

#[test]
fn each_change_says_whom_it_breaks() {
    let changes = diff(&of_before(), &of_now()).expect("schemas");
    let said: Vec<_> = changes.iter().map(ToString::to_string).collect();
    let expected = [
        format!("the action `gone` is gone: {CLIENTS}"),
        format!(
            "the argument `line` of `say` takes less: Line.at may be missing, where it is needed: {CLIENTS}"
        ),
        format!("the argument `loud` of `say` is new and needed: {CLIENTS}"),
        format!(
            "the argument `number` of `number` takes less: an integer from 0 to 255, where a string is expected: {CLIENTS}"
        ),
        format!(
            "the result of `number` is another: `null`, where an integer from 0 to 255 is expected: {CLIENTS}"
        ),
        format!(
            "the result of `paint` is another: Color: `\"Blue\"`, where `\"Red\"` or `\"Green\"` is expected: {CLIENTS}"
        ),
        format!(
            "the result of `say` is another: Line.text may be missing, where it is needed: {CLIENTS}"
        ),
        format!("the action `new` is new: {SERVERS}"),
    ];
    for line in &expected {
        assert!(said.contains(line), "{line}\nis not in\n{}", said.join("\n"));
    }
    let why = format!("the argument `why` of `say` is new: {NOBODY}");
    assert!(said.contains(&why), "{}", said.join("\n"));
    let broken = changes.iter().filter(|it| it.breaks == Breaks::Clients).count();
    assert_eq!(broken, 7, "{}", said.join("\n"));
}

#[test]
fn what_is_no_schema_is_refused() {
    let error = diff("{}", &of_now()).expect_err("no schema");
    assert!(error.message().starts_with("this is not a schema of igor's: "), "{error}");
}
