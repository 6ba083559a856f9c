//! The types of an emitted client, read from its text: what TypeScript is told.

use std::collections::HashMap;

use igor::__private::serde_json::{self, Value};

/// A type as TypeScript has it.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    Text,
    Number,
    Boolean,
    Exactly(Value),
    List(Box<Type>),
    Tuple(Vec<Type>),
    Object(Vec<Field>),
    /// `{ [key in K]?: V }`
    Map(Box<Type>, Box<Type>),
    OneOf(Vec<Type>),
    AllOf(Vec<Type>),
    /// A declared type, or a parameter of one.
    Named(String, Vec<Type>),
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) key: String,
    pub(crate) is_optional: bool,
    pub(crate) of: Type,
}

/// Everything that a client declares.
pub(crate) struct Told {
    /// By name, with the names of its parameters.
    types: HashMap<String, (Vec<String>, Type)>,
    events: HashMap<String, Type>,
}

impl Told {
    /// Reads the part of a client that was generated.
    pub(crate) fn read(client: &str) -> Self {
        let (generated, _) = client.split_once("const contract").expect("a client");
        let mut reader = Reader { tokens: tokens(generated), at: 0 };
        let mut told = Told { types: HashMap::new(), events: HashMap::new() };
        while let Some(token) = reader.next() {
            match token.as_str() {
                "type" => {
                    let name = reader.word();
                    let parameters = reader.parameters();
                    reader.expect("=");
                    told.types.insert(name, (parameters, reader.choice()));
                }
                "interface" => {
                    reader.expect("Events");
                    reader.expect("{");
                    let Type::Object(fields) = reader.object() else { panic!("no fields") };
                    told.events = fields.into_iter().map(|it| (it.key, it.of)).collect();
                }
                _ => {}
            }
        }
        told
    }

    /// What an event carries.
    pub(crate) fn event(&self, name: &str) -> &Type {
        self.events.get(name).unwrap_or_else(|| panic!("no event `{name}` in the client"))
    }

    /// What a name stands for, with these for its parameters.
    pub(crate) fn named(&self, name: &str, arguments: &[Type]) -> Type {
        let declared = self.types.get(name);
        let (parameters, of) = declared.unwrap_or_else(|| panic!("`{name}` is not declared"));
        let filled: HashMap<_, _> = parameters.iter().zip(arguments).collect();
        of.filled(&filled)
    }
}

impl Type {
    /// The type with its parameters filled in.
    fn filled(&self, by: &HashMap<&String, &Type>) -> Type {
        let all = |types: &[Type]| types.iter().map(|it| it.filled(by)).collect();
        match self {
            Type::Named(name, _) if by.contains_key(name) => by[name].clone(),
            Type::Named(name, arguments) => Type::Named(name.clone(), all(arguments)),
            Type::List(item) => Type::List(Box::new(item.filled(by))),
            Type::Map(key, of) => Type::Map(Box::new(key.filled(by)), Box::new(of.filled(by))),
            Type::Tuple(items) => Type::Tuple(all(items)),
            Type::OneOf(types) => Type::OneOf(all(types)),
            Type::AllOf(types) => Type::AllOf(all(types)),
            Type::Object(fields) => {
                let fields = fields.iter();
                Type::Object(
                    fields.map(|it| Field { of: it.of.filled(by), ..it.clone() }).collect(),
                )
            }
            Type::Text | Type::Number | Type::Boolean | Type::Exactly(_) => self.clone(),
        }
    }
}

struct Reader {
    tokens: Vec<String>,
    at: usize,
}

impl Reader {
    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn word(&mut self) -> String {
        self.next().expect("more")
    }

    fn takes(&mut self, token: &str) -> bool {
        let is_next = self.tokens.get(self.at).is_some_and(|next| next == token);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, token: &str) {
        let around = &self.tokens[self.at.saturating_sub(8)..(self.at + 2).min(self.tokens.len())];
        let around = around.join(" ");
        assert!(self.takes(token), "no `{token}` behind `{around}`");
    }

    /// The names of a declaration's parameters.
    fn parameters(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        if self.takes("<") {
            while !self.takes(">") {
                names.push(self.word());
                if self.takes("=") {
                    self.choice();
                }
                self.takes(",");
            }
        }
        names
    }

    fn choice(&mut self) -> Type {
        self.takes("|");
        let mut types = vec![self.intersection()];
        while self.takes("|") {
            types.push(self.intersection());
        }
        if types.len() == 1 { types.remove(0) } else { Type::OneOf(types) }
    }

    fn intersection(&mut self) -> Type {
        let mut types = vec![self.single()];
        while self.takes("&") {
            types.push(self.single());
        }
        if types.len() == 1 { types.remove(0) } else { Type::AllOf(types) }
    }

    fn single(&mut self) -> Type {
        let token = self.word();
        let mut of = match token.as_str() {
            "(" => {
                let of = self.choice();
                self.expect(")");
                of
            }
            "[" => Type::Tuple(self.list("]")),
            "{" => self.object(),
            "string" => Type::Text,
            "number" => Type::Number,
            "boolean" => Type::Boolean,
            "never" => Type::OneOf(Vec::new()),
            literal => match serde_json::from_str(literal) {
                Ok(exactly) => Type::Exactly(exactly),
                Err(_) => self.reference(token),
            },
        };
        while self.takes("[") {
            self.expect("]");
            of = Type::List(Box::new(of));
        }
        of
    }

    fn reference(&mut self, name: String) -> Type {
        let mut arguments = if self.takes("<") { self.list(">") } else { Vec::new() };
        match name.as_str() {
            "Array" => Type::List(Box::new(arguments.remove(0))),
            // The empty object, as ts-rs has it.
            "Record" => Type::Object(Vec::new()),
            _ => Type::Named(name, arguments),
        }
    }

    fn list(&mut self, end: &str) -> Vec<Type> {
        let mut types = Vec::new();
        while !self.takes(end) {
            types.push(self.choice());
            self.takes(",");
        }
        types
    }

    fn object(&mut self) -> Type {
        let mut fields = Vec::new();
        while !self.takes("}") {
            if self.takes("[") {
                self.word();
                self.expect("in");
                let key = self.choice();
                self.expect("]");
                self.expect("?");
                self.expect(":");
                let of = self.choice();
                self.takes(";");
                self.expect("}");
                return Type::Map(Box::new(key), Box::new(of));
            }
            let word = self.word();
            let key = serde_json::from_str(&word).unwrap_or(word);
            let is_optional = self.takes("?");
            self.expect(":");
            fields.push(Field { key, is_optional, of: self.choice() });
            self.takes(";");
        }
        Type::Object(fields)
    }
}

/// The words, the strings and the marks of a text, without its comments.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || "_$-.".contains(c);
        let (length, is_comment) = match first {
            '/' if rest.starts_with("/*") => {
                (rest.find("*/").map_or(rest.len(), |at| at + 2), true)
            }
            '/' => (rest.find('\n').unwrap_or(rest.len()), true),
            '"' => (string_length(rest), false),
            _ if is_word(first) => (rest.find(|c| !is_word(c)).unwrap_or(rest.len()), false),
            _ => (first.len_utf8(), false),
        };
        if !is_comment {
            found.push(rest[..length].to_owned());
        }
        rest = rest[length..].trim_start();
    }
    found
}

fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}
