//! What may cross the wire, and the description of such a type.

mod flattened;

use std::any::TypeId;
use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::{Config, TS, TypeVisitor};

pub use flattened::FlattenedOption;

/// A type that can be written to the wire: it serializes, and TypeScript knows its shape.
///
/// `#[igor::data]` makes a struct or an enum one.
pub trait Data: Serialize + TS + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + TS + JsonSchema + Send + 'static> Data for T {}

/// What is known of a type without a value of it; function pointers, so that a descriptor can be
/// a constant.
#[derive(Clone, Copy, Debug)]
pub struct DataType {
    /// How TypeScript refers to it, as `Line` or `Array<Page<Line>>`.
    pub name: fn(&Config) -> String,
    /// Its Rust path, for messages.
    pub rust: fn() -> &'static str,
    /// Hands every named type that it is made of, itself included, to the declarations.
    pub declare: fn(&mut Declarations),
}

impl DataType {
    /// The description of `T`.
    pub const fn of<T: TS + 'static>() -> Self {
        DataType { name: T::name, rust: std::any::type_name::<T>, declare: Declarations::add::<T> }
    }
}

/// The named TypeScript types that some data is made of, in the order of their first use, each
/// once.
pub struct Declarations {
    config: Config,
    seen: HashSet<TypeId>,
    found: Vec<Declaration>,
}

/// One named TypeScript type.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Its name in TypeScript, without parameters.
    pub ident: String,
    /// The whole declaration, as `type Line = { … };`, without `export`.
    pub text: String,
    /// Its documentation as written in Rust.
    pub docs: Option<String>,
    /// The path of the Rust type, for messages.
    pub rust: &'static str,
}

impl Declarations {
    /// No types yet, to be written under this configuration.
    pub fn new(config: Config) -> Self {
        Declarations { config, seen: HashSet::new(), found: Vec::new() }
    }

    /// Adds `T`, where it has a name of its own, and what it is made of.
    pub fn add<T: TS + 'static + ?Sized>(&mut self) {
        self.visit::<T>();
    }

    /// What was found.
    pub fn into_found(self) -> Vec<Declaration> {
        self.found
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // A type without a path of its own (`Vec<T>`, `String`) is written where it is used.
        if T::output_path().is_some() {
            self.found.push(Declaration {
                ident: T::ident(&self.config),
                text: T::decl(&self.config),
                docs: T::docs(),
                rust: std::any::type_name::<T>(),
            });
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
