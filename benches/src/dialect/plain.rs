//! `{"id":1,"action":"say","data":…}` and `{"id":1,"data":…}`.

use std::fmt::Write as _;

use super::{Ask, Dialect, Heard, take_number};

pub(super) struct Plain;

impl Dialect for Plain {
    fn tail(&self, ask: &Ask) -> String {
        let (action, data) = ask.plain();
        format!(r#","action":"{action}","data":{data}}}"#)
    }

    fn head(&mut self, id: u64, text: &mut String) {
        let _ = write!(text, r#"{{"id":{id}"#);
    }

    fn hear<'a>(&mut self, message: &'a str, _answer: &mut Option<String>) -> Heard<'a> {
        let mut rest = message;
        if take_number(&mut rest, r#"{"n":"#).is_some() {
            let event = rest.strip_prefix(r#","action":"counted","data":"#);
            let event = event.and_then(|data| data.strip_suffix('}'));
            return event.map_or(Heard::Wrong, Heard::Event);
        }
        let id = take_number(&mut rest, r#"{"id":"#);
        let data = rest.strip_prefix(r#","data":"#).and_then(|data| data.strip_suffix('}'));
        match (id, data) {
            (Some(_), Some(data)) if data.starts_with(r#"{"n""#) => Heard::Item(data),
            (Some(id), Some(data)) => Heard::Reply(id, data),
            _ => Heard::Wrong,
        }
    }
}
