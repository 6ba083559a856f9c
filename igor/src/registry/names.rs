//! Which names can be offered to TypeScript.

use std::collections::BTreeMap;

use crate::action::{Action, ParamKind, ReplyKind};
use crate::place::Place;
use crate::registry::Registry;

/// What every client has besides its actions, so that no action can be called so: the members of
/// the client itself, and what others ask every object for.
const CLIENT_MEMBERS: &[&str] = &[
    "catch",
    "clientId",
    "close",
    "events",
    "files",
    "finally",
    "handle",
    "igor",
    "on",
    "onEnded",
    "onMismatch",
    "onMissed",
    "onSessionLost",
    "onStatus",
    "once",
    "status",
    "traceBy",
];

/// What JavaScript itself asks objects for, at any depth: `await` calls `then`, a template calls
/// `toString`, and so on.
const OBJECT_MEMBERS: &[&str] = &[
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "prototype",
    "then",
    "toJSON",
    "toString",
    "valueOf",
];

/// Something with a name, and where it stands.
#[derive(Clone, Copy)]
struct Named {
    kind: &'static str,
    name: &'static str,
    place: Place,
}

/// Every mistake in the names of a registry, a line each.
pub(super) fn mistakes(registry: &Registry) -> Vec<String> {
    let actions: Vec<_> =
        registry.actions().iter().map(|it| named("action", it.name, it.place)).collect();
    let events: Vec<_> =
        registry.events().iter().map(|it| named("event", it.name, it.place)).collect();
    let processes: Vec<_> =
        registry.processes().iter().map(|it| named("process", it.name, it.place)).collect();
    let requests: Vec<_> =
        registry.requests().iter().map(|it| named("request", it.name, it.place)).collect();

    let mut mistakes = Vec::new();
    for each in actions.iter().chain(&events).chain(&processes).chain(&requests) {
        mistakes.extend(unwritable(each));
    }
    // A client's contract has actions, events and requests in one table.
    let in_contract: Vec<_> = actions.iter().chain(&events).chain(&requests).copied().collect();
    mistakes.extend(twice(&in_contract));
    mistakes.extend(twice(&processes));
    mistakes.extend(in_the_way(&actions));
    for action in registry.actions() {
        mistakes.extend(parameter_mistakes(action));
    }
    mistakes
}

/// How TypeScript writes a name of Rust: `say_it` is `sayIt`. Underscores at either end stay.
pub(crate) fn camel_case(name: &str) -> String {
    let word = name.trim_start_matches('_');
    let (front, word) = name.split_at(name.len() - word.len());
    let word = word.trim_end_matches('_');
    let back = &name[front.len() + word.len()..];

    let mut camel = front.to_owned();
    let mut is_start = false;
    for c in word.chars() {
        match c {
            '_' => is_start = true,
            _ if is_start => {
                camel.extend(c.to_uppercase());
                is_start = false;
            }
            _ => camel.push(c),
        }
    }
    camel + back
}

/// The path at which a client has the action of this name: `chat.say_it` is `chat`, `sayIt`.
pub(crate) fn path_of(action: &str) -> Vec<String> {
    action.split('.').map(camel_case).collect()
}

const fn named(kind: &'static str, name: &'static str, place: Place) -> Named {
    Named { kind, name, place }
}

impl Named {
    /// The start of a message about it.
    fn said(&self) -> String {
        format!("{}: the {} `{}`", self.place, self.kind, self.name)
    }
}

/// Why a name cannot be written in TypeScript, or must not.
fn unwritable(named: &Named) -> Option<String> {
    let Named { kind, name, place } = named;
    if name.is_empty() {
        return Some(format!("{place}: the name of this {kind} is empty"));
    }
    let path = path_of(name);
    if path.iter().any(|segment| !is_writable(segment)) {
        let legal =
            "it is letters, digits and `_` from ASCII, not a digit first, with dots between";
        return Some(format!("{} has a name that TypeScript cannot write: {legal}", named.said()));
    }
    if path[0] == "igor" {
        return Some(format!("{} has a name that belongs to igor itself", named.said()));
    }
    if let Some(taken) = path.iter().find(|segment| OBJECT_MEMBERS.contains(&segment.as_str())) {
        let why = format!("`{taken}` means something to every object of JavaScript");
        return Some(format!("{} needs another name: {why}", named.said()));
    }
    if *kind == "action" && CLIENT_MEMBERS.contains(&path[0].as_str()) {
        let why = format!("`{}` is a member of the client itself", path[0]);
        return Some(format!("{} needs another name: {why}", named.said()));
    }
    None
}

