//! A flattened `Option`, as TypeScript sees it.

use std::marker::PhantomData;

use ts_rs::{Config, TS, TypeVisitor};

/// Stands for a field `#[serde(flatten)] Option<T>`: either all keys of `T` are there, or none.
///
/// ts-rs itself knows no flattened `Option`; it panics on one when it is written.
#[derive(Debug)]
pub struct FlattenedOption<T>(PhantomData<fn() -> T>);

impl<T: TS> TS for FlattenedOption<T> {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(config: &Config) -> String {
        Self::inline(config)
    }

    fn inline(config: &Config) -> String {
        format!("({} | {{  }})", T::inline_flattened(config))
    }

    fn inline_flattened(config: &Config) -> String {
        Self::inline(config)
    }

    fn visit_dependencies(visitor: &mut impl TypeVisitor)
    where
        Self: 'static,
    {
        T::visit_dependencies(visitor);
    }

    fn visit_generics(visitor: &mut impl TypeVisitor)
    where
        Self: 'static,
    {
        T::visit_generics(visitor);
    }
}
