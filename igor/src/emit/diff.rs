//! What changed between two schemas, and for whom.

mod document;

use std::fmt;

use crate::emit::witness::{Comparison, Difference, Sizes, Why};
use crate::error::Result;
use document::{Described, Document, Method};

/// A change between two schemas, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What changed.
    pub what: String,
    /// Who cannot go on as before.
    pub breaks: Breaks,
}

/// Who cannot go on as before because of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breaks {
    /// Clients from before the change, at a server from after it: open pages, installed programs.
    Clients,
    /// Clients from after the change, at a server from before it.
    Servers,
    /// Nobody.
    Nobody,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let breaks = match self.breaks {
            Breaks::Clients => "breaks old clients",
            Breaks::Servers => "breaks new clients at an old server",
            Breaks::Nobody => "breaks nobody",
        };
        write!(f, "{}: {breaks}", self.what)
    }
}

/// What changed from one schema to another, as [`schema`](crate::schema) writes them; what breaks
/// old clients comes first.
///
/// Differences that TypeScript cannot express count as well: an argument that was a `u32` and is
/// now a `u8` refuses some of what old clients send, and a string that is no longer a date cannot
/// be read as one. The range of numbers that clients receive breaks nobody, because a `number`
/// holds them all. Restrictions on the keys of maps are not compared.
///
/// # Errors
///
/// `internal` when a text is no schema of igor's.
pub fn diff(old: &str, new: &str) -> Result<Vec<Change>> {
    let (old, new) = (Document::read(old)?, Document::read(new)?);
    let mut changes = Changes { old: &old, new: &new, found: Vec::new() };
    for (name, before) in &old.methods {
        match new.methods.get(name) {
            Some(now) => changes.method(name, before, now),
            None => changes.add(Breaks::Clients, format!("the action `{name}` is gone")),
        }
    }
    for (name, before) in &old.events {
        match new.events.get(name) {
            Some(now) => {
                changes.data(&format!("the event `{name}`"), [before, now], Way::Given);
            }
            None => changes.add(Breaks::Clients, format!("the event `{name}` is gone")),
        }
    }
    for (name, now) in &new.requests {
        match old.requests.get(name) {
            Some(before) => {
                let who = format!("the request `{name}`");
                changes.data(&who, [&before.payload, &now.payload], Way::Given);
                let who = format!("the reply to `{name}`");
                changes.data(&who, [&before.reply, &now.reply], Way::Taken);
            }
            None => changes.add(Breaks::Clients, format!("the request `{name}` is new")),
        }
    }
    for name in old.requests.keys().filter(|name| !new.requests.contains_key(*name)) {
        changes.add(Breaks::Servers, format!("the request `{name}` is gone"));
    }
    for name in new.methods.keys().filter(|name| !old.methods.contains_key(*name)) {
        changes.add(Breaks::Servers, format!("the action `{name}` is new"));
    }
    for name in new.events.keys().filter(|name| !old.events.contains_key(*name)) {
        changes.add(Breaks::Nobody, format!("the event `{name}` is new"));
    }
    changes.found.sort_by(|a, b| (a.breaks, &a.what).cmp(&(b.breaks, &b.what)));
    changes.found.dedup();
    Ok(changes.found)
}

struct Changes<'a> {
    old: &'a Document,
    new: &'a Document,
    found: Vec<Change>,
}

/// Which way data goes.
#[derive(Clone, Copy)]
enum Way {
    /// From clients, who may give less than is taken.
    Taken,
    /// To clients, who may look at less than is given.
    Given,
}

