//! Whether every value of one shape is a value of another.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use crate::emit::layout;
use crate::emit::witness::refined::Number;
use crate::emit::witness::shape::{Field, Named, Object, Shape};

/// What one shape has and the other has not.
#[derive(Debug, PartialEq)]
pub(in crate::emit) struct Difference {
    /// Where, from a type with a name: `Line.who`.
    pub(in crate::emit) path: String,
    pub(in crate::emit) why: Why,
}

#[derive(Debug, PartialEq)]
pub(in crate::emit) enum Why {
    /// A value of the first kind is not one of the second.
    Kind(String, String),
    /// The smaller one may lack this field, the larger one needs it.
    Absent,
    /// The smaller one has this field, the larger one does not know it.
    Unknown,
}

/// A comparison of many shapes, each side with its own names.
pub(in crate::emit) struct Comparison<'a> {
    smaller: &'a Named,
    larger: &'a Named,
    /// The one of the two that has TypeScript's names.
    typescript: &'a Named,
    /// Pairs that hold, or are being looked at further out: a type may have itself inside.
    assumed: HashSet<String>,
    /// The same in the order in which they came, so that what a failed attempt assumed can be
    /// forgotten.
    journal: Vec<String>,
    sizes: Sizes,
}

/// Whether it matters how large a number is.
#[derive(Clone, Copy)]
pub(in crate::emit) enum Sizes {
    Count,
    /// For whoever takes a number of any size.
    DoNotCount,
}

impl<'a> Comparison<'a> {
    /// Of what schemars describes with what TypeScript says.
    pub(super) fn written(schemas: &'a Named, typescript: &'a Named) -> Self {
        Comparison { typescript, ..Comparison::between(schemas, typescript, Sizes::Count) }
    }

    /// Of what TypeScript says with what schemars describes.
    pub(super) fn read(typescript: &'a Named, schemas: &'a Named) -> Self {
        Comparison { typescript, ..Comparison::between(typescript, schemas, Sizes::Count) }
    }

    /// Of two versions of the same, whose names are those of the larger one.
    pub(in crate::emit) fn between(smaller: &'a Named, larger: &'a Named, sizes: Sizes) -> Self {
        let (assumed, journal) = (HashSet::new(), Vec::new());
        Comparison { smaller, larger, typescript: larger, assumed, journal, sizes }
    }

    /// The numbers that are as good as these.
    fn sized(&self, number: Number) -> Number {
        match self.sizes {
            Sizes::Count => number,
            Sizes::DoNotCount => number.of_any_size(),
        }
    }

    /// Whether every value of `one` is a value of `other`.
    ///
    /// # Errors
    ///
    /// The deepest difference.
    pub(in crate::emit) fn check(
        &mut self,
        one: &Shape,
        other: &Shape,
        path: &str,
    ) -> Result<(), Difference> {
        let is_plain = |shape: &Shape| {
            !matches!(shape, Shape::Reference(_) | Shape::OneOf(_) | Shape::AllOf(_))
        };
        if !is_plain(one) || !is_plain(other) {
            let pair = format!("{one:?} in {other:?}");
            if !self.assumed.insert(pair.clone()) {
                return Ok(());
            }
            self.journal.push(pair);
        }
        let path = self.start_at_name(one, other).unwrap_or_else(|| path.to_owned());
        let others = other.alternatives(self.larger);
        if is_everything(&others, self.larger) {
            return Ok(());
        }
        one.alternatives(self.smaller).iter().try_for_each(|one| self.fits_one(one, &others, &path))
    }

    /// The beginning of a path, where a type with a name begins.
    fn start_at_name(&self, one: &Shape, other: &Shape) -> Option<String> {
        let name = |shape: &Shape| match shape {
            Shape::Reference(name) if self.typescript.contains_key(name) => {
                Some(layout::line(name))
            }
            _ => None,
        };
        name(one).or_else(|| name(other))
    }

    fn fits_one(&mut self, one: &Shape, others: &[Shape], path: &str) -> Result<(), Difference> {
        let mut deepest: Option<Difference> = None;
        for other in others {
            let known = self.journal.len();
            let other = widened(other, one, others);
            let Err(difference) = self.fits(one, &other, path) else { return Ok(()) };
            for forgotten in self.journal.drain(known..) {
                self.assumed.remove(&forgotten);
            }
            let is_deeper = |so_far: &Difference| depth(&difference.path) > depth(&so_far.path);
            if deepest.as_ref().is_none_or(is_deeper) {
                deepest = Some(difference);
            }
        }
        let all = || Shape::OneOf(others.to_vec());
        Err(match deepest {
            // Among several that it is not, one that was chosen at random says nothing.
            Some(Difference { why: Why::Kind(..), path: at }) if at == path => {
                differ(one, &all(), path)
            }
            Some(difference) => difference,
            None => differ(one, &all(), path),
        })
    }

