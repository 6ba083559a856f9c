//! A row: a type whose values go both ways, as the payload of an event of its own.

use std::fmt::Debug;

use igor::{Event, Registry};
use proptest::arbitrary::{Arbitrary, any};
use proptest::strategy::Strategy;

use crate::examination::{self, Findings};
use crate::told::Told;

/// A type under examination.
pub(crate) struct Row {
    /// The module of its test, below the crate.
    pub(crate) module: &'static str,
    /// The test that stands for it.
    pub(crate) test: &'static str,
    /// The event that carries it, by which the emitted client names its type.
    pub(crate) event: &'static str,
    /// What the strings of its values may be; anything, when there are none.
    pub(crate) texts: &'static [&'static str],
    pub(crate) register: fn(Registry) -> Registry,
    pub(crate) examine: fn(&Row, &Told) -> Findings,
}

impl Row {
    pub(crate) fn of<T: Event + igor::serde::de::DeserializeOwned + Arbitrary + Debug>(
        path: &'static str,
        test: &'static str,
        texts: &'static [&'static str],
    ) -> Self {
        let (_, module) = path.split_once("::").expect("a module of this crate");
        let register = Registry::event::<T>;
        Row {
            module,
            test,
            event: T::DESCRIPTOR.name,
            texts,
            register,
            examine: examination::examine::<T>,
        }
    }
}

/// A few values, where any number of them would only make the compiler slow.
pub(crate) fn few<T: Arbitrary, All: FromIterator<T> + Debug>() -> impl Strategy<Value = All> {
    proptest::collection::vec(any::<T>(), 0..4).prop_map(All::from_iter)
}

/// Makes each type a row, and of each name a test of its types; what stands behind `of` is what
/// their strings may be.
macro_rules! rows {
    ($($test:ident $(of $($text:literal)+)?: $($type:ident),+;)+) => {
        $($(
            impl igor::Event for $type {
                const DESCRIPTOR: &'static igor::__private::EventDescriptor =
                    &igor::__private::EventDescriptor {
                        name: concat!(stringify!($test), "_", stringify!($type)),
                        docs: "",
                        place: igor::__private::Place { file: file!(), line: line!() },
                        payload: igor::__private::DataType::of::<$type>(),
                        policy: igor::__private::Policy::Disconnect,
                    };
            }
        )+)+

        pub(crate) fn all() -> Vec<crate::row::Row> {
            let mut rows = Vec::new();
            $({
                const TEXTS: &[&str] = &[$($($text),+)?];
                $(rows.push(crate::row::Row::of::<$type>(module_path!(), stringify!($test), TEXTS));)+
            })+
            rows
        }

        $(
            #[test]
            fn $test() {
                crate::report::assert_true(stringify!($test));
            }
        )+
    };
}
