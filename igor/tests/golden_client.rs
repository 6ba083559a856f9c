//! The client of a registry with one of everything, compared with the one that is kept here.
//! After a change that is meant: `IGOR_EMIT=1 cargo test -p igor --test golden_client`.

use std::collections::HashMap;
use std::path::Path;

use futures_core::Stream;
use igor::emit::{Emit, Language, Runtime};
use igor::{Input, Output, Registry};

/// A line that somebody said.
#[igor::data]
struct Line {
    /// Who said it; matches `users/*/name`.
    who: String,
    text: String,
    seconds: u64,
    reply_to: Option<Box<Line>>,
}

#[igor::data]
struct Page<T> {
    items: Vec<T>,
    next: Option<u32>,
}

/// What is known of a room.
#[igor::data]
#[serde(rename_all = "camelCase")]
struct Room {
    name: String,
    topics: HashMap<String, Vec<Topic>>,
    place: (f64, f64),
    anything: serde_json::Value,
    a_rather_long_name_of_a_field: Result<String, u8>,
    /// When it is left out there is no limit.
    #[serde(default)]
    limit: u8,
}

#[igor::data]
enum Topic {
    None,
    /// Any text, but "nothing".
    Text(String),
    /// A picture.
    ///
    /// In pixels.
    Picture {
        width: u32,
        height: u32,
    },
}

/// Why a line was not said.
///
/// It is told to whoever said it.
#[igor::data]
#[derive(Debug, thiserror::Error)]
#[serde(tag = "kind")]
enum SayError {
    /// Nobody knows who said it.
    #[error("say who you are first")]
    Nameless,
    #[error("a line has at most {limit} characters")]
    TooLong { limit: u32 },
}

#[igor::data]
struct Progress {
    done: f32,
}

/// Somebody said something in a room.
#[igor::event("chat.said")]
struct Said {
    room: String,
    line: Line,
}

/// Says a line in a room.
#[igor::action("chat.say")]
async fn say(room: String, text: String) -> Result<Line, SayError> {
    Ok(Line { who: room, text, seconds: 0, reply_to: None })
}

/// Reads a room's history, oldest first.
///
/// At most `limit` lines.
#[igor::action("chat.history")]
fn history(
    room_id: u32,
    options: Vec<Topic>,
    before: Option<Box<Line>>,
    limit: Option<u32>,
) -> Result<impl Stream<Item = Line>, SayError> {
    let _ = (room_id, options, before, limit);
    Ok(futures_util::stream::empty::<Line>())
}

#[igor::action("chat.import")]
async fn import(path: String, progress: Output<Progress>) -> igor::Result<Page<Line>> {
    progress.send(Progress { done: 1.0 }).await?;
    Err(igor::Error::forbidden(path))
}

#[igor::action("chat.list_rooms")]
fn list_rooms(after: Option<String>) -> Page<Room> {
    let _ = after;
    Page { items: Vec::new(), next: None }
}

/// Does nothing.
#[igor::action]
fn ping() {}

/// Takes rows, and says on the way how many there are.
#[igor::action("table.fill")]
async fn fill(table: String, rows: Input<Line>, first: Option<u32>, count: Output<u32>) {
    drop((table, rows, first, count));
}

/// Asks whoever sits in front of the page.
#[igor::request("confirm", reply = bool)]
struct Confirm {
    question: String,
}

#[igor::request("ask_name", reply = Option<Name>)]
struct AskName;

#[igor::data]
struct Name(String);

fn registry() -> Registry {
    let registry = Registry::new().action::<say>().action::<history>().action::<import>();
    let registry = registry.action::<list_rooms>().action::<ping>().event::<Said>();
    registry.action::<fill>().request::<Confirm>().request::<AskName>()
}

fn mounts() -> Vec<String> {
    vec!["pictures".to_owned(), "drawings".to_owned()]
}

#[test]
fn the_client_is_as_it_was_agreed() {
    let emit = Emit {
        registry: registry(),
        runtime: Runtime::Package,
        mounts: mounts(),
        ..Emit::default()
    };
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
        let emit = Emit {
            registry: registry(),
            runtime: Runtime::Inside,
            mounts: mounts(),
            ..Emit::default()
        };
        emit.client(&path).expect("written");
        let text = std::fs::read_to_string(&path).expect("read");
        assert_eq!(text, emit.text(language).expect("a text"));

        let (generated, inside) = text.split_once("// ---").expect("a divider");
        assert!(inside.contains(runtime));
        let package = Emit { runtime: Runtime::Package, ..emit }.text(language).expect("a text");
        let is_import = |line: &&str| line.contains("\"igor-client-ts");
        let lines = package.lines().filter(|line| !line.is_empty() && !is_import(line));
        assert!(generated.lines().filter(|line| !line.is_empty()).eq(lines));
    }
}

