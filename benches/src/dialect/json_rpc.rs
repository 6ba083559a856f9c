//! JSON-RPC 2.0 as jsonrpsee speaks it; every client listens to the events.

use std::fmt::Write as _;

use super::{Ask, Dialect, Heard, take_number};

#[derive(Default)]
pub(super) struct JsonRpc {
    is_subscribed: bool,
}

/// What a notification of a subscription carries.
fn notified<'a>(rest: &'a str, method: &str) -> Option<&'a str> {
    let rest = rest.strip_prefix(r#","method":""#)?.strip_prefix(method)?;
    rest.split_once(r#","result":"#)?.1.strip_suffix("}}")
}

impl Dialect for JsonRpc {
    fn greeting(&mut self) -> Option<String> {
        Some(r#"{"jsonrpc":"2.0","id":0,"method":"listen"}"#.to_owned())
    }

    fn is_ready(&self) -> bool {
        false
    }

    fn tail(&self, ask: &Ask) -> String {
        let (method, params) = ask.plain();
        format!(r#","method":"{method}","params":[{params}]}}"#)
    }

    fn head(&mut self, id: u64, text: &mut String) {
        let _ = write!(text, r#"{{"jsonrpc":"2.0","id":{id}"#);
    }

    fn hear<'a>(&mut self, message: &'a str, _answer: &mut Option<String>) -> Heard<'a> {
        let Some(mut rest) = message.strip_prefix(r#"{"jsonrpc":"2.0""#) else {
            return Heard::Wrong;
        };
        if let Some(event) = notified(rest, "counted") {
            return Heard::Event(event);
        }
        if let Some(item) = notified(rest, "item") {
            return Heard::Item(item);
        }
        let id = take_number(&mut rest, r#","id":"#);
        let result = rest.strip_prefix(r#","result":"#).and_then(|data| data.strip_suffix('}'));
        match (id, result) {
            (Some(0), Some(_)) if !self.is_subscribed => {
                self.is_subscribed = true;
                Heard::Ready
            }
            (Some(id), Some(result)) => Heard::Reply(id, result),
            _ => Heard::Wrong,
        }
    }
}
