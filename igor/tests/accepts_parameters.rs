//! Everything that an action may take, and what its description says of each.

#![allow(dead_code, missing_docs, unreachable_pub)] // only how it is described counts here

use std::collections::BTreeMap;

use igor::__private::{Action, NamedAction, ParamKind, ts_rs::Config};
use igor::{
    Call, Cancelled, Client, Deadline, Hub, Input, Output, Param, Registry, Scope, Session,
};

#[igor::data]
#[derive(Clone)]
pub struct Line {
    text: String,
}

#[igor::data]
pub struct Page<T> {
    items: Vec<T>,
}

#[derive(Default)]
struct Profile {
    name: Option<String>,
}

struct Chat;

struct User(String);

impl Param for User {
    fn from_call(call: &Call, _name: &'static str) -> igor::Result<Self> {
        let name = call.session::<Profile>().read(|profile| profile.name.clone());
        name.map(User).ok_or_else(|| igor::Error::forbidden("sign in first"))
    }
}

/// An extractor may be generic, and need not be `Send` where the function does not wait.
struct Pool<T>(std::rc::Rc<T>);

impl<T: Default + 'static> Param for Pool<T> {
    fn from_call(_call: &Call, _name: &'static str) -> igor::Result<Self> {
        Ok(Pool(Default::default()))
    }
}

/// Says nothing.
///
/// Twice.
#[igor::action]
fn nothing() {}

#[igor::action("chat.say")]
fn one(mut text: String) -> String {
    text.push('!');
    text
}

#[igor::action("chat.move")]
async fn several(r#type: u8, _to: Option<Line>, pages: BTreeMap<String, Page<Line>>) {
    drop((r#type, pages));
}

#[igor::action]
async fn from_the_server(
    session: Session<Profile>,
    scope: Scope<Chat>,
    client: Client,
    hub: Hub,
    progress: Output<Line>,
    user: User,
) {
    drop((session, scope, client, hub, progress, user.0));
}

#[igor::action]
async fn from_the_call(rows: Input<Page<Line>>, deadline: Deadline, cancelled: Cancelled) {
    drop((rows, deadline, cancelled));
}

#[igor::action]
fn not_send(pool: Pool<Line2>) -> usize {
    std::rc::Rc::strong_count(&pool.0)
}

#[derive(Default)]
struct Line2;

#[igor::action]
const fn constant(number: u8) -> u8 {
    number
}

#[igor::action]
#[allow(unused_mut)]
#[must_use]
pub(crate) fn attributes(#[allow(unused)] number: u8) -> u8 {
    1
}

#[igor::action("missing")]
#[cfg(any())]
fn configured_away(of: Missing) {}

#[igor::action]
fn r#loop() {}

mod deep {
    use super::Line;

    #[igor::action("deep.line")]
    pub(super) fn line(line: self::Line) -> super::Line {
        line
    }

    pub fn inside_a_function() -> &'static super::Action {
        #[igor::action]
        fn local(number: u8) -> u8 {
            number
        }
        <local as super::NamedAction>::ACTION
    }
}

fn parameters(action: &Action) -> Vec<String> {
    let config = Config::new();
    let described = action.parameters.iter().map(|parameter| match parameter.kind {
        ParamKind::Data(data, _) => format!("{}: {}", parameter.name, (data.name)(&config)),
        ParamKind::Input(item) => format!("{}: input of {}", parameter.name, (item.name)(&config)),
        ParamKind::Output(item) => {
            format!("{}: output of {}", parameter.name, (item.name)(&config))
        }
        ParamKind::Server => parameter.name.to_owned(),
    });
    described.collect()
}

#[test]
fn every_form_of_parameter_is_described() {
    let registry = Registry::new()
        .action::<nothing>()
        .action::<one>()
        .action::<several>()
        .action::<from_the_call>()
        .action::<from_the_server>()
        .action::<deep::line>();
    let described: Vec<_> =
        registry.actions().iter().map(|action| (action.name, parameters(action))).collect();
    let expected: Vec<(&str, Vec<String>)> = [
        (
            "chat.move",
            vec!["type: number", "_to: Line | null", "pages: { [key in string]: Page<Line> }"],
        ),
        ("chat.say", vec!["text: string"]),
        ("deep.line", vec!["line: Line"]),
        ("from_the_call", vec!["rows: input of Page<Line>", "deadline", "cancelled"]),
        (
            "from_the_server",
            vec!["session", "scope", "client", "hub", "progress: output of Line", "user"],
        ),
        ("nothing", vec![]),
    ]
    .into_iter()
    .map(|(name, parameters)| (name, parameters.into_iter().map(str::to_owned).collect()))
    .collect();
    assert_eq!(described, expected);

    // What is linked has the names too, but for what was configured away.
    let linked: Vec<_> = Registry::linked().actions().iter().map(|action| action.name).collect();
    assert!(linked.contains(&"loop") && linked.contains(&"local") && linked.contains(&"not_send"));
    assert!(!linked.contains(&"missing"));

    let action = <nothing as NamedAction>::ACTION;
    assert_eq!(action.docs, "Says nothing.\n\nTwice.");
    assert!(action.place.file.ends_with("parameters.rs"), "{}", action.place);
    assert_eq!(action.place.line, line_of("/// Says nothing.") + 3);
    assert_eq!(deep::inside_a_function().name, "local");

    // An action stays the function that it is.
    assert_eq!(one("hello".to_owned()), "hello!");
    const ONE: u8 = constant(1);
    assert_eq!(attributes(ONE), 1);
}

fn line_of(text: &str) -> u32 {
    let lines = include_str!("accepts_parameters.rs").lines();
    let before = lines.take_while(|line| *line != text).count();
    u32::try_from(before).expect("a file has fewer lines") + 1
}
