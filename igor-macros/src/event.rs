//! `#[igor::event]`: data with a name, and a description of it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::{data, expand, fallback};

const FORM: Form = Form { usage: "`#[igor::event(\"name\")]`", takes_name: true, keys: &[] };

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let name = Options::read(options, &FORM, &mut errors).required_name(&FORM, &mut errors);
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
