//! The catalog: a registry as TypeScript sees it, every type by its text.

use std::collections::{BTreeMap, HashSet};

use crate::action::{Action, ReplyKind};
use crate::data::{self, DataType, Declaration, Declarations, tokens};
use crate::error::Error;
use crate::event::EventDescriptor;
use crate::registry::Registry;
use crate::request::RequestDescriptor;

/// What a registry offers to clients, in the order of the names.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) actions: Vec<ListedAction>,
    pub(crate) events: Vec<ListedEvent>,
    pub(crate) requests: Vec<ListedRequest>,
    /// Every named type that any of them is made of, by its name.
    declarations: BTreeMap<String, Declaration>,
    bodies: BTreeMap<String, String>,
    types: Vec<DataType>,
}

/// An action, with its types as TypeScript refers to them.
#[derive(Debug)]
pub(crate) struct ListedAction {
    pub(crate) name: &'static str,
    pub(crate) docs: &'static str,
    /// What the caller gives: the name in Rust and the type.
    pub(crate) parameters: Vec<(&'static str, String)>,
    /// What the caller sends while it runs.
    pub(crate) input: Option<ListedInput>,
    pub(crate) output: Option<String>,
    pub(crate) reply: Reply,
    /// Its own typed error.
    pub(crate) failure: Option<String>,
    /// Whether a client may call it again by itself.
    pub(crate) idempotent: bool,
}

/// The input of an action.
#[derive(Debug)]
pub(crate) struct ListedInput {
    /// How many parameters of the caller stand before it.
    pub(crate) at: usize,
    /// Its name in Rust.
    pub(crate) name: &'static str,
    /// The type of an item.
    pub(crate) item: String,
}

/// What an action replies with.
#[derive(Debug)]
pub(crate) enum Reply {
    Value(String),
    Stream(String),
}

/// An event, with the type of what it carries.
#[derive(Debug)]
pub(crate) struct ListedEvent {
    pub(crate) name: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) payload: String,
}

/// A request, with the types of what it carries and of its answer.
#[derive(Debug)]
pub(crate) struct ListedRequest {
    pub(crate) name: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) payload: String,
    pub(crate) reply: String,
}

impl Catalog {
    /// Lists what is in a registry.
    ///
    /// # Errors
    ///
    /// `internal` when the registry has mistakes, or two of its types one name in TypeScript.
    pub(crate) fn of(registry: &Registry) -> Result<Self, Error> {
        registry.check()?;
        let declarations = Declarations::new(data::notation());
        let mut writer = Writer { declarations, types: BTreeMap::new() };
        let actions: Vec<_> =
            registry.actions().iter().map(|action| writer.action(action)).collect();
        for (listed, action) in actions.iter().zip(registry.actions()) {
            listed.check(action)?;
        }
        let events = registry.events().iter().map(|event| writer.event(event)).collect();
        let requests = registry.requests().iter().map(|request| writer.request(request)).collect();
        let bodies = writer.declarations.take_bodies();
        let types = writer.types.into_values().collect();
        let declarations = writer.declarations.by_name()?;
        Ok(Catalog { actions, events, requests, declarations, bodies, types })
    }

    /// Every type that an action, an event or a request has, each once.
    pub(crate) fn types(&self) -> &[DataType] {
        &self.types
    }

    /// What each named type is made of, by its name with its parameters.
    pub(crate) fn bodies(&self) -> &BTreeMap<String, String> {
        &self.bodies
    }

    /// Whether this is a type of serde_json, not of the user's.
    pub(crate) fn is_foreign(&self, ident: &str) -> bool {
        self.declarations
            .get(ident)
            .is_some_and(|it| it.rust.starts_with("serde_json::") || it.rust.starts_with("ts_rs::"))
    }

    /// The named types that these texts are made of, each before what it is made of itself. What
    /// ts-rs says of the order changes from build to build; the texts do not.
    pub(crate) fn reachable<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Vec<&Declaration> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for text in texts {
            self.reach(text, &mut seen, &mut found);
        }
        found
    }

    fn reach<'a>(
        &'a self,
        text: &str,
        seen: &mut HashSet<&'a str>,
        found: &mut Vec<&'a Declaration>,
    ) {
        for name in tokens::names(text) {
            let Some((name, declaration)) = self.declarations.get_key_value(name) else { continue };
            if seen.insert(name) {
                found.push(declaration);
                self.reach(&declaration.text, seen, found);
            }
        }
    }
}

impl ListedAction {
    /// Only a call that is one question and one answer can be sent again by itself.
    fn check(&self, action: &Action) -> Result<(), Error> {
        let has_outputs = self.output.is_some() || matches!(self.reply, Reply::Stream(_));
        let has_items = has_outputs || self.input.is_some();
        if !self.idempotent || !has_items {
            return Ok(());
        }
        let Action { name, place, .. } = action;
        let text = format!(
            "{place}: the action `{name}` is `idempotent` and has an input, outputs or a stream, \
             which a second call would send again: leave `idempotent` out"
        );
        Err(Error::mistake(text))
    }

    /// The texts of the types that the page sends.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &str> {
        let parameters = self.parameters.iter().map(|(_, text)| text.as_str());
        parameters.chain(self.input.as_ref().map(|input| input.item.as_str()))
    }

    /// The texts of all its types, in the order in which a reader meets them.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let (Reply::Value(reply) | Reply::Stream(reply)) = &self.reply;
        self.sent()
            .chain([reply.as_str()])
            .chain(self.output.as_deref())
            .chain(self.failure.as_deref())
    }
}

impl ListedRequest {
    /// The texts of all its types.
    pub(crate) fn texts(&self) -> [&str; 2] {
        [&self.payload, &self.reply]
    }
}

/// Writes types as text and remembers what they are made of.
struct Writer {
    declarations: Declarations,
    /// By their names in Rust.
    types: BTreeMap<&'static str, DataType>,
}

impl Writer {
    fn action(&mut self, action: &Action) -> ListedAction {
        let signature = (action.signature)();
        ListedAction {
            name: action.name,
            docs: action.docs,
            parameters: action
                .data_parameters()
                .map(|(name, data)| (name, self.write(data)))
                .collect(),
            input: action.input().map(|(at, name, item)| ListedInput {
                at,
                name,
                item: self.write(item),
            }),
            output: action.output().map(|item| self.write(item)),
            reply: match signature.reply {
                ReplyKind::Value(value) => Reply::Value(self.write(value)),
                ReplyKind::Stream(item) => Reply::Stream(self.write(item)),
            },
            failure: signature.error.map(|error| self.write(error)),
            idempotent: action.idempotent,
        }
    }

    fn event(&mut self, event: &EventDescriptor) -> ListedEvent {
        ListedEvent { name: event.name, docs: event.docs, payload: self.write(event.payload) }
    }

    fn request(&mut self, request: &RequestDescriptor) -> ListedRequest {
        let RequestDescriptor { name, docs, payload, reply, .. } = *request;
        ListedRequest { name, docs, payload: self.write(payload), reply: self.write(reply) }
    }

    fn write(&mut self, data: DataType) -> String {
        (data.declare)(&mut self.declarations);
        self.types.insert((data.rust)(), data);
        (data.name)(&data::notation())
    }
}