#[test]
fn a_stale_client_says_how_to_write_it_anew() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stale-client.js");
    let earlier = "// The client of one server, written by igor 0.0.0 from its Rust.";
    std::fs::write(&path, earlier).expect("written");
    let emit = Emit { registry: registry(), runtime: Runtime::Inside, ..Emit::default() };
    let outcome = std::panic::catch_unwind(|| emit.assert_current(&path));
    if std::env::var_os("IGOR_EMIT").is_some() {
        return outcome.expect("written anew");
    }
    let panic = outcome.expect_err("it is stale");
    let said = panic.downcast_ref::<String>().expect("a text");
    let advice =
        "is not the client of what is linked here: write it anew by `IGOR_EMIT=1 cargo test`";
    assert_eq!(*said, format!("`{}` {advice}", path.display()));
}

#[test]
fn an_empty_registry_says_what_links_the_actions() {
    let emit = Emit { registry: Registry::new(), runtime: Runtime::Inside, ..Emit::default() };
    let error = emit.client("igor-client.ts").expect_err("it is empty");
    assert!(error.message().starts_with("nothing is registered"), "{error}");
    assert!(error.message().contains("`use that_crate as _;`"), "{error}");
}

#[test]
fn what_goes_wrong_names_the_path() {
    let emit = Emit { registry: registry(), runtime: Runtime::Inside, ..Emit::default() };
    let error = emit.client("ui/igor-client.py").expect_err("no such language");
    let text =
        "a client ends in `.ts` or `.js` and a schema in `.json`, not as `ui/igor-client.py` does";
    assert_eq!(error.message(), text);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml/igor-client.ts");
    let error = emit.client(&path).expect_err("no directory");
    assert!(error.message().contains(&format!("`{}`", path.display())), "{error}");
}

#[test]
fn what_igor_did_not_write_is_left_as_it_is() {
    let emit = Emit { registry: registry(), mounts: mounts(), ..Emit::default() };
    for file in ["main.ts", "main.js", "package.json"] {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-igors").join(file);
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        std::fs::write(&path, "{}").expect("written");
        let error = emit.client(&path).expect_err("it is somebody's own");
        let text = format!("`{}` has something in it that igor did not write", path.display());
        assert!(error.message().starts_with(&text), "{error}");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "{}");
        std::fs::remove_file(&path).expect("removed");
        emit.client(&path).expect("it is not there");
        std::fs::write(&path, std::fs::read_to_string(&path).expect("read") + "\n").expect("stale");
        emit.client(&path).expect("it is igor's own");
    }
}

/// Types with the names of igor's own.
mod taken {
    #[igor::data]
    pub(super) struct Client {
        name: String,
    }

    #[igor::data]
    pub(super) struct Call {
        by: Client,
    }

    #[igor::data]
    pub(super) enum Status {
        Idle,
        Busy { with: Call },
    }

    #[igor::action("clients")]
    pub(super) fn clients(status: Option<Status>) -> Vec<Client> {
        status
            .into_iter()
            .filter_map(|status| match status {
                Status::Idle => None,
                Status::Busy { with } => Some(with.by),
            })
            .collect()
    }
}

/// A file with what JSON has no word for.
mod exact {
    use igor::{BigInt, Bytes, Date};

    #[igor::data]
    pub(super) struct File {
        name: String,
        content: Bytes,
        size: BigInt,
        #[serde(default)]
        changed: Option<Date>,
    }

    #[igor::action("file.write")]
    pub(super) fn write(file: File) -> u32 {
        u32::try_from(file.content.len()).unwrap_or(u32::MAX)
    }

    #[igor::action("file.read")]
    pub(super) fn read(name: String) -> Option<File> {
        let file = File { name, content: Bytes::default(), size: 0_u8.into(), changed: None };
        Some(file).filter(|file| !file.name.is_empty())
    }

    /// Its only content is merged with its tag, which no object can be.
    #[igor::data]
    #[serde(tag = "kind")]
    pub(super) enum Merged {
        File(Bytes),
    }

    #[igor::action("file.merge")]
    pub(super) fn merge(merged: Merged) -> usize {
        let Merged::File(bytes) = merged;
        bytes.len()
    }
}

