//! The attributes of igor.
use proc_macro::TokenStream;

#[doc(hidden)]
#[proc_macro_attribute]
pub fn action(_options: TokenStream, item: TokenStream) -> TokenStream {
    item
}
