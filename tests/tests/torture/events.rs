//! A client's events: each has to come once, in order, or to be told as missed in its place.

use std::collections::HashMap;

use serde_json::Value;

/// What a client has heard on its page.
#[derive(Debug, Default)]
pub(crate) struct Events(HashMap<String, Heard>);

/// What was heard of one name.
#[derive(Debug, Default)]
struct Heard {
    /// Origin and count of the last.
    last: Option<(u64, u64)>,
    /// How many were missed since.
    missed: u64,
}

/// What may lie between two events of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Between {
    /// As many as are told.
    WhatIsTold,
    /// Anything; but the last has to come.
    Anything,
    /// Anything, the last too.
    All,
}

impl Events {
    /// Takes an event, or what is told of missed ones.
    pub(crate) fn receive(&mut self, name: &str, data: &Value) -> Result<(), String> {
        if name == "igor.missed" {
            return self.miss(data);
        }
        let (Some(origin), Some(count)) = (data["origin"].as_u64(), data["count"].as_u64()) else {
            return Err(format!("an event `{name}` that nobody sent: {data}"));
        };
        let between = between(name).ok_or_else(|| format!("an event `{name}` of nobody"))?;
        let heard = self.0.entry(name.to_owned()).or_default();
        let missed = std::mem::take(&mut heard.missed);
        let Some(last) = heard.last.replace((origin, count)) else { return Ok(()) };
        let is_right = match between {
            Between::WhatIsTold => count == last.1 + 1 + missed,
            Between::Anything => count > last.1,
            // Without a number, a frame that came twice cannot be known as such.
            Between::All => count >= last.1,
        };
        if last.0 == origin && is_right {
            return Ok(());
        }
        Err(format!("`{name}` {origin}/{count} came behind {last:?} and {missed} missed"))
    }

    fn miss(&mut self, data: &Value) -> Result<(), String> {
        let missed = data.as_object().ok_or("`igor.missed` without an object")?;
        for (name, count) in missed {
            let count = count.as_u64().filter(|count| *count > 0);
            let count = count.ok_or_else(|| format!("missed in vain: {data}"))?;
            between(name).ok_or_else(|| format!("missed `{name}`, which nobody sends"))?;
            self.0.entry(name.clone()).or_default().missed += count;
        }
        Ok(())
    }

    /// The page or the session begins anew: what was on its way is gone.
    pub(crate) fn reset(&mut self) {
        self.0.clear();
    }

    /// Whether everything was heard that was sent, as the server counted it.
    pub(crate) fn check(&self, counted: &Value) -> Result<(), String> {
        let sent = (counted["origin"].as_u64(), counted["count"].as_u64());
        for (name, heard) in &self.0 {
            let (Some(between), Some((origin, last))) = (between(name), heard.last) else {
                continue;
            };
            if between == Between::All || name == "torture.ticked" {
                continue;
            }
            let end = last + heard.missed;
            let is_right = sent.0 == Some(origin) && sent.1 == Some(end);
            // Of what only counts as the newest, one that was missed may stand for several.
            let is_missed = between == Between::Anything && heard.missed > 0;
            if !is_right && !is_missed {
                return Err(format!(
                    "of `{name}` {origin}/{end} came last, but {counted} was sent"
                ));
            }
        }
        Ok(())
    }
}

fn between(name: &str) -> Option<Between> {
    match name {
        "torture.told" | "torture.logged" | "torture.ticked" => Some(Between::WhatIsTold),
        "torture.progressed" => Some(Between::Anything),
        "torture.moved" => Some(Between::All),
        _ => None,
    }
}