#[test]
fn exact_values_bring_their_module() {
    // Both forms are checked by the TypeScript compiler, as the whole golden client is.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exact-client");
    let registry = || Registry::new().action::<exact::write>().action::<exact::read>();
    for (runtime, file) in [(Runtime::Inside, "inside.ts"), (Runtime::Package, "package.ts")] {
        let path = folder.join(file);
        Emit { registry: registry(), runtime, ..Emit::default() }.client(&path).expect("written");
        let text = std::fs::read_to_string(&path).expect("read");
        let file = "content: Uint8Array; size: bigint; changed?: Date | null";
        assert!(text.contains(file), "{text}");
        // Only what is asked with may have to be packed.
        assert!(text.contains("url, options, [exact([\"file.write\"])]);"), "{text}");
    }
    let script = Emit { registry: registry(), ..Emit::default() };
    let script = script.text(Language::JavaScript).expect("a text");
    assert!(script.ends_with(include_str!("../src/emit/modules/exact.js")));
}

#[test]
fn bytes_that_would_be_merged_with_a_tag_are_refused() {
    let registry = Registry::new().action::<exact::merge>();
    let emit = Emit { registry, ..Emit::default() };
    let error = emit.text(Language::TypeScript).expect_err("no type of TypeScript");
    assert!(error.message().contains("Merged"), "{error}");
}

#[test]
fn a_type_with_a_name_of_igors_own_keeps_it() {
    // Both forms are checked by the TypeScript compiler, as the whole golden client is.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("taken-client");
    for (runtime, file) in [(Runtime::Inside, "inside.ts"), (Runtime::Package, "package.ts")] {
        let registry = Registry::new().action::<taken::clients>();
        let path = folder.join(file);
        Emit { registry, runtime, ..Emit::default() }.client(&path).expect("written");
        let text = std::fs::read_to_string(&path).expect("read");
        assert!(text.contains("export type Client = { name: string };"), "{file}");
        let stub = "clients: (status?: Status | null, options?: CallOptions): \
                    IgorCall<Array<Client>> =>";
        assert!(text.contains(stub), "{file}");
    }
}

#[test]
fn a_client_looks_for_a_desktop_window_only_when_that_was_asked_for() {
    for (runtime, made) in
        [(Runtime::Inside, "function desktop("), (Runtime::Package, "igor-client-ts/desktop")]
    {
        for desktop in [false, true] {
            let emit = Emit { registry: registry(), runtime, desktop, ..Emit::default() };
            let text = emit.text(Language::TypeScript).expect("made");
            assert_eq!(text.contains(made), desktop, "{runtime:?}");
            assert_eq!(text.contains("[desktop()"), desktop, "{runtime:?}");
        }
    }
}

#[test]
fn a_client_says_its_traces_only_when_that_was_asked_for() {
    // Both forms are checked by the TypeScript compiler, and `traced.ts` is what a page may write.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("traced-client");
    for (runtime, file, made) in [
        (Runtime::Inside, "inside.ts", "function traces("),
        (Runtime::Package, "package.ts", "igor-client-ts/traces"),
    ] {
        for traces in [false, true] {
            let registry = registry().action::<exact::write>();
            let emit = Emit { registry, runtime, traces, ..Emit::default() };
            let text = emit.text(Language::TypeScript).expect("made");
            for part in [made, ", traces()]", " & Traced", "ping: (options?: TracedOptions)"] {
                assert_eq!(text.contains(part), traces, "{part} in {file}");
            }
            if traces {
                // It writes behind exact values, so it has to come behind their module.
                let [exact, own] = ["exact([", "traces()]"].map(|made| text.find(made));
                assert!(exact < own, "{text}");
                emit.client(folder.join(file)).expect("written");
            }
        }
    }
}

#[test]
fn a_client_checks_what_the_server_says_only_when_that_was_asked_for() {
    // Both forms are checked by the TypeScript compiler, as the whole golden client is.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checked-client");
    for (runtime, file, made) in [
        (Runtime::Inside, "inside.ts", "function checks("),
        (Runtime::Package, "package.ts", "igor-client-ts/checks"),
    ] {
        for checks in [false, true] {
            let emit = Emit { registry: registry(), runtime, checks, ..Emit::default() };
            let text = emit.text(Language::TypeScript).expect("made");
            for part in [made, "const expected: Expected = {", "checks(expected)]", " & Checked"] {
                assert_eq!(text.contains(part), checks, "{part} in {file}");
            }
            if checks {
                emit.client(folder.join(file)).expect("written");
            }
        }
    }
}
