//! `#[igor::request]`: data with a name and the type of its answer, and a description of it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse_quote;
use syn::spanned::Spanned as _;

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::{borrowed, data, expand, fallback};

const FORM: Form = Form {
    usage: "`#[igor::request(\"name\", reply = bool)]` or `#[igor::request(\"name\", reply = bool, timeout = \"5m\")]`",
    takes_name: true,
    keys: &["reply = bool", "timeout = \"5m\""],
};

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::read(options, &FORM, &mut errors);
    let name = options.required_name(&FORM, &mut errors);
    let mut reply = options.required_type("reply", &FORM, &mut errors);
    if !borrowed::check(&reply, "what a page answers is owned", &mut errors) {
        reply = parse_quote!(());
    }
    let timeout = expand::duration(options.millis("timeout", &mut errors));
    let Some(input) = data::read(&item, "`#[igor::request]`", &mut errors) else {
        return quote!(#item #errors);
    };
    expand::check_concrete(&input.generics, "a request", &mut errors);
    let data = data::described(&input, &mut errors);
    if !errors.is_empty() {
        let request = fallback::request(&input, &reply);
        return quote!(#data #request #errors);
    }
    let ident = &input.ident;
    let cfgs = expand::cfgs(&input.attrs);
    let (docs, place) = (expand::docs(&input.attrs), expand::place());
    let replied = quote_spanned! {expand::at(reply.span())=>
        ::igor::__private::reply::<#reply>()
    };
    let description = quote! {{
        static REQUEST: ::igor::__private::RequestDescriptor = ::igor::__private::RequestDescriptor {
            name: #name,
            docs: #docs,
            place: #place,
            payload: ::igor::__private::DataType::of::<#ident>(),
            reply: #replied,
            timeout: #timeout,
        };
        ::igor::__private::inventory::submit! { ::igor::__private::Submitted::Request(&REQUEST) }
        &REQUEST
    }};
    quote_spanned! {expand::at(ident.span())=>
        #data
        #(#cfgs)*
        impl ::igor::__private::Request for #ident {
            type Reply = #reply;
            const DESCRIPTOR: &'static ::igor::__private::RequestDescriptor = #description;
        }
    }
}
