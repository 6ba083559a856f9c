//! The schema: everything that clients can call and are told, as one OpenRPC document.

mod components;

use serde_json::{Map, Value, json};

use crate::action::{Action, ReplyKind};
use crate::contract::{Catalog, Contract};
use crate::data::{DataType, notation};
use crate::emit::stubs;
use crate::error::{Code, Error, Result};
use crate::event::EventDescriptor;
use crate::registry::Registry;
use crate::request::RequestDescriptor;
use components::Components;

/// The version of OpenRPC, whose schemas are those of JSON Schema's draft 7.
const OPENRPC: &str = "1.3.2";

/// What every such document has, by which it is known.
pub(super) const MARK: &str = "\"openrpc\"";

/// The schema of everything that is linked, as an OpenRPC document: JSON Schemas of the arguments,
/// results and errors of every action, of what it sends on the way, and of every event.
///
/// What OpenRPC has no word for stands under names of its own: `x-igor-output` is what an action
/// sends before its result, `x-igor-stream` says that the result is that of each item of a stream,
/// `x-igor-idempotent` that a client may call again by itself, `x-igor-input` is what the caller
/// sends meanwhile; `x-igor-events` lists the events, and `x-igor-requests` what the server asks
/// clients. `info.version` is the hash of the contract.
///
/// ```no_run
/// # fn main() -> igor::Result<()> {
/// println!("{}", igor::schema()?);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// `internal`, as of [`Emit::text`](crate::emit::Emit::text).
pub fn schema() -> Result<String> {
    text(&Registry::linked())
}

/// The document of a registry, as its text.
pub(crate) fn text(registry: &Registry) -> Result<String> {
    let document = document(registry)?;
    let text = serde_json::to_string_pretty(&document);
    text.map(|text| text + "\n").map_err(|error| Error::new(Code::Internal, error.to_string()))
}

fn document(registry: &Registry) -> Result<Value> {
    let contract = Contract::of_catalog(&Catalog::of(registry)?);
    let mut components = Components::new();
    let methods = registry.actions().iter().map(|action| method(action, &mut components));
    let methods: Vec<_> = methods.collect();
    let events = registry.events().iter().map(|event| told(event, &mut components));
    let events: Vec<_> = events.collect();
    let requests = registry.requests().iter().map(|request| asked(request, &mut components));
    let requests: Vec<_> = requests.collect();
    let mut document = components.beside(json!({
        "openrpc": OPENRPC,
        "info": { "title": "igor", "version": contract.hash },
        "methods": methods,
        "x-igor-events": events,
        "x-igor-requests": requests,
    }));
    // The same text from a build script and a program, of which one may have a crate that switches
    // on `preserve_order`.
    document.sort_all_objects();
    Ok(document)
}

fn method(action: &Action, components: &mut Components) -> Value {
    let signature = (action.signature)();
    let mut method = described(action.name, action.docs);
    let parameters = action.data_parameters().map(|(name, data)| {
        let is_required = !stubs::takes_null(&(data.name)(&notation()));
        json!({ "name": name, "required": is_required, "schema": components.read(data) })
    });
    method.insert("params".to_owned(), parameters.collect());
    method.insert("paramStructure".to_owned(), "by-name".into());
    let (ReplyKind::Value(reply) | ReplyKind::Stream(reply)) = signature.reply;
    method.insert("result".to_owned(), content("result", reply, components));
    if let ReplyKind::Stream(_) = signature.reply {
        method.insert("x-igor-stream".to_owned(), true.into());
    }
    if let Some((_, name, item)) = action.input() {
        let input = json!({ "name": name, "schema": components.read(item) });
        method.insert("x-igor-input".to_owned(), input);
    }
    if let Some(item) = action.output() {
        method.insert("x-igor-output".to_owned(), content("output", item, components));
    }
    if let Some(failure) = signature.error {
        let code = Code::ActionFailed.number();
        let data = components.written(failure);
        let error = json!({ "code": code, "message": "the action's own error", "data": data });
        method.insert("errors".to_owned(), json!([error]));
    }
    if action.idempotent {
        method.insert("x-igor-idempotent".to_owned(), true.into());
    }
    method.into()
}

fn told(event: &EventDescriptor, components: &mut Components) -> Value {
    let mut told = described(event.name, event.docs);
    told.insert("schema".to_owned(), components.written(event.payload));
    told.into()
}

/// What the server asks a client, whose reply is what it reads.
fn asked(request: &RequestDescriptor, components: &mut Components) -> Value {
    let mut asked = described(request.name, request.docs);
    asked.insert("schema".to_owned(), components.written(request.payload));
    asked.insert("reply".to_owned(), components.read(request.reply));
    asked.into()
}

fn content(name: &str, data: DataType, components: &mut Components) -> Value {
    json!({ "name": name, "schema": components.written(data) })
}

/// A name, and its docs without the space that Rust keeps before each line.
fn described(name: &str, docs: &str) -> Map<String, Value> {
    let lines = docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let prose = lines.collect::<Vec<_>>().join("\n");
    let mut described = Map::new();
    described.insert("name".to_owned(), name.into());
    if !prose.trim().is_empty() {
        described.insert("description".to_owned(), prose.trim().into());
    }
    described
}
