//! Engine.IO 4 under Socket.IO 5.

use std::fmt::Write as _;

use super::{Ask, Dialect, Heard, take_number};

pub(super) struct SocketIo;

impl Dialect for SocketIo {
    fn upgrade(&self) -> (&'static str, &'static str) {
        ("/socket.io/?EIO=4&transport=websocket", "")
    }

    fn greeting(&mut self) -> Option<String> {
        Some("40".to_owned())
    }

    fn is_ready(&self) -> bool {
        false
    }

    fn tail(&self, ask: &Ask) -> String {
        let (event, data) = ask.plain();
        format!(r#"["{event}",{data}]"#)
    }

    fn head(&mut self, id: u64, text: &mut String) {
        let _ = write!(text, "42{id}");
    }

    fn hear<'a>(&mut self, message: &'a str, answer: &mut Option<String>) -> Heard<'a> {
        let mut rest = message;
        if message == "2" {
            *answer = Some("3".to_owned());
            return Heard::Other;
        }
        if message.starts_with("40") {
            return Heard::Ready;
        }
        if message.starts_with("0{") {
            return Heard::Other;
        }
        if let Some(id) = take_number(&mut rest, "43") {
            let data = rest.strip_prefix('[').and_then(|data| data.strip_suffix(']'));
            return data.map_or(Heard::Wrong, |data| Heard::Reply(id, data));
        }
        let of = |event: &str| rest.strip_prefix(event)?.strip_suffix(']');
        match (of(r#"42["counted","#), of(r#"42["item","#)) {
            (Some(event), _) => Heard::Event(event),
            (_, Some(item)) => Heard::Item(item),
            _ => Heard::Wrong,
        }
    }
}
