//! Names of all kinds, each mistake with its place.

use super::*;
use crate::action::{Never, Param, Parameter, signature};
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
    let parameters =
        parameters.iter().map(|(name, kind)| Parameter { name, kind: *kind, check: |_| Ok(()) });
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
    let runtime = include_str!("../../emit/runtime.ts");
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
    let data = <String as Param>::KIND;
    let output = ParamKind::Output(DataType::of::<String>());
    let parameters = [("room_id", data), ("roomId", data), ("a", output), ("b", output)];
    let registry = Registry { actions: vec![action("say", 1, &parameters)], ..Registry::default() };
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
        ["api.rs:1: the action `read` returns a stream and has an `Output`: leave one of them \
          out"]
    );
}
