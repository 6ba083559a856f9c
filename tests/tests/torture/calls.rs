//! A client's calls: each has to end once, as it should, and to be executed once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::case::Kind;
use crate::offer::Log;

/// How many items a call is granted at first, and again when half of them have come.
const WINDOW: u32 = 6;

/// The calls of a client, over all of its pages.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    open: BTreeMap<i64, Call>,
    /// The highest id of the page.
    highest: i64,
    /// How each call with an effect ended.
    ended: Vec<(u32, End)>,
    /// What the server says was sent, once it was asked.
    counted: Option<Value>,
}

#[derive(Debug)]
struct Call {
    nonce: u32,
    /// `None` asks how much was sent.
    kind: Option<Kind>,
    items: u32,
    ungranted: u32,
    is_cancelled: bool,
}

/// How a call ended for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Answered,
    /// Cancelled, lost with the session, or of a page that is no more.
    Unknown,
}

impl Calls {
    /// Opens a call; returns its frame.
    pub(crate) fn open(&mut self, nonce: u32, kind: Kind) -> Map<String, Value> {
        let (action, data) = match &kind {
            Kind::Add => ("add", json!(nonce)),
            Kind::Wait { milliseconds } => {
                ("wait", json!({ "nonce": nonce, "milliseconds": milliseconds }))
            }
            Kind::Fail => ("fail", json!(nonce)),
            Kind::Output { count } => ("output", json!({ "nonce": nonce, "count": count })),
            Kind::Stream { count } => ("stream", json!({ "nonce": nonce, "count": count })),
            Kind::Tell { count, bytes } => {
                ("tell", json!({ "nonce": nonce, "count": count, "bytes": bytes }))
            }
        };
        self.begin(Some(kind), nonce, action, data)
    }

    /// Asks how much was sent; returns the frame.
    pub(crate) fn ask_count(&mut self) -> Map<String, Value> {
        self.begin(None, 0, "count", Value::Null)
    }

    fn begin(
        &mut self,
        kind: Option<Kind>,
        nonce: u32,
        action: &str,
        data: Value,
    ) -> Map<String, Value> {
        self.highest += 1;
        let call = Call { nonce, kind, items: 0, ungranted: 0, is_cancelled: false };
        self.open.insert(self.highest, call);
        let action = format!("torture.{action}");
        frame(json!({ "streamId": self.highest, "action": action, "credit": WINDOW, "data": data }))
    }

    /// Cancels the newest call; returns the frame.
    pub(crate) fn cancel(&mut self) -> Option<Map<String, Value>> {
        let (id, call) = self.open.iter_mut().next_back()?;
        if call.is_cancelled || call.kind.is_none() {
            return None;
        }
        call.is_cancelled = true;
        Some(frame(json!({ "streamId": id, "cancel": true })))
    }

    /// Takes a frame of a call; returns one that grants more.
    pub(crate) fn receive(
        &mut self,
        id: i64,
        frame_in: &Value,
    ) -> Result<Option<Map<String, Value>>, String> {
        let Some(call) = self.open.get_mut(&id) else {
            return Err(format!("a frame of a call that is not open: {frame_in}"));
        };
        if frame_in["close"] == true {
            call.check_last(frame_in)?;
            let call = self.open.remove(&id);
            let call = call.ok_or("a call vanished")?;
            if call.kind.is_none() {
                self.counted = Some(frame_in["data"].clone());
            } else {
                let is_cancelled = frame_in["code"] == 499;
                self.ended
                    .push((call.nonce, if is_cancelled { End::Unknown } else { End::Answered }));
            }
            return Ok(None);
        }
        let expected = json!({ "nonce": call.nonce, "index": call.items });
        if frame_in["data"] != expected {
            return Err(format!("{frame_in} came in the place of {expected}"));
        }
        call.items += 1;
        call.ungranted += 1;
        if call.ungranted < WINDOW / 2 {
            return Ok(None);
        }
        let credit = std::mem::take(&mut call.ungranted);
        Ok(Some(frame(json!({ "streamId": id, "credit": credit }))))
    }

    /// The session is lost, and with it all calls but those that were never sent.
    pub(crate) fn lose(&mut self, is_unsent: impl Fn(i64) -> bool) {
        let open = std::mem::take(&mut self.open);
        for (id, call) in open {
            if is_unsent(id) {
                self.open.insert(id, call);
            } else if call.kind.is_some() {
                self.ended.push((call.nonce, End::Unknown));
            }
        }
    }

    /// The page is loaded again: nobody waits for its calls, and ids begin at 1.
    pub(crate) fn begin_page(&mut self) {
        self.lose(|_| false);
        self.highest = 0;
    }

    pub(crate) fn has_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// What the server said was sent.
    pub(crate) fn counted(&self) -> Option<&Value> {
        self.counted.as_ref()
    }

    /// Whether each call was executed as often as its caller must believe.
    pub(crate) fn check(&self, log: &Log) -> Result<(), String> {
        for (nonce, end) in &self.ended {
            let executed = log.executed(*nonce);
            match (end, executed) {
                (End::Answered, 1) | (End::Unknown, 0 | 1) => {}
                _ => return Err(format!("call {nonce}, {end:?}, was executed {executed} times")),
            }
        }
        Ok(())
    }
}

impl Call {
    /// Whether the call may end by this frame.
    fn check_last(&self, last: &Value) -> Result<(), String> {
        if self.is_cancelled && last["code"] == 499 {
            return Ok(());
        }
        let nonce = json!(self.nonce);
        let (is_right, items) = match &self.kind {
            None => (last["data"].is_object(), 0),
            Some(Kind::Add | Kind::Wait { .. } | Kind::Tell { .. }) => (last["data"] == nonce, 0),
            Some(Kind::Fail) => {
                (last["code"] == 403 && last["error"] == self.nonce.to_string().as_str(), 0)
            }
            Some(Kind::Output { count }) => (last["data"] == nonce, *count),
            Some(Kind::Stream { count }) => {
                (last.get("data").or(last.get("error")).is_none(), *count)
            }
        };
        if is_right && self.items == items {
            return Ok(());
        }
        Err(format!("{self:?} ended by {last}"))
    }
}

fn frame(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
