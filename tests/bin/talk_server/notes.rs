//! What became of calls, counted for a page that asks later.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use igor::Scope;

/// How often each thing happened. Clones share one table.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<BTreeMap<&'static str, u32>>>);

impl Notes {
    pub(crate) fn note(&self, what: &'static str) {
        *self.0.lock().expect("nobody panics with it").entry(what).or_default() += 1;
    }

    /// Something that is noted as dropped when it is.
    pub(crate) fn guard(&self, whose: &'static str) -> Guard {
        Guard(self.clone(), whose)
    }
}

/// Notes its own end.
pub(crate) struct Guard(Notes, &'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.note(self.1);
    }
}

/// How often something happened.
#[igor::action("talk.noted")]
fn noted(what: String, notes: Scope<Notes>) -> u32 {
    let table = notes.0.lock().expect("nobody panics with it");
    table.get(what.as_str()).copied().unwrap_or_default()
}