    fn fits(&mut self, one: &Shape, other: &Shape, path: &str) -> Result<(), Difference> {
        match (one, other) {
            (_, Shape::Any) => Ok(()),
            (Shape::Text(one), Shape::Text(other)) if one.is_within(other) => Ok(()),
            (Shape::Exactly(Value::String(one)), Shape::Text(other)) if other.has(one) => Ok(()),
            (Shape::Number(one), Shape::Number(other)) if one.is_within(self.sized(*other)) => {
                Ok(())
            }
            (Shape::Exactly(Value::Number(one)), Shape::Number(other))
                if self.sized(*other).has(one) =>
            {
                Ok(())
            }
            (Shape::Exactly(one), Shape::Exactly(other)) if one == other => Ok(()),
            (Shape::Signed(one), Shape::Signed(other)) if one == other => Ok(()),
            (Shape::List(one, length), Shape::List(other, longer)) if length.is_within(*longer) => {
                self.check(one, other, &format!("{path}[]"))
            }
            (Shape::Tuple(items), Shape::List(item, length)) if length.has(items.len() as f64) => {
                items.iter().try_for_each(|one| self.check(one, item, &format!("{path}[]")))
            }
            (Shape::Tuple(ones), Shape::Tuple(others)) if ones.len() == others.len() => {
                let mut pairs = ones.iter().zip(others).enumerate();
                pairs.try_for_each(|(at, (one, other))| {
                    self.check(one, other, &format!("{path}[{at}]"))
                })
            }
            (Shape::Object(one), Shape::Object(other)) if one.is_map || other.is_map => {
                self.values_fit(one, other, path)
            }
            (Shape::Object(one), Shape::Object(other)) => self.fields_fit(one, other, path),
            _ => Err(differ(one, other, path)),
        }
    }

    /// Of a map the values count: its keys are those of the same Rust type on both sides.
    fn values_fit(&mut self, one: &Object, other: &Object, path: &str) -> Result<(), Difference> {
        let path = format!("{path}[…]");
        if other.fields.values().any(|field| field.is_required) {
            return Err(Difference { path, why: Why::Absent });
        }
        let values = |object: &Object| {
            let fields = object.fields.values().map(|field| field.shape.clone());
            fields.chain(object.rest.as_deref().cloned()).collect::<Vec<_>>()
        };
        let others = values(other);
        for one in values(one) {
            for other in &others {
                self.check(&one, other, &path)?;
            }
        }
        Ok(())
    }

    fn fields_fit(&mut self, one: &Object, other: &Object, path: &str) -> Result<(), Difference> {
        for (key, field) in &other.fields {
            if field.is_required && !one.fields.get(key).is_some_and(|found| found.is_required) {
                return Err(Difference { path: format!("{path}.{key}"), why: Why::Absent });
            }
        }
        let shared = other.fields.iter().filter_map(|(key, field)| {
            one.fields.get(key).map(|found| (key, &found.shape, &field.shape))
        });
        // Tags first: what is inside of two variants is not compared in vain, and then again for
        // each variant around it.
        let (tags, others): (Vec<_>, Vec<_>) =
            shared.partition(|(_, found, _)| matches!(found, Shape::Exactly(_)));
        for (key, found, shape) in tags.into_iter().chain(others) {
            self.check(found, shape, &format!("{path}.{key}"))?;
        }
        for (key, field) in one.fields.iter().filter(|(key, _)| !other.fields.contains_key(*key)) {
            let path = format!("{path}.{key}");
            match &other.rest {
                Some(rest) => self.check(&field.shape, rest, &path)?,
                None => return Err(Difference { path, why: Why::Unknown }),
            }
        }
        match (&one.rest, &other.rest) {
            (None, _) => Ok(()),
            (Some(one), Some(other)) => self.check(one, other, &format!("{path}[…]")),
            (Some(_), None) => Err(Difference { path: format!("{path}[…]"), why: Why::Unknown }),
        }
    }
}

/// One of several objects, with the fields that `one` may have and that only the others name. To
/// TypeScript a value of `{ a } | {}` may have an `a`, and schemars makes of a flattened `Option`
/// one object that may have it.
fn widened<'a>(object: &'a Shape, one: &Shape, all: &[Shape]) -> Cow<'a, Shape> {
    let (Shape::Object(known), Shape::Object(one)) = (object, one) else {
        return Cow::Borrowed(object);
    };
    let mut wider = known.clone();
    let is_new = |key: &&String| !one.fields[*key].is_required && !known.fields.contains_key(*key);
    for key in one.fields.keys().filter(is_new) {
        let named = all.iter().filter_map(|shape| match shape {
            Shape::Object(object) => object.fields.get(key).map(|field| field.shape.clone()),
            _ => None,
        });
        let shapes: Vec<_> = named.collect();
        if !shapes.is_empty() {
            let field = Field { shape: Shape::OneOf(shapes), is_required: false };
            wider.fields.insert(key.clone(), field);
        }
    }
    Cow::Owned(Shape::Object(wider))
}

/// Whether several alternatives are all that JSON can say, one by one: how TypeScript has
/// serde_json's `Value`, where it is not called by its name.
fn is_everything(all: &[Shape], named: &Named) -> bool {
    let is_any = |inner: &Shape| inner.alternatives(named).contains(&Shape::Any);
    let has_lists = all.iter().any(|it| matches!(it, Shape::List(item, _) if is_any(item)));
    let has_objects = all.iter().any(|it| match it {
        Shape::Object(object) => {
            object.fields.is_empty() && object.rest.as_deref().is_some_and(is_any)
        }
        _ => false,
    });
    let plain = [Value::Null, true.into(), false.into()].map(Shape::Exactly);
    let has_plain = plain.iter().chain([&Shape::TEXT, &Shape::NUMBER]).all(|it| all.contains(it));
    has_lists && has_objects && has_plain
}

fn differ(one: &Shape, other: &Shape, path: &str) -> Difference {
    Difference { path: path.to_owned(), why: Why::Kind(one.said(), other.said()) }
}

/// How far inside a path leads.
fn depth(path: &str) -> usize {
    path.matches(['.', '[']).count()
}
