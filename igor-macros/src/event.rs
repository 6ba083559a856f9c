//! `#[igor::event]`: data with a name, and a description of it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::{data, expand, fallback};

const FORM: Form = Form {
    usage: "`#[igor::event(\"name\")]` or `#[igor::event(\"name\", when_slow = \"latest\")]`",
    takes_name: true,
    keys: &["when_slow = \"latest\""],
};

/// What `when_slow` may say, and the value of the runtime for it.
const POLICIES: [(&str, &str); 4] = [
    ("disconnect", "Disconnect"),
    ("drop_oldest", "DropOldest"),
    ("latest", "Latest"),
    ("volatile", "Volatile"),
];

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::read(options, &FORM, &mut errors);
    let name = options.required_name(&FORM, &mut errors);
    let policy = options.choice("when_slow", &POLICIES, &mut errors).unwrap_or("Disconnect");
    let policy = Ident::new(policy, Span::call_site());
    let Some(input) = data::read(&item, "`#[igor::event]`", &mut errors) else {
        return quote!(#item #errors);
    };
    expand::check_concrete(&input.generics, "an event", &mut errors);
    let data = data::described(&input, &mut errors);
    if !errors.is_empty() {
        let event = fallback::event(&input);
        return quote!(#data #event #errors);
    }
    let ident = &input.ident;
    let cfgs = expand::cfgs(&input.attrs);
    let (docs, place) = (expand::docs(&input.attrs), expand::place());
    let description = quote! {{
        static EVENT: ::igor::__private::EventDescriptor = ::igor::__private::EventDescriptor {
            name: #name,
            docs: #docs,
            place: #place,
            payload: ::igor::__private::DataType::of::<#ident>(),
            policy: ::igor::__private::Policy::#policy,
        };
        ::igor::__private::inventory::submit! { ::igor::__private::Submitted::Event(&EVENT) }
        &EVENT
    }};
    quote_spanned! {expand::at(ident.span())=>
        #data
        #(#cfgs)*
        impl ::igor::__private::Event for #ident {
            const DESCRIPTOR: &'static ::igor::__private::EventDescriptor = #description;
        }
    }
}
