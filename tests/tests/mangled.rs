//! Whatever a frame is mangled to, its sender is told something and nobody else notices.

use igor::{Registry, Server};
use igor_tests::{Identity, Page, Received, Running, Socket, config, result};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

#[igor::data]
struct Room {
    name: String,
    size: Option<f64>,
}

#[igor::action("mangled.rooms")]
fn rooms(rooms: Vec<Room>, first: u32) -> Vec<Room> {
    rooms.into_iter().skip(first as usize).collect()
}

/// Sound frames to begin with.
const SEEDS: [&str; 6] = [
    r#"{"n":1,"ack":0,"streamId":1,"action":"mangled.rooms","data":{"rooms":[{"name":"a","size":1.5},{"name":"\u00e9"}],"first":1}}"#,
    r#"{"n":1,"streamId":1,"action":"mangled.rooms","credit":2,"deadlineMs":50,"data":{"rooms":[],"first":0}}"#,
    r#"{"n":1,"ack":0,"streamId":1,"credit":128}"#,
    r#"{"n":1,"ack":0,"streamId":1,"cancel":true}"#,
    r#"{"n":1,"ack":0,"streamId":-3,"data":{"ok":true},"close":true}"#,
    r#"{"ack":0,"beat":true}"#,
];

/// What is put in.
const PIECES: [&str; 20] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    ",",
    ":",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "9007199254740993",
    "\\u0000",
    "\\ud800",
    "é",
    "\u{0}",
    " ",
    "\"n\":1,",
];

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn mangle(&mut self, text: &mut String) {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
        if places.is_empty() {
            return;
        }
        let (one, other) = (places[self.below(places.len())], places[self.below(places.len())]);
        let range = one.min(other)..one.max(other);
        match self.below(5) {
            0 => text.insert_str(one, PIECES[self.below(PIECES.len())]),
            1 => text.truncate(one),
            2 => drop(text.remove(one)),
            3 => {
                let copy = text[range].to_owned();
                text.insert_str(one, &copy);
            }
            _ => text.replace_range(range, PIECES[self.below(PIECES.len())]),
        }
    }
}

/// A server that nothing here brings to its limits.
async fn serving() -> Running {
    Running::start(Server::new(config()).registry(Registry::new().action::<rooms>())).await
}

/// What the server says until it has answered a ping or closed the socket with a number.
async fn is_still_open(socket: &mut Socket) -> bool {
    socket.try_send_message(Message::Ping("".into())).await;
    loop {
        match socket.next().await {
            Received::Text(text) => {
                let frame: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                assert_ne!(frame["code"], 500, "{frame}");
            }
            Received::Pong(_) => return true,
            Received::Closed(number) => {
                assert!((4000..5000).contains(&number), "closed with {number}");
                return false;
            }
            Received::Binary(_) => panic!("nothing here is answered in bytes"),
            Received::Gone => panic!("the socket ended without a word"),
        }
    }
}

#[tokio::test]
async fn a_mangled_frame_is_answered_or_closes_the_socket_with_a_reason() {
    let server = serving().await;
    let mut dice = Dice(0x5eed_5eed_5eed_5eed);
    let mut socket: Option<Socket> = None;
    for round in 0..2000 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        for _ in 0..=dice.below(3) {
            dice.mangle(&mut text);
        }
        let mut open = match socket.take() {
            Some(open) => open,
            None => Page::open(&server).await.socket,
        };
        open.send(&text).await;
        if is_still_open(&mut open).await {
            socket = Some(open);
        }
    }
    let mut page = Page::open(&server).await;
    let sound = json!({ "rooms": [{ "name": "a", "size": 0.1 }], "first": 0 });
    let expected = result(json!([{ "name": "a", "size": 0.1 }]));
    assert_eq!(page.ask("mangled.rooms", sound).await, expected);
}

#[tokio::test]
async fn a_mangled_hello_is_answered_or_closes_the_socket_with_a_reason() {
    let server = serving().await;
    let mut dice = Dice(0xbad_cafe);
    for _ in 0..300 {
        let mut text = Identity::named("ann").hello().to_string();
        dice.mangle(&mut text);
        let mut socket = Socket::open(&server).await;
        socket.send(text).await;
        is_still_open(&mut socket).await;
    }
    let page = Page::named(&server, "bert").await;
    assert_eq!(page.client_id(), "bert");
}
