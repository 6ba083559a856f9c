//! What is known of an action at link time.

use std::time::Duration;

use crate::action::param::ParamKind;
use crate::action::signature::Signature;
use crate::data::DataType;
use crate::error::Error;
use crate::place::Place;
use crate::scope::Scopes;
use crate::session::usage::Rate;

/// A function that clients can call, as `#[igor::action]` describes it.
#[derive(Debug)]
pub struct Action {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its documentation as written in Rust.
    pub docs: &'static str,
    /// Where it is declared.
    pub place: Place,
    /// Its parameters, in order.
    pub parameters: &'static [Parameter],
    /// Whether running it twice is as good as once, so that a client may call it again when it
    /// does not know what became of the first call.
    pub idempotent: bool,
    /// How long a call may run, where the action says so.
    pub timeout: Option<Duration>,
    /// Whether it runs to its end although nobody waits for it any more.
    pub no_cancel: bool,
    /// The function that decides whether a call may be made, where the action names one.
    pub guard: Option<&'static str>,
    /// How many calls of one client may run at once, where the action says so.
    pub concurrency: Option<u32>,
    /// How often one client may call it, where the action says so.
    pub rate: Option<Rate>,
    /// Makes what the compiler alone knows: the reply's types and how to run a call.
    pub signature: fn() -> Signature,
}

/// A parameter of an action.
#[derive(Debug)]
pub struct Parameter {
    /// Its name in Rust, which is its key on the wire where there are several.
    pub name: &'static str,
    /// Where it comes from.
    pub kind: ParamKind,
    /// Whether the server can hand it over.
    pub check: fn(&Scopes) -> Result<(), Error>,
}

/// The hidden companion of an annotated function, by which explicit registration names it.
pub trait NamedAction {
    /// The function's descriptor.
    #[doc(hidden)]
    const ACTION: &'static Action;
}

impl Action {
    /// The parameters that the caller gives.
    pub fn data_parameters(&self) -> impl Iterator<Item = (&'static str, DataType)> + Clone {
        self.parameters.iter().filter_map(|parameter| match parameter.kind {
            ParamKind::Data(data, _) => Some((parameter.name, data)),
            ParamKind::Input(_) | ParamKind::Output(_) | ParamKind::Server => None,
        })
    }

    /// What the caller sends while it runs, if it takes anything: how many data parameters stand
    /// before it, its name, and the type of an item.
    pub fn input(&self) -> Option<(usize, &'static str, DataType)> {
        let mut before = 0;
        self.parameters.iter().find_map(|parameter| match parameter.kind {
            ParamKind::Input(item) => Some((before, parameter.name, item)),
            ParamKind::Data(..) => {
                before += 1;
                None
            }
            ParamKind::Output(_) | ParamKind::Server => None,
        })
    }

    /// The type of its outputs beside the reply, if it has any.
    pub fn output(&self) -> Option<DataType> {
        self.parameters.iter().find_map(|parameter| match parameter.kind {
            ParamKind::Output(item) => Some(item),
            ParamKind::Data(..) | ParamKind::Input(_) | ParamKind::Server => None,
        })
    }
}
