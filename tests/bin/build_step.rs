//! A build script, and a test of a stale client, as a program: it goes through one of the two doors
//! of `igor::emit` with one of two contracts.

use std::path::PathBuf;

use igor::Registry;
use igor::emit::Emit;

mod before {
    #[igor::action("say")]
    pub(super) fn say(room: String, text: String) -> String {
        room + &text
    }

    #[igor::action("shout")]
    pub(super) fn shout() {}
}

mod now {
    #[igor::action("say")]
    pub(super) fn say(room: String, line: String, why: Option<String>) -> String {
        room + &line + &why.unwrap_or_default()
    }
}

fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let [door, contract, path] = &words[..] else { panic!("a door, a contract and a path") };
    let registry = match contract.as_str() {
        "before" => Registry::new().action::<before::say>().action::<before::shout>(),
        "now" => Registry::new().action::<now::say>(),
        other => panic!("no contract `{other}`"),
    };
    let emit = Emit { registry, ..Emit::default() };
    match door.as_str() {
        "build" => emit.build(PathBuf::from(path)),
        "assert" => emit.assert_current(PathBuf::from(path)),
        other => panic!("no door `{other}`"),
    }
}
