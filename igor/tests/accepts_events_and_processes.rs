//! What can be an event or a process, and what their descriptions say.

#![allow(dead_code, missing_docs, unreachable_pub)] // only how it is described counts here

use igor::__private::{Restart, ts_rs::Config};
use igor::{ProcessContext, Registry};

/// Somebody said something.
#[igor::event("chat.said")]
#[derive(Clone)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    in_room: String,
}

#[igor::event("chat.came_or_went")]
pub enum CameOrWent {
    Came { who: String },
    Went(String),
}

#[igor::event("stopped")]
struct Stopped;

/// Ticks.
#[igor::process("clock")]
#[derive(Default)]
struct Clock {
    ticks: u64,
}

impl igor::Process for Clock {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        self.ticks += 1;
        cx.hub().all().send(&Said { in_room: "lobby".to_owned() });
        Ok(())
    }
}

#[igor::process("bot", restart = "always")]
struct Bot {
    name: String,
}

impl igor::Process for Bot {
    async fn run(&mut self, _cx: &ProcessContext) -> igor::Result<()> {
        self.name.clear();
        Ok(())
    }
}

#[igor::process("once", restart = "never")]
#[derive(Default)]
enum Once {
    #[default]
    Now,
}

impl igor::Process for Once {
    async fn run(&mut self, _cx: &ProcessContext) -> igor::Result<()> {
        match self {
            Once::Now => Ok(()),
        }
    }
}

#[test]
fn events_and_processes_are_linked_and_described() {
    let linked = Registry::linked();
    let events: Vec<_> = linked
        .events()
        .iter()
        .map(|event| (event.name, event.docs, (event.payload.name)(&Config::new())))
        .collect();
    assert_eq!(
        events,
        [
            ("chat.came_or_went", "", "CameOrWent".to_owned()),
            ("chat.said", "Somebody said something.", "Said".to_owned()),
            ("stopped", "", "Stopped".to_owned()),
        ]
    );

    let processes: Vec<_> = linked
        .processes()
        .iter()
        .map(|process| (process.name, process.docs, process.restart, (process.factory)().is_some()))
        .collect();
    assert_eq!(
        processes,
        [
            ("bot", "", Restart::Always, false),
            ("clock", "Ticks.", Restart::OnFailure, true),
            ("once", "", Restart::Never, true),
        ]
    );

    let named = Registry::new().event::<Said>().process::<Clock>();
    assert_eq!((named.events().len(), named.processes().len()), (1, 1));
}
