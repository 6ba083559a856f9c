//! Bytes, exact integers and dates on their way through a server.

use futures_util::{Stream, stream};
use igor::{BigInt, Bytes, Client, Config, Date, Hub, Input, Output, Registry, Server};
use igor_tests::{Identity, Page, Received, Running, binary, config, failure, parted};
use serde_json::{Value, json};

#[igor::data]
struct Picture {
    name: String,
    file: Bytes,
    size: BigInt,
    at: Date,
}

/// Somebody has put a picture.
#[igor::event("picture.was_put")]
struct Put {
    picture: Picture,
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("there is one already")]
struct Taken {
    file: Bytes,
}

#[igor::action("picture.turn")]
fn turn(picture: Picture, more: Vec<Bytes>) -> Vec<Picture> {
    let Picture { name, file, size, at } = picture;
    let turned = file.iter().rev().copied().collect::<Vec<_>>();
    let picture = |file| Picture { name: name.clone(), file, size, at };
    [turned.into()].into_iter().chain(more).map(picture).collect()
}

#[igor::action("picture.put")]
fn put(picture: Picture, hub: Hub) -> Option<Bytes> {
    hub.all().send(&Put { picture });
    None
}

#[igor::action("picture.take")]
async fn take(file: Bytes, parts: Output<Bytes>) -> Result<BigInt, Taken> {
    // A send fails only where nobody is left to be told.
    let _ = parts.send(file.clone()).await;
    Err(Taken { file })
}

#[igor::action("picture.parts")]
fn parts(file: Bytes) -> impl Stream<Item = Bytes> {
    stream::iter([file.clone(), file])
}

#[igor::action("picture.echo")]
fn echo(file: Bytes) -> Bytes {
    file
}

#[igor::action("picture.join")]
async fn join(mut parts: Input<Bytes>) -> igor::Result<Bytes> {
    let mut joined = Vec::new();
    while let Some(part) = parts.next().await? {
        joined.extend_from_slice(&part);
    }
    Ok(joined.into())
}

/// Lets somebody choose a picture that is as old as this.
#[igor::request("picture.choose", reply = Bytes)]
struct Choose {
    before: Date,
}

#[igor::action("picture.ask")]
async fn ask(client: Client) -> igor::Result<BigInt> {
    let chosen = client.request(&Choose { before: Date::default() }).await?;
    Ok(BigInt::from(chosen.len() as u64))
}

async fn serving(config: Config) -> Running {
    let registry = Registry::new().event::<Put>().action::<turn>().action::<put>();
    let registry = registry.action::<take>().action::<parts>().action::<echo>();
    let registry = registry.action::<join>().action::<ask>().request::<Choose>();
    Running::start(Server::new(config).registry(registry)).await
}

async fn page() -> (Running, Page) {
    let server = serving(config()).await;
    let page = Page::open(&server).await;
    (server, page)
}

/// A picture whose file is the attachment of this index.
fn picture(file: u32) -> Value {
    json!({
        "name": "$ada",
        "file": { "$bin": file },
        "size": { "$big": "18446744073709551615" },
        "at": { "$date": "2026-01-02T03:04:05.678Z" },
    })
}

/// What these bytes are in base64: `AQI=` is 1, 2.
const ONE_TWO: &[u8] = &[1, 2];

#[tokio::test]
async fn they_go_through_arguments_and_results() {
    let (_server, mut page) = page().await;
    let data = json!({ "picture": picture(1), "more": [{ "$bin": 0 }] });
    let id = page.call_binary("picture.turn", data, &[&[3], ONE_TWO]).await;
    let last = page.last(id).await;
    let data = json!([picture(0), picture(1)]);
    assert_eq!(last, json!({ "data": data, "close": true, "bin": [2, 1], "behind": "AgED" }));
}

#[tokio::test]
async fn they_go_through_events_which_are_the_same_for_all() {
    let (server, mut page) = page().await;
    let mut other = Page::open(&server).await;
    let id = page.call_binary("picture.put", picture(0), &[ONE_TWO]).await;
    let told = json!({
        "action": "picture.was_put",
        "data": { "picture": picture(0) },
        "bin": [2],
        "behind": "AQI=",
    });
    assert_eq!(page.event("picture.was_put").await, told);
    assert_eq!(other.event("picture.was_put").await, told);
    // There is nothing exact in a `None`: the result is text.
    assert_eq!(page.last(id).await, json!({ "data": null, "close": true }));
}

#[tokio::test]
async fn they_go_through_outputs_typed_errors_and_streams() {
    let (_server, mut page) = page().await;
    let part = json!({ "data": { "$bin": 0 }, "bin": [2], "behind": "AQI=" });

    let id = page.call_binary("picture.take", json!({ "$bin": 0 }), &[ONE_TWO]).await;
    let taken = json!({
        "data": { "file": { "$bin": 0 } },
        "error": "there is one already",
        "code": 450,
        "close": true,
        "bin": [2],
        "behind": "AQI=",
    });
    assert_eq!(page.all(id).await, [part.clone(), taken]);

    let id = page.call_binary("picture.parts", json!({ "$bin": 0 }), &[ONE_TWO]).await;
    assert_eq!(page.all(id).await, [part.clone(), part, json!({ "close": true })]);
}

