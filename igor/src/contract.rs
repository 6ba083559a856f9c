//! The contract: what client and server must agree on, as one short hash for each name and one for
//! the whole.

mod catalog;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::data::tokens::canonical;
use crate::error::Error;
use crate::registry::Registry;
pub(crate) use catalog::{Catalog, ListedAction, ListedInput, Reply};

/// What client and server must agree on. It is the same on every machine and in every build of the
/// same types; docs do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contract {
    /// The hash of the whole.
    pub(crate) hash: String,
    /// The hash of each action, event and request.
    pub(crate) names: BTreeMap<&'static str, String>,
}

impl Contract {
    /// The contract of a registry.
    ///
    /// # Errors
    ///
    /// `internal` when the registry has mistakes, or two of its types one name in TypeScript.
    pub(crate) fn of(registry: &Registry) -> Result<Self, Error> {
        Catalog::of(registry).map(|catalog| Contract::of_catalog(&catalog))
    }

    /// The contract of what is listed.
    pub(crate) fn of_catalog(catalog: &Catalog) -> Self {
        let mut whole = Sha256::new();
        let mut names = BTreeMap::new();
        for action in &catalog.actions {
            names.insert(action.name, described(catalog, describe(action), action.texts()));
        }
        for event in &catalog.events {
            let text = format!("event {}\ndata {}\n", event.name, canonical(&event.payload));
            names.insert(event.name, described(catalog, text, [event.payload.as_str()]));
        }
        for request in &catalog.requests {
            let [data, reply] = request.texts().map(canonical);
            let text = format!("request {}\ndata {data}\nreply {reply}\n", request.name);
            names.insert(request.name, described(catalog, text, request.texts()));
        }
        for description in names.values() {
            whole.update(description);
        }
        let names = names.into_iter().map(|(name, text)| (name, short(Sha256::digest(text), 8)));
        Contract { hash: short(whole.finalize(), 16), names: names.collect() }
    }
}

/// Everything that an action's callers rely on, but for what its types are made of.
fn describe(action: &ListedAction) -> String {
    let mut text = format!("action {}\n", action.name);
    let mut line = |what: &str, data: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{what} {}", canonical(data));
    };
    // They travel by their names, so that their order is the stub's business alone.
    let parameters: BTreeMap<_, _> =
        action.parameters.iter().map(|(name, it)| (name, it)).collect();
    for (name, data) in parameters {
        line(&format!("parameter {name}"), data);
    }
    if let Some(input) = &action.input {
        line("input", &input.item);
    }
    if let Some(item) = &action.output {
        line("output", item);
    }
    match &action.reply {
        Reply::Value(value) => line("value", value),
        Reply::Stream(item) => line("stream", item),
    }
    if let Some(failure) = &action.failure {
        line("failure", failure);
    }
    text
}

/// A description with everything that the types in it are made of, in the order of their names.
fn described<'a>(
    catalog: &Catalog,
    mut text: String,
    types: impl IntoIterator<Item = &'a str>,
) -> String {
    let mut made_of = catalog.reachable(types);
    made_of.sort_by(|a, b| a.ident.cmp(&b.ident));
    for declaration in made_of {
        text.push_str(&canonical(&declaration.text));
        text.push('\n');
    }
    text
}

/// The first digits of a hash.
fn short(hash: impl AsRef<[u8]>, digits: usize) -> String {
    let mut text: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(digits);
    text
}

#[cfg(test)]
mod tests {
    use ts_rs::TS;

    use super::*;
    use crate::action::{Action, NamedAction, Never, Param, Parameter, signature};
    use crate::place::Place;

    mod one {
        /// A line.
        #[derive(serde::Serialize, serde::Deserialize, ts_rs::TS, schemars::JsonSchema)]
        pub(super) struct Line {
            pub(super) who: Who,
        }

        #[derive(serde::Serialize, serde::Deserialize, ts_rs::TS, schemars::JsonSchema)]
        pub(super) struct Who {
            /// Not empty.
            pub(super) name: String,
        }
    }

    mod other {
        #[derive(serde::Serialize, serde::Deserialize, ts_rs::TS, schemars::JsonSchema)]
        pub(super) struct Line {
            pub(super) who: Who,
        }

        #[derive(serde::Serialize, serde::Deserialize, ts_rs::TS, schemars::JsonSchema)]
        pub(super) struct Who {
            pub(super) name: Option<String>,
        }
    }

    macro_rules! action {
        ($item:ident, $name:literal, $docs:literal, ($($key:ident: $data:ty),*) -> $reply:ty) => {
            struct $item;
            impl NamedAction for $item {
                const ACTION: &'static Action = &Action {
                    name: $name,
                    docs: $docs,
                    place: Place { file: file!(), line: line!() },
                    parameters: &[$(Parameter {
                        name: stringify!($key),
                        kind: <$data as Param>::KIND,
                        check: <$data as Param>::check,
                    }),*],
                    idempotent: false,
                    timeout: None,
                    no_cancel: false,
                    guard: None,
                    concurrency: None,
                    rate: None,
                    signature: || signature(|_| std::future::pending::<Result<Result<$reply, Never>, Error>>()),
                };
            }
        };
    }

    action!(Say, "say", "Says it.", (text: String) -> one::Line);
    action!(SayOther, "say", "", (text: String) -> other::Line);
    action!(SayLine, "say", "", (line: String) -> one::Line);
    action!(Ping, "ping", "", () -> ());
    action!(Swap, "swap", "", (a: u8, b: String) -> ());
    action!(Swapped, "swap", "", (b: String, a: u8) -> ());
    action!(Both, "both", "", (a: one::Line) -> other::Line);

    fn contract(registry: Registry) -> Contract {
        Contract::of(&registry).expect("no mistakes")
    }

    #[test]
    fn it_is_the_same_in_every_build() {
        let contract = contract(Registry::new().action::<Say>().action::<Ping>());
        assert_eq!(contract.hash, "f4a2a1605e3605e5");
        let names: Vec<_> =
            contract.names.iter().map(|(name, hash)| (*name, hash.as_str())).collect();
        assert_eq!(names, [("ping", "19ea30ab"), ("say", "ac62b552")]);
    }

    #[test]
    fn a_type_deep_inside_counts_and_docs_do_not() {
        let with = contract(Registry::new().action::<Say>().action::<Ping>());
        let changed = contract(Registry::new().action::<SayOther>().action::<Ping>());
        assert_ne!(with.hash, changed.hash);
        assert_ne!(with.names["say"], changed.names["say"]);
        assert_eq!(with.names["ping"], changed.names["ping"]);

        let renamed = contract(Registry::new().action::<SayLine>());
        assert_ne!(with.names["say"], renamed.names["say"]);
        assert!(one::Who::decl(&crate::data::notation()).contains("Not empty"));
        assert!(!canonical(&one::Who::decl(&crate::data::notation())).contains("Not empty"));
    }

    #[test]
    fn the_order_of_parameters_does_not_count() {
        let one = contract(Registry::new().action::<Swap>());
        assert_eq!(one, contract(Registry::new().action::<Swapped>()));
    }

    #[test]
    fn two_types_of_one_name_are_refused_with_both_paths() {
        let error = Contract::of(&Registry::new().action::<Both>()).expect_err("two are `Line`");
        let lines: Vec<_> = error.message().lines().collect();
        assert_eq!(
            lines[0],
            "`igor::contract::tests::one::Line` and `igor::contract::tests::other::Line` are both \
             `Line` in TypeScript: name one of them differently, by `#[ts(rename = \"…\")]` on it"
        );
        assert!(lines[1].contains("other::Who"), "{}", lines[1]);
    }
}