impl Changes<'_> {
    fn add(&mut self, breaks: Breaks, what: String) {
        self.found.push(Change { what, breaks });
    }

    /// Notes what neither side of before can follow.
    fn add_for_both(&mut self, what: &str) {
        self.add(Breaks::Clients, what.to_owned());
        self.add(Breaks::Servers, what.to_owned());
    }

    fn method(&mut self, name: &str, before: &Method, now: &Method) {
        self.parameters(name, before, now);
        match (before.is_stream, now.is_stream) {
            (false, true) => return self.add_for_both(&format!("`{name}` returns a stream now")),
            (true, false) => return self.add_for_both(&format!("`{name}` returns no stream now")),
            _ => {}
        }
        let who = format!("the input of `{name}`");
        match (&before.input, &now.input) {
            (Some(before), Some(now)) => self.data(&who, [before, now], Way::Taken),
            (None, None) => {}
            (_, Some(_)) => self.add_for_both(&format!("{who} is new")),
            (Some(_), None) => self.add_for_both(&format!("{who} is gone")),
        }
        for (part, before, now) in [
            ("result", &before.result, &now.result),
            ("output", &before.output, &now.output),
            ("error", &before.error, &now.error),
        ] {
            let who = format!("the {part} of `{name}`");
            match (before, now) {
                (Some(before), Some(now)) => self.data(&who, [before, now], Way::Given),
                (Some(_), None) => self.add(Breaks::Nobody, format!("{who} is gone")),
                (None, Some(_)) => self.add(Breaks::Clients, format!("{who} is new")),
                (None, None) => {}
            }
        }
    }

    fn parameters(&mut self, name: &str, before: &Method, now: &Method) {
        // A single one travels by itself, several as an object.
        let form = |method: &Method| match method.parameters.len() {
            0 => "nothing",
            1 => "one value",
            _ => "several values",
        };
        if form(before) != form(now) {
            return self.add_for_both(&format!("`{name}` takes {} now", form(now)));
        }
        for (key, before) in &before.parameters {
            let who = format!("the argument `{key}` of `{name}`");
            match now.parameters.get(key) {
                Some(now) if now.is_required && !before.is_required => {
                    self.add(Breaks::Clients, format!("{who} is needed now"));
                    self.data(&who, [&before.data, &now.data], Way::Taken);
                }
                Some(now) => self.data(&who, [&before.data, &now.data], Way::Taken),
                None if before.is_required => self.add(Breaks::Servers, format!("{who} is gone")),
                None => self.add(Breaks::Nobody, format!("{who} is gone")),
            }
        }
        for (key, now) in &now.parameters {
            let who = format!("the argument `{key}` of `{name}`");
            match now.is_required {
                _ if before.parameters.contains_key(key) => {}
                true => self.add(Breaks::Clients, format!("{who} is new and needed")),
                false => self.add(Breaks::Nobody, format!("{who} is new")),
            }
        }
    }

    /// Compares what there was with what there is.
    fn data(&mut self, who: &str, [before, now]: [&Described; 2], way: Way) {
        let [clients, servers] = match way {
            Way::Taken => {
                let [lost, added] = self.differences(who, [before, now], Sizes::Count);
                [(lost, "takes less"), (added, "takes more")]
            }
            Way::Given => {
                let [lost, added] = self.differences(who, [before, now], Sizes::DoNotCount);
                [(added, "is another"), (lost, "says more")]
            }
        };
        let is_same = clients.0.is_none() && servers.0.is_none();
        for ((found, what), breaks) in [(clients, Breaks::Clients), (servers, Breaks::Servers)] {
            if let Some(difference) = found {
                self.add(breaks, format!("{who} {what}: {}", said(who, &difference)));
            }
        }
        if is_same && before.made_of != now.made_of {
            self.described_otherwise(who, [before, now]);
        }
    }

    /// Notes a difference that breaks nobody; of numbers, whether they are larger or smaller now.
    fn described_otherwise(&mut self, who: &str, [before, now]: [&Described; 2]) {
        let what = match self.differences(who, [before, now], Sizes::Count) {
            [_, Some(difference)] => format!("has larger numbers: {}", said(who, &difference)),
            [Some(difference), None] => {
                format!("has smaller numbers: {}", said(who, &difference))
            }
            [None, None] => "is described otherwise".to_owned(),
        };
        self.add(Breaks::Nobody, format!("{who} {what}"));
    }

    /// The first value that was possible before and is not now, and the first that is possible only
    /// now.
    fn differences(
        &self,
        who: &str,
        [before, now]: [&Described; 2],
        sizes: Sizes,
    ) -> [Option<Difference>; 2] {
        let (old, new) = (&self.old.types, &self.new.types);
        let mut lost = Comparison::between(old, new, sizes);
        let mut added = Comparison::between(new, old, sizes);
        [
            lost.check(&before.shape, &now.shape, who).err(),
            added.check(&now.shape, &before.shape, who).err(),
        ]
    }
}

/// A difference, from what there is to what is expected; of whose data, needs no second mention.
fn said(who: &str, Difference { path, why }: &Difference) -> String {
    let place = match path.strip_prefix(who) {
        Some("") => String::new(),
        Some(inside) => format!("{inside}: "),
        None => format!("{path}: "),
    };
    match why {
        Why::Kind(one, other) => format!("{place}{one}, where {other} is expected"),
        Why::Absent => format!("{path} may be missing, where it is needed"),
        Why::Unknown => format!("{path} is not known"),
    }
}
