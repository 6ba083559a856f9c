//! The client of a registry with one of everything, compared with the one that is kept here.
//! After a change that is meant: `IGOR_EMIT=1 cargo test -p igor --test golden_client`.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::path::Path;

use igor::__private::{
    Action, DataType, EventDescriptor, NamedAction, Never, Param, Parameter, Place, signature,
};
use igor::emit::{Emit, Language, Runtime};
use igor::{Event, Output, Registry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A line that somebody said.
#[derive(Serialize, Deserialize, TS, JsonSchema)]
struct Line {
    /// Who said it; matches `users/*/name`.
    who: String,
    text: String,
    seconds: u64,
    reply_to: Option<Box<Line>>,
}

#[derive(Serialize, Deserialize, TS, JsonSchema)]
struct Page<T> {
    items: Vec<T>,
    next: Option<u32>,
}

/// What is known of a room.
#[derive(Serialize, Deserialize, TS, JsonSchema)]
struct Room {
    name: String,
    topics: HashMap<String, Vec<Topic>>,
    place: (f64, f64),
    anything: serde_json::Value,
    a_rather_long_name_of_a_field: Result<String, u8>,
}

#[derive(Serialize, Deserialize, TS, JsonSchema)]
enum Topic {
    None,
    Text(String),
    Picture { width: u32, height: u32 },
}

/// Why a line was not said.
///
/// It is `thiserror`'s in a real program.
#[derive(Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "kind")]
#[ts(tag = "kind")]
enum SayError {
    Nameless,
    TooLong { limit: u32 },
}

impl std::fmt::Display for SayError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not said")
    }
}

#[derive(Serialize, Deserialize, TS, JsonSchema)]
struct Progress {
    done: f32,
}

#[derive(Serialize, Deserialize, TS, JsonSchema)]
struct Said {
    room: String,
    line: Line,
}

impl Event for Said {
    const DESCRIPTOR: &'static EventDescriptor = &EventDescriptor {
        name: "chat.said",
        docs: " Somebody said something in a room.",
        place: Place { file: file!(), line: line!() },
        payload: DataType::of::<Said>(),
    };
}

macro_rules! action {
    ($item:ident, $name:literal, $docs:literal, ($($key:ident: $data:ty),*) -> $reply:ty, $error:ty) => {
        struct $item;
        impl NamedAction for $item {
            const ACTION: &'static Action = &Action {
                name: $name,
                docs: $docs,
                place: Place { file: file!(), line: line!() },
                parameters: &[$(Parameter {
                    name: stringify!($key),
                    kind: <$data as Param>::KIND,
                    check: <$data as Param>::check,
                }),*],
                signature: || signature(|_| std::future::pending::<igor::Result<Result<$reply, $error>>>()),
            };
        }
    };
}

type Lines = futures_util::stream::Empty<Line>;

action!(Say, "chat.say", " Says a line in a room.", (room: String, text: String) -> Line, SayError);
action!(
    History,
    "chat.history",
    " Reads a room's history, oldest first.\n\n At most `limit` lines.",
    (room_id: u32, options: Vec<Topic>, before: Option<Box<Line>>, limit: Option<u32>) -> Lines, SayError
);
action!(
    Import,
    "chat.import",
    "",
    (path: String, progress: Output<Progress>) -> Page<Line>, igor::Error
);
action!(Rooms, "chat.list_rooms", "", (after: Option<String>) -> Page<Room>, Never);
action!(Ping, "ping", " Does nothing.", () -> (), Never);

fn registry() -> Registry {
    let registry = Registry::new().action::<Say>().action::<History>().action::<Import>();
    registry.action::<Rooms>().action::<Ping>().event::<Said>()
}

#[test]
fn the_client_is_as_it_was_agreed() {
    let emit = Emit { registry: registry(), runtime: Runtime::Package };
    emit.assert_current("tests/golden-client/igor-client.ts");
    emit.assert_current("tests/golden-client/igor-client.js");
}

/// The files stay under `target/tmp`, where the test command compiles them.
#[test]
fn the_runtime_may_stand_in_the_same_file() {
    for (language, file, runtime) in [
        (Language::TypeScript, "igor-client.ts", include_str!("../src/emit/runtime.ts")),
        (Language::JavaScript, "igor-client.js", include_str!("../src/emit/runtime.js")),
    ] {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden-client").join(file);
        let emit = Emit { registry: registry(), runtime: Runtime::Inside };
        emit.client(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, emit.text(language).unwrap());

        let (generated, inside) = text.split_once("// ---").unwrap();
        assert!(inside.ends_with(runtime));
        let package = Emit { runtime: Runtime::Package, ..emit }.text(language).unwrap();
        let is_import = |line: &&str| line.contains("\"igor-client-ts\"");
        let lines = package.lines().filter(|line| !line.is_empty() && !is_import(line));
        assert!(generated.lines().filter(|line| !line.is_empty()).eq(lines));
    }
}
