//! Igor's own names in a client, which give way to the names of the user's types.

use std::collections::BTreeSet;

use crate::data::Declaration;

/// What the runtime declares, a line each; written together with it.
const RUNTIME: &str = include_str!("runtime.names");

/// What igor calls its own types beside the user's.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Names of igor's that types of the user have too.
    taken: BTreeSet<&'static str>,
}

impl Own {
    /// Igor's names beside these types. `Status` of the user's is `Status`, and igor's is then
    /// `IgorStatus`.
    pub(super) fn beside(declarations: &[&Declaration]) -> Self {
        let is_taken = |name: &&str| declarations.iter().any(|it| it.ident == *name);
        Own { taken: types().filter(is_taken).collect() }
    }

    /// What the type is called that igor calls so.
    pub(super) fn name(&self, name: &str) -> String {
        if self.taken.contains(name) { format!("Igor{name}") } else { name.to_owned() }
    }

    /// How the type is imported from the package.
    pub(super) fn import(&self, name: &str) -> String {
        if self.taken.contains(name) { format!("{name} as Igor{name}") } else { name.to_owned() }
    }

    /// The runtime, under these names.
    pub(super) fn runtime(&self, text: &str) -> String {
        if self.taken.is_empty() {
            return text.to_owned();
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        let mut renamed = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_word) {
            let length = rest[start..].find(|c| !is_word(c)).unwrap_or(rest.len() - start);
            renamed.push_str(&rest[..start]);
            renamed.push_str(&self.name(&rest[start..start + length]));
            rest = &rest[start + length..];
        }
        renamed + rest
    }
}

/// Whether the runtime declares something of this name that does not give way.
pub(super) fn stays(name: &str) -> bool {
    RUNTIME.lines().any(|own| own == name) && !types().any(|own| own == name)
}

/// Igor's types. They alone give way: `IgorError` could only become `IgorIgorError`, and what
/// begins with a small letter is no type.
fn types() -> impl Iterator<Item = &'static str> {
    let is_type = |name: &&str| name.starts_with(char::is_uppercase) && !name.starts_with("Igor");
    RUNTIME.lines().filter(is_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(ident: &str) -> Declaration {
        let text = format!("type {ident} = string;");
        Declaration { ident: ident.to_owned(), text, docs: None, rust: "api::It" }
    }

    #[test]
    fn a_type_of_the_user_keeps_its_name() {
        let status = declared("Status");
        let own = Own::beside(&[&status]);
        assert_eq!((own.name("Status"), own.name("Call")), ("IgorStatus".into(), "Call".into()));
        assert_eq!(own.import("Status"), "Status as IgorStatus");
        let runtime = own.runtime("type Status = `a`; const onStatus = (x: Status[]) => x;");
        assert_eq!(runtime, "type IgorStatus = `a`; const onStatus = (x: IgorStatus[]) => x;");
    }

    #[test]
    fn only_types_give_way() {
        assert!(stays("IgorError") && stays("encode"));
        assert!(!stays("Status") && !stays("Line"));
    }
}