fn is_writable(segment: &str) -> bool {
    !segment.starts_with(|c: char| c.is_ascii_digit())
        && !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Names that are there twice.
fn twice(all: &[Named]) -> Vec<String> {
    let mut first: BTreeMap<&str, &Named> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for named in all {
        if let Some(other) = first.get(named.name) {
            let (kind, place) = (other.kind, other.place);
            mistakes.push(format!("{} has the name of the {kind} at {place}", named.said()));
        } else {
            first.insert(named.name, named);
        }
    }
    mistakes
}

/// Actions that TypeScript cannot tell apart, or of which one stands where another has its
/// namespace.
fn in_the_way(actions: &[Named]) -> Vec<String> {
    let paths: BTreeMap<Vec<String>, &Named> =
        actions.iter().rev().map(|action| (path_of(action.name), action)).collect();
    let mut mistakes = Vec::new();
    for action in actions {
        let path = path_of(action.name);
        if let Some(other) = paths.get(&path).filter(|other| other.name != action.name) {
            let (name, place, met) = (other.name, other.place, path.join("."));
            let other = format!("the action `{name}` at {place}");
            mistakes.push(format!("{} and {other} are both `{met}` in TypeScript", action.said()));
        }
        for length in 1..path.len() {
            if let Some(Named { name, place, .. }) = paths.get(&path[..length]) {
                let other = format!("the action `{name}` at {place}");
                mistakes.push(format!(
                    "{} would be a member of {other}, which is a function: call that one `{name}.…`",
                    action.said(),
                ));
            }
        }
    }
    mistakes
}

/// What is wrong with an action's parameters.
fn parameter_mistakes(action: &Action) -> Vec<String> {
    let said = named("action", action.name, action.place).said();
    let mut mistakes = Vec::new();
    let outputs = action.parameters.iter().filter(|it| matches!(it.kind, ParamKind::Output(_)));
    if outputs.count() > 1 {
        mistakes.push(format!("{said} has two outputs: one is all that a caller can read"));
    }
    let inputs = action.parameters.iter().filter(|it| matches!(it.kind, ParamKind::Input(_)));
    if inputs.count() > 1 {
        mistakes.push(format!("{said} has two inputs: one is all that a caller can send"));
    }
    let signature = (action.signature)();
    if let Some(guard) = action.guard.filter(|_| signature.guard.is_some_and(|it| it.takes_data)) {
        mistakes.push(format!(
            "{said} has a guard, `{guard}`, that takes data, and guards are asked before any is \
             read: let it take what the server hands over, as `Identity<T>` or `Client`"
        ));
    }
    if action.output().is_some() && matches!(signature.reply, ReplyKind::Stream(_)) {
        mistakes
            .push(format!("{said} returns a stream and has an `Output`: leave one of them out"));
    }
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let input = action.input().map(|(_, name, item)| (name, item));
    for (name, _) in action.data_parameters().chain(input) {
        if name == "__proto__" {
            mistakes.push(format!("{said} has a parameter `{name}`, which no object can hold"));
        }
        if let Some(other) = seen.insert(camel_case(name), name) {
            let met = camel_case(name);
            mistakes.push(format!(
                "{said} has two parameters that are `{met}` in TypeScript: `{other}` and `{name}`"
            ));
        }
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Never, Parameter, signature};
    use crate::data::DataType;
    use crate::event::{EventDescriptor, Policy};
    use crate::process::{ProcessDescriptor, Restart};

    /// What is wrong with actions of these names, each on the line of its number in `api.rs`.
    fn wrong(actions: &[&'static str]) -> Vec<String> {
        mistakes(&registry(actions, &[], &[]))
    }

    fn registry(
        actions: &[&'static str],
        events: &[&'static str],
        processes: &[&'static str],
    ) -> Registry {
        let actions = actions.iter().zip(1..).map(|(name, line)| action(name, line, &[]));
        let event = |(name, line): (&&'static str, u32)| -> &'static EventDescriptor {
            let payload = DataType::of::<String>();
            let place = Place { file: "events.rs", line };
            Box::leak(Box::new(EventDescriptor {
                name,
                docs: "",
                place,
                payload,
                policy: Policy::default(),
            }))
        };
        let process = |(name, line): (&&'static str, u32)| -> &'static ProcessDescriptor {
            let (restart, factory) = (Restart::Never, || None);
            let place = Place { file: "processes.rs", line };
            Box::leak(Box::new(ProcessDescriptor {
                name,
                docs: "",
                place,
                restart,
                start: Default::default(),
                thread: false,
                factory,
            }))
        };
        Registry {
            actions: actions.collect(),
            events: events.iter().zip(1..).map(event).collect(),
            processes: processes.iter().zip(1..).map(process).collect(),
            requests: Vec::new(),
        }
    }

    fn action(
        name: &'static str,
        line: u32,
        parameters: &[(&'static str, ParamKind)],
    ) -> &'static Action {
        let parameters = parameters.iter().map(|(name, kind)| Parameter {
            name,
            kind: *kind,
            check: |_| Ok(()),
        });
        Box::leak(Box::new(Action {
            name,
            docs: "",
            place: Place { file: "api.rs", line },
            parameters: Box::leak(parameters.collect()),
            idempotent: false,
            timeout: None,
            no_cancel: false,
            guard: None,
            concurrency: None,
            rate: None,
            signature: || signature(|_| std::future::ready(Ok(Ok::<(), Never>(())))),
        }))
    }

    #[test]
    fn good_names_are_let_through() {
        let registry = registry(
            &[
                "ping",
                "chat.say",
                "chat.say_it",
                "rooms.chat.say",
                "files_of.x1",
                "_private",
                "then_go",
            ],
            &["chat_said", "counter_increment", "status"],
            &["ping", "chat_said", "chat"],
        );
        assert_eq!(mistakes(&registry), [""; 0]);
    }

    #[test]
    fn two_of_one_name_are_named_with_both_places() {
        let said = "api.rs:2: the action `a.b` has the name of the action at api.rs:1";
        assert_eq!(wrong(&["a.b", "a.b"]), [said]);
        assert_eq!(
            mistakes(&registry(&["a"], &["a", "b", "b"], &["p", "p"])),
            [
                "events.rs:1: the event `a` has the name of the action at api.rs:1",
                "events.rs:3: the event `b` has the name of the event at events.rs:2",
                "processes.rs:2: the process `p` has the name of the process at processes.rs:1",
            ]
        );
    }

    #[test]
    fn two_that_meet_in_camel_case_are_refused() {
        let said = "api.rs:2: the action `say.it_all` and the action `say.itAll` at api.rs:1 are \
                    both `say.itAll` in TypeScript";
        assert_eq!(wrong(&["say.itAll", "say.it_all"]), [said]);
    }

    #[test]
    fn a_name_cannot_be_the_prefix_of_another() {
        let said = "api.rs:2: the action `a_b.say` would be a member of the action `aB` at \
                    api.rs:1, which is a function: call that one `aB.…`";
        assert_eq!(wrong(&["aB", "a_b.say", "a_bc.say"]), [said]);
    }

    #[test]
    fn what_typescript_cannot_write_is_refused() {
        for name in ["chat-say", "1st", "chat..say", ".say", "say.", "say it", "größe", "a.\"b"] {
            let [mistake] = &wrong(&[name])[..] else { panic!("`{name}` was let through") };
            assert!(mistake.starts_with(&format!("api.rs:1: the action `{name}` has a name that")));
        }
        assert_eq!(wrong(&[""]), ["api.rs:1: the name of this action is empty"]);
        assert_eq!(mistakes(&registry(&[], &["a b"], &[""])).len(), 2);
    }

    #[test]
    fn names_of_igor_itself_are_refused() {
        assert!(wrong(&["igor.hello"])[0].ends_with("has a name that belongs to igor itself"));
        assert_eq!(mistakes(&registry(&[], &["igor.missed"], &[])).len(), 1);
    }

    #[test]
    fn what_every_object_has_is_refused_at_any_depth() {
        for name in ["chat.__proto__", "constructor.say", "chat.then", "to_string"] {
            let [mistake] = &wrong(&[name])[..] else { panic!("`{name}` was let through") };
            assert!(mistake.contains("means something to every object"), "{mistake}");
        }
    }

    #[test]
    fn every_member_of_the_client_is_refused() {
        let runtime = include_str!("../emit/runtime.ts");
        let (_, class) = runtime.split_once("\nclass Client<").expect("the client");
        let (class, _) = class.split_once("\n}").expect("its end");
        let members = class.lines().filter_map(|line| {
            let line = line.strip_prefix("  ")?;
            let line = line.strip_prefix("get ").or(line.strip_prefix("async ")).unwrap_or(line);
            let name = line.split(|c: char| !c.is_alphanumeric()).next()?;
            (!name.is_empty() && !line.starts_with("readonly #")).then_some(name)
        });
        let members: Vec<_> = members.collect();
        assert!(members.contains(&"onStatus"), "{members:?}");
        for member in members {
            assert_eq!(wrong(&[member]).len(), 1, "`{member}`");
            assert_eq!(
                wrong(&[&*format!("deeper.{member}").leak()]).len(),
                usize::from(member == "constructor")
            );
        }
        assert!(wrong(&["on_status.x"])[0].contains("`onStatus` is a member of the client itself"));
    }

    #[test]
    fn parameters_are_checked_too() {
        let data = ParamKind::Data(DataType::of::<String>());
        let output = ParamKind::Output(DataType::of::<String>());
        let parameters = [("room_id", data), ("roomId", data), ("a", output), ("b", output)];
        let registry =
            Registry { actions: vec![action("say", 1, &parameters)], ..Registry::default() };
        assert_eq!(
            mistakes(&registry),
            [
                "api.rs:1: the action `say` has two outputs: one is all that a caller can read",
                "api.rs:1: the action `say` has two parameters that are `roomId` in TypeScript: \
                 `room_id` and `roomId`",
            ]
        );
    }

    #[test]
    fn a_stream_and_an_output_are_not_told_apart() {
        static PROGRESS: [Parameter; 1] = [Parameter {
            name: "progress",
            kind: ParamKind::Output(DataType::of::<String>()),
            check: |_| Ok(()),
        }];
        static ACTION: Action = Action {
            name: "read",
            docs: "",
            place: Place { file: "api.rs", line: 1 },
            parameters: &PROGRESS,
            idempotent: false,
            timeout: None,
            no_cancel: false,
            guard: None,
            concurrency: None,
            rate: None,
            signature: || {
                let rows = futures_util::stream::empty::<String>;
                signature(move |_| std::future::ready(Ok(Ok::<_, Never>(rows()))))
            },
        };
        let registry = Registry { actions: vec![&ACTION], ..Registry::default() };
        assert_eq!(
            mistakes(&registry),
            [
                "api.rs:1: the action `read` returns a stream and has an `Output`: leave one of them \
              out"
            ]
        );
    }

    #[test]
    fn camel_case_keeps_what_stands_at_the_ends() {
        for (rust, camel) in [
            ("say", "say"),
            ("say_it", "sayIt"),
            ("_say__it_", "_sayIt_"),
            ("x_1", "x1"),
            ("__proto__", "__proto__"),
            ("_", "_"),
            ("", ""),
        ] {
            assert_eq!(camel_case(rust), camel);
        }
    }
}