#[tokio::test]
async fn they_go_through_inputs() {
    let (_server, mut page) = page().await;
    let id = page.call("picture.join", Value::Null).await;
    assert_eq!(page.of_call(id).await, json!({ "credit": 256 }));
    for part in [&[1][..], &[2]] {
        page.send_binary(json!({ "streamId": id, "data": { "$bin": 0 } }), &[part]).await;
    }
    page.send(json!({ "streamId": id, "close": true })).await;
    assert_eq!(page.last(id).await["behind"], "AQI=");
}

#[tokio::test]
async fn they_go_through_requests_and_their_answers() {
    let (_server, mut page) = page().await;
    let id = page.call("picture.ask", Value::Null).await;
    let asked = page.find(|frame| frame["streamId"] == -1).await;
    let before = json!({ "before": { "$date": "1970-01-01T00:00:00.000Z" } });
    assert_eq!((&asked["action"], &asked["data"]), (&json!("picture.choose"), &before));
    let answer = json!({ "streamId": -1, "data": { "$bin": 0 }, "close": true });
    page.send_binary(answer, &[ONE_TWO]).await;
    assert_eq!(page.last(id).await["data"], json!({ "$big": "2" }));
}

#[tokio::test]
async fn what_was_missed_comes_again_with_its_attachments() {
    let server = serving(config()).await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let mut other = Page::open(&server).await;
    page.socket.close().await;
    let id = other.call_binary("picture.put", picture(0), &[ONE_TWO]).await;
    other.last(id).await;
    page.resume(&server, &mut identity).await;
    let told = page.event("picture.was_put").await;
    assert_eq!((&told["behind"], &told["bin"]), (&json!("AQI="), &json!([2])));
}

#[tokio::test]
async fn a_frame_that_is_wrong_is_answered_and_counts_as_received() {
    let (_server, mut page) = page().await;
    for (data, behind, expected) in [
        (json!({ "$bin": 1 }), ONE_TWO, "`$bin` names an attachment that is not there"),
        (
            json!([{ "$bin": 0 }, { "$bin": 0 }]),
            ONE_TWO,
            "`$bin` names an attachment a second time",
        ),
    ] {
        page.call_binary("picture.echo", data, &[behind]).await;
        let expected = json!({ "error": expected, "code": 400 });
        assert_eq!(page.loose_error().await, expected);
    }
    let id = page.call_binary("picture.echo", json!({ "$big": "7" }), &[]).await;
    let expected = failure(422, "`file`: expected an object with `$bin` alone");
    assert_eq!(page.last(id).await, expected);

    let id = page.call_binary("picture.echo", json!({ "$bin": 0 }), &[ONE_TWO]).await;
    assert_eq!(page.last(id).await["behind"], "AQI=");
}

#[tokio::test]
async fn what_looks_like_a_sign_in_a_text_frame_is_plain_data() {
    let (_server, mut page) = page().await;
    let last = page.ask("picture.echo", json!({ "$bin": 0 })).await;
    assert_eq!(last, failure(422, "`file`: the frame has no attachment 0"));
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_with_its_attachments() {
    let mut config = config();
    config.wire.message_bytes = 4096;
    let server = serving(config).await;
    let mut page = Page::open(&server).await;
    let id = page.call_binary("picture.parts", json!({ "$bin": 0 }), &[&[7; 3900]]).await;
    assert_eq!(page.all(id).await.len(), 3);
    page.call_binary("picture.echo", json!({ "$bin": 0 }), &[&[7; 4096]]).await;
    assert_eq!(page.socket.closed().await, 4413);
}

#[tokio::test]
async fn a_hundred_megabytes_go_both_ways_where_the_limit_allows() {
    let mut config = config();
    config.wire.message_bytes = 101 << 20;
    config.wire.client_bytes = 128 << 20;
    let server = serving(config).await;
    let mut page = Page::open(&server).await;
    let file = (0..=u8::MAX).collect::<Vec<_>>().repeat((100 << 20) / 256);
    page.call_binary("picture.echo", json!({ "$bin": 0 }), &[&file]).await;
    let message = loop {
        if let Received::Binary(message) = page.socket.next().await {
            break message;
        }
    };
    let (text, behind) = parted(message);
    assert!(text.contains(r#""data":{"$bin":0},"close":true,"bin":[104857600]"#), "{text}");
    assert!(behind == file, "it comes back as it went");
}

#[tokio::test]
async fn lengths_that_overflow_end_nothing() {
    let (_server, mut page) = page().await;
    for bin in [json!([u64::MAX, 3]), json!([1_u64 << 63, 1_u64 << 63, 2])] {
        let frame = json!({ "data": { "$bin": 0 }, "bin": bin });
        page.socket.send_message(binary(&frame, ONE_TWO)).await;
        let expected = "`bin` does not say what is behind the JSON";
        assert_eq!(page.loose_error().await["error"], expected);
    }
}
