//! The golden transcript of a session, played by the server's end: it begins, its socket is lost, it
//! goes on, its server is started anew. What stands there as the server's numbers and standing is
//! what the rules make of what the client said.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::wire::WireLimits;
use crate::wire::body::Body;
use crate::wire::golden::{Direction, Golden};
use crate::wire::hello::Hello;
use crate::wire::incoming::Incoming;
use crate::wire::link::Link;
use crate::wire::prefix::Prefix;
use crate::wire::rules::Rules;
use crate::wire::sequence::Verdict;

/// The server's end of the session.
struct End {
    link: Link,
    /// What the client has said since its last hello, as far as it has not arrived.
    coming: VecDeque<String>,
    /// The same of the socket before.
    coming_before: VecDeque<String>,
    hello: Option<Hello>,
}

fn link() -> Link {
    Link::new(&WireLimits::default(), 1 << 20, Rules::default())
}

impl End {
    fn hear(&mut self, text: String) {
        if text.contains("igor.hello") {
            self.hello = Some(Hello::read(&text).expect("a hello"));
            self.coming_before = std::mem::take(&mut self.coming);
        } else {
            self.coming.push_back(text);
        }
    }

    /// Answers the hello; what has not arrived over the socket before is lost.
    fn welcome(&mut self, said: &Value, name: &str) {
        let resume = self.hello.take().and_then(|hello| hello.resume);
        match resume.filter(|_| said["resumed"] == true) {
            Some(resume) => {
                arrive(&mut self.link, &mut self.coming_before, &said["received"]);
                self.link.resume(resume.standing()).unwrap_or_else(|why| panic!("{name}: {why:?}"));
            }
            None => self.link = link(),
        }
        assert_eq!(said["received"], json!(self.link.standing().received), "{name}");
    }

    /// What a frame becomes that was said when so much had arrived.
    fn say(&mut self, body: &str, arrived: &Value) -> String {
        arrive(&mut self.link, &mut self.coming, arrived);
        self.link.push(Body::text(body.to_owned()));
        let mut prefix = Prefix::new();
        let body = self.link.next_frame(&mut prefix).expect("it was just pushed");
        String::from_utf8([prefix.as_bytes(), body.json()].concat()).expect("UTF-8")
    }
}

/// Takes what comes until so much is received; what is said without a number says that of nothing
/// new.
fn arrive(link: &mut Link, coming: &mut VecDeque<String>, received: &Value) {
    while !received.is_null() && json!(link.standing().received) != *received {
        let text = coming.pop_front().expect("as much was said");
        let frame = Incoming::read(&text).expect("a frame");
        if let Some(ack) = frame.ack {
            link.acknowledge(ack).unwrap_or_else(|_| panic!("never sent: {text}"));
        }
        if let Some(n) = frame.n {
            assert_eq!(link.receive(n, text.len()), Verdict::Deliver, "{text}");
        }
    }
}

#[test]
fn the_server_says_what_the_transcript_says() {
    let text = include_str!("../../../tests/golden/resume.json");
    let frames: Vec<Golden> = serde_json::from_str(text).expect("a golden transcript");
    let (coming, coming_before) = Default::default();
    let mut end = End { link: link(), coming, coming_before, hello: None };
    for Golden { name, direction, text, frame } in frames {
        if direction == Direction::Client {
            end.hear(text);
        } else if frame["action"] == "igor.welcome" {
            end.welcome(&frame["data"], &name);
        } else {
            assert_eq!(end.say(body_of(&text), &frame["ack"]), text, "{name}");
        }
    }
    assert!(end.coming.is_empty(), "not all that was said has arrived: {:?}", end.coming);
}

/// What stands behind the numbers of a frame.
fn body_of(text: &str) -> &str {
    let starts = ["\"streamId\"", "\"action\""].map(|field| text.find(field));
    let start = starts.into_iter().flatten().min().expect("a frame of a call or an event");
    &text[start..]
}
