//! The attributes of igor: [`macro@action`], [`macro@data`], [`macro@event`], [`macro@process`],
//! [`macro@request`].
//!
//! Use them through the crate `igor`, which re-exports and documents them. Each leaves the item
//! that it stands on as it is, puts a description of it beside it, and refuses what it cannot be
//! right about with one error at the tokens that it is about.

mod action;
mod attrs;
mod borrowed;
mod data;
mod errors;
mod event;
mod expand;
mod fallback;
mod nearest;
mod process;
mod quantity;
mod request;

use proc_macro::TokenStream;

#[expect(missing_docs, reason = "documented at the re-export, so that the examples run")]
#[proc_macro_attribute]
pub fn action(options: TokenStream, item: TokenStream) -> TokenStream {
    action::expand(options.into(), item.into()).into()
}

#[expect(missing_docs, reason = "documented at the re-export, so that the examples run")]
#[proc_macro_attribute]
pub fn data(options: TokenStream, item: TokenStream) -> TokenStream {
    data::expand(options.into(), item.into()).into()
}

#[expect(missing_docs, reason = "documented at the re-export, so that the examples run")]
#[proc_macro_attribute]
pub fn event(options: TokenStream, item: TokenStream) -> TokenStream {
    event::expand(options.into(), item.into()).into()
}

#[expect(missing_docs, reason = "documented at the re-export, so that the examples run")]
#[proc_macro_attribute]
pub fn process(options: TokenStream, item: TokenStream) -> TokenStream {
    process::expand(options.into(), item.into()).into()
}

#[expect(missing_docs, reason = "documented at the re-export, so that the examples run")]
#[proc_macro_attribute]
pub fn request(options: TokenStream, item: TokenStream) -> TokenStream {
    request::expand(options.into(), item.into()).into()
}
