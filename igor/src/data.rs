//! What may cross the wire, and the description of such a type.

mod flattened;
mod struct_tag;
pub(crate) mod tokens;
mod variants;

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap, HashSet};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use ts_rs::{Config, TS, TypeVisitor};

pub use flattened::FlattenedOption;
pub use struct_tag::StructTag;
pub use variants::documented;

use crate::error::Error;

/// A type that can be written to the wire: it serializes, and TypeScript knows its shape.
///
/// `#[igor::data]` makes a struct or an enum one.
pub trait Data: Serialize + TS + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + TS + JsonSchema + Send + 'static> Data for T {}

/// What a field of data is: written, read, and known to TypeScript.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not data",
    label = "cannot be a field of data",
    note = "put `#[igor::data]` on `{Self}`, if it is yours; or `#[serde(skip)]` on the field, if no client needs it",
    note = "a type of another crate may need a feature of igor's, as `chrono` or `uuid`; of any type you can say how it is written, by `#[serde(with = \"…\")]` and what that is, by `#[ts(as = \"u64\")]`"
)]
pub trait Field: Serialize + DeserializeOwned + TS + JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + TS + JsonSchema> Field for T {}

/// Asks the compiler whether a type can be a field of data, at the place of the call.
pub const fn is_field<T: Field>() {}

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
    /// What schemars says of it, which is the second opinion on what TypeScript is told.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl DataType {
    /// The description of `T`.
    pub const fn of<T: TS + JsonSchema + 'static>() -> Self {
        DataType {
            name: T::name,
            rust: std::any::type_name::<T>,
            declare: Declarations::add::<T>,
            schema: SchemaGenerator::subschema_for::<T>,
        }
    }
}

/// How types are written: integers of 64 bits and more are numbers, which is what `JSON.parse`
/// gives.
pub(crate) fn notation() -> Config {
    Config::new().with_large_int("number")
}

/// The named TypeScript types that some data is made of, each once.
pub struct Declarations {
    config: Config,
    seen: HashSet<TypeId>,
    found: HashMap<TypeId, Declaration>,
    /// What each type with a name is made of, its parameters filled in.
    bodies: BTreeMap<String, String>,
}

/// One named TypeScript type.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    /// Its name in TypeScript, without parameters.
    pub(crate) ident: String,
    /// The whole declaration, as `type Line = { … };`, without `export`.
    pub text: String,
    /// Its documentation, as a comment.
    pub docs: Option<String>,
    /// The path of the Rust type, for messages.
    pub rust: &'static str,
}

impl Declarations {
    /// No types yet, to be written under this configuration.
    pub(crate) fn new(config: Config) -> Self {
        Declarations {
            config,
            seen: HashSet::new(),
            found: HashMap::new(),
            bodies: BTreeMap::new(),
        }
    }

    /// Adds `T`, where it has a name of its own, and what it is made of.
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        self.visit::<T>();
    }

    /// What each type with a name is made of: `Page<Line>` and `Page<Room>` each have their own.
    pub(crate) fn take_bodies(&mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.bodies)
    }

    /// What was found, by its name in TypeScript.
    ///
    /// # Errors
    ///
    /// `internal` where two types of Rust have one name in TypeScript, a line for each.
    pub(crate) fn by_name(self) -> Result<BTreeMap<String, Declaration>, Error> {
        let mut all: Vec<_> = self.found.into_values().collect();
        all.sort_by(|a, b| (&a.ident, a.rust).cmp(&(&b.ident, b.rust)));
        let mut mistakes = Vec::new();
        for pair in all.windows(2) {
            let [first, second] = pair else { continue };
            if first.ident == second.ident {
                mistakes.push(format!(
                    "`{}` and `{}` are both `{}` in TypeScript: name one of them differently, by \
                     `#[ts(rename = \"…\")]` on it",
                    first.rust, second.rust, first.ident,
                ));
            }
        }
        Error::of_mistakes(&mistakes)?;
        Ok(all.into_iter().map(|found| (found.ident.clone(), found)).collect())
    }
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // A type without a path of its own (`Vec<T>`, `String`) is written where it is used. A
        // generic one is declared once for all that it is used with.
        if T::output_path().is_some() {
            let declaration = || Declaration {
                ident: T::ident(&self.config),
                text: T::decl(&self.config),
                docs: T::docs(),
                rust: std::any::type_name::<T>(),
            };
            self.found.entry(TypeId::of::<T::WithoutGenerics>()).or_insert_with(declaration);
            self.bodies.insert(T::name(&self.config), T::inline(&self.config));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
