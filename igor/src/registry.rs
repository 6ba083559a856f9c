//! The registry: every action, event, process and request of a program, collected and checked.
//!
//! Above it nobody knows how descriptors came to be: linked, or named one by one.

mod names;
mod spelling;

pub(crate) use spelling::{camel_case, path_of};

use crate::action::{Action, NamedAction};
use crate::error::Error;
use crate::event::{Event, EventDescriptor};
use crate::process::{NamedProcess, ProcessDescriptor};
use crate::request::{Request, RequestDescriptor};

/// One thing that an attribute put into the program.
#[derive(Clone, Copy, Debug)]
pub enum Submitted {
    /// `#[igor::action]`
    Action(&'static Action),
    /// `#[igor::event]`
    Event(&'static EventDescriptor),
    /// `#[igor::process]`
    Process(&'static ProcessDescriptor),
    /// `#[igor::request]`
    Request(&'static RequestDescriptor),
}

inventory::collect!(Submitted);

/// What a server offers: actions, events, processes and requests, each under its name.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    actions: Vec<&'static Action>,
    events: Vec<&'static EventDescriptor>,
    processes: Vec<&'static ProcessDescriptor>,
    requests: Vec<&'static RequestDescriptor>,
}

impl Registry {
    /// An empty registry, to be filled item by item: for tests, and for programs with two servers.
    pub fn new() -> Self {
        Registry::default()
    }

    /// Everything that was annotated in this program and the crates it is linked with, in the
    /// order of their names.
    pub fn linked() -> Self {
        let mut registry = Registry::new();
        for submitted in inventory::iter::<Submitted> {
            match submitted {
                Submitted::Action(action) => registry.actions.push(action),
                Submitted::Event(event) => registry.events.push(event),
                Submitted::Process(process) => registry.processes.push(process),
                Submitted::Request(request) => registry.requests.push(request),
            }
        }
        registry.sort();
        registry
    }

    /// Adds an action by its function's name: `Registry::new().action::<hello>()`.
    #[must_use]
    pub fn action<A: NamedAction>(mut self) -> Self {
        self.actions.push(A::ACTION);
        self.sort();
        self
    }

    /// One action alone.
    #[cfg(feature = "remote")]
    pub(crate) fn of_action(action: &'static Action) -> Self {
        Registry { actions: vec![action], ..Registry::default() }
    }

    /// Adds an event.
    #[must_use]
    pub fn event<E: Event>(mut self) -> Self {
        self.events.push(E::DESCRIPTOR);
        self.sort();
        self
    }

    /// Adds a process.
    #[must_use]
    pub fn process<P: NamedProcess>(mut self) -> Self {
        self.processes.push(P::PROCESS);
        self.sort();
        self
    }

    /// Adds a request.
    #[must_use]
    pub fn request<R: Request>(mut self) -> Self {
        self.requests.push(R::DESCRIPTOR);
        self.sort();
        self
    }

    /// The actions, in the order of their names.
    #[doc(hidden)]
    pub fn actions(&self) -> &[&'static Action] {
        &self.actions
    }

    /// The names of the actions that have no guard, in a registry where others have one: there it
    /// may have been forgotten. Where no action has a guard there are none. A server logs them when
    /// it starts.
    pub fn unguarded(&self) -> impl Iterator<Item = &'static str> {
        self.unguarded_actions().map(|action| action.name)
    }

    pub(crate) fn unguarded_actions(&self) -> impl Iterator<Item = &'static Action> {
        let has_guards = self.actions.iter().any(|action| action.guard.is_some());
        let actions = self.actions.iter().copied();
        actions.filter(move |action| has_guards && action.guard.is_none())
    }

    /// The events, in the order of their names.
    #[doc(hidden)]
    pub fn events(&self) -> &[&'static EventDescriptor] {
        &self.events
    }

    /// The processes, in the order of their names.
    #[doc(hidden)]
    pub fn processes(&self) -> &[&'static ProcessDescriptor] {
        &self.processes
    }

    /// The requests, in the order of their names.
    #[doc(hidden)]
    pub fn requests(&self) -> &[&'static RequestDescriptor] {
        &self.requests
    }

    /// Whether everything can be offered.
    ///
    /// # Errors
    ///
    /// `internal` with every mistake, a line each, with file and line: two of one name, a name
    /// that TypeScript cannot write, an empty name, a name in the way of another; and an empty
    /// registry, which is what a program has that forgot to link its crate of actions.
    pub fn check(&self) -> Result<(), Error> {
        let has_some = !self.actions.is_empty() || !self.events.is_empty();
        if !has_some && self.processes.is_empty() && self.requests.is_empty() {
            let text = "nothing is registered: where the actions are in a crate of their own, say \
                        `use that_crate as _;` in the program and in its build script";
            return Err(Error::mistake(text));
        }
        Error::of_mistakes(&names::mistakes(self))
    }

    fn sort(&mut self) {
        self.actions.sort_by_key(|action| action.name);
        self.events.sort_by_key(|event| event.name);
        self.processes.sort_by_key(|process| process.name);
        self.requests.sort_by_key(|request| request.name);
    }
}
