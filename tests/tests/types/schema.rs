//! The schema of everything: an OpenRPC document that its own meta-schema takes, behind the gate.

use std::path::Path;

use futures_util::{Stream, stream};
use igor::__private::serde_json::{self, Value};
use igor::emit::{Emit, Runtime};
use igor::{Input, Output, Registry, Server};
use igor_tests::{Running, TOKEN, config, within};
use jsonschema::Draft;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Who said what.
#[igor::data]
struct Line {
    who: String,
    /// When it is missing it was said to all.
    #[serde(default)]
    to: Option<String>,
    next: Option<Box<Line>>,
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("at most {limit}")]
    TooLong { limit: u8 },
}

#[igor::event("schema.said")]
struct Said {
    line: Line,
}

/// Says it.
///
/// At once.
#[igor::action("schema.say", idempotent)]
fn say(line: Line, loud: Option<bool>) -> Result<Line, Failure> {
    let _ = loud;
    Ok(line)
}

/// May it be said?
#[igor::request("schema.allow", reply = bool)]
struct Allow {
    line: Line,
}

#[igor::action("schema.gather")]
async fn gather(mut lines: Input<Line>) -> igor::Result<u32> {
    let mut count = 0;
    while lines.next().await?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[igor::action("schema.all")]
fn all(pair: (u8, String)) -> impl Stream<Item = Line> {
    drop(pair);
    stream::empty::<Line>()
}

#[igor::action("schema.work")]
async fn work(done: Output<f32>) -> igor::Result<()> {
    done.send(1.0).await
}

fn registry() -> Registry {
    Registry::new()
        .action::<say>()
        .action::<all>()
        .action::<work>()
        .event::<Said>()
        .action::<gather>()
        .request::<Allow>()
}

fn emit() -> Emit {
    Emit { registry: registry(), runtime: Runtime::Package, ..Emit::default() }
}

fn document() -> Value {
    let text = emit().schema().expect("a schema");
    serde_json::from_str(&text).expect("JSON")
}

/// OpenRPC's own, from its npm package. It refers to a meta-schema of JSON Schema on the web that
/// is draft 7's, which the validator has.
fn meta_schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../igor-client-ts/node_modules/@open-rpc/meta-schema/index.js");
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|_| panic!("no OpenRPC: run `npm ci` in `igor-client-ts` first"));
    let (_, text) = text.split_once("exports.openrpcDocument = {").expect("the schema");
    let (text, _) = text.split_once("};").expect("its end");
    let mut schema: Value = serde_json::from_str(&format!("{{{text}}}")).expect("JSON");
    let fields = schema.as_object_mut().expect("an object");
    fields.remove("$schema");
    fields.remove("$id");
    let draft = serde_json::json!({ "$ref": "http://json-schema.org/draft-07/schema#" });
    schema["definitions"]["JSONSchema"] = draft;
    schema["definitions"]["referenceObject"]["properties"]["$ref"] = true.into();
    schema
}

#[test]
fn openrpc_takes_the_document() {
    let options = jsonschema::options().with_draft(Draft::Draft7);
    let meta = options.build(&meta_schema()).expect("a schema");
    let document = document();
    let errors: Vec<_> = meta.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{document:#}");
    // It can be failed.
    let mut wrong = document;
    wrong["methods"][0]["name"] = 1.into();
    assert!(!meta.is_valid(&wrong));
}

#[test]
fn actions_and_events_are_in_it_with_all_their_types() {
    let document = document();
    let method = |name: &str| {
        let methods = document["methods"].as_array().expect("methods");
        methods.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no `{name}`"))
    };
    let say = method("schema.say");
    assert_eq!(say["description"], "Says it.\n\nAt once.");
    assert_eq!(say["x-igor-idempotent"], true);
    assert_eq!(say["params"][0]["name"], "line");
    assert_eq!(say["params"][0]["required"], true);
    assert_eq!(say["params"][1]["required"], false);
    // What is read may lack what is always written.
    assert_eq!(say["params"][0]["schema"]["$ref"], "#/components/schemas/LineInput");
    assert_eq!(say["result"]["schema"]["$ref"], "#/components/schemas/Line");
    assert_eq!(say["errors"][0]["code"], 450);
    assert_eq!(say["errors"][0]["data"]["$ref"], "#/components/schemas/Failure");
    assert_eq!(method("schema.all")["x-igor-stream"], true);
    assert_eq!(method("schema.work")["x-igor-output"]["schema"]["type"], "number");
    let input = &method("schema.gather")["x-igor-input"];
    assert_eq!(input["schema"]["$ref"], "#/components/schemas/LineInput");
    assert_eq!(document["x-igor-requests"][0]["reply"]["type"], "boolean");
    assert_eq!(document["x-igor-events"][0]["name"], "schema.said");
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let names: Vec<_> = schemas.keys().map(String::as_str).collect();
    assert_eq!(names, ["Allow", "Failure", "Line", "LineInput", "Said"]);
    assert_eq!(schemas["LineInput"]["required"], serde_json::json!(["who"]));
    assert_eq!(schemas["Line"]["required"], serde_json::json!(["who", "to", "next"]));
}

/// The answer to a request of the schema, whole.
async fn asked(server: &Running, headers: &str) -> String {
    let address = server.handle().address();
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "GET /igor/schema.json HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\r\n"
    );
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    within("the answer", socket.read_to_string(&mut answer)).await.expect("it answers");
    answer
}

#[tokio::test]
async fn the_schema_is_served_to_those_who_show_the_token() {
    let server = Running::serve(registry()).await;
    let answer = asked(&server, &format!("authorization: Bearer {TOKEN}\r\n")).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body, emit().schema().expect("a schema"));
    for headers in ["", "authorization: Bearer wrong\r\n"] {
        let answer = asked(&server, headers).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert!(!answer.contains("openrpc"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_decides_itself_who_a_client_is_serves_no_schema() {
    let server = Server::new(config()).registry(registry()).authorize(|_| async { Ok(1_u8) });
    let server = Running::start(server).await;
    for headers in
        ["", "authorization: Bearer wrong\r\n", &format!("authorization: Bearer {TOKEN}\r\n")]
    {
        let answer = asked(&server, headers).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        assert!(!answer.contains("openrpc"));
    }
    server.stop().await;
}
