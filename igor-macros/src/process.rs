//! `#[igor::process]`: the struct as it is, and a description of the process that it is.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::DeriveInput;

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::{expand, fallback};

const FORM: Form = Form {
    usage: "`#[igor::process(\"name\")]` or `#[igor::process(\"name\", restart = \"always\")]`",
    takes_name: true,
    keys: &["restart = \"always\"", "start = \"first_client\"", "thread"],
};

/// What `restart` may say, and the value of the runtime for it.
const POLICIES: [(&str, &str); 3] =
    [("on_failure", "OnFailure"), ("always", "Always"), ("never", "Never")];

/// What `start` may say, and the value of the runtime for it.
const STARTS: [(&str, &str); 3] =
    [("server", "Server"), ("first_client", "FirstClient"), ("asked", "Asked")];

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::read(options, &FORM, &mut errors);
    let name = options.required_name(&FORM, &mut errors);
    let restart = options.choice("restart", &POLICIES, &mut errors).unwrap_or("OnFailure");
    let restart = Ident::new(restart, Span::call_site());
    let start = options.choice("start", &STARTS, &mut errors).unwrap_or("Server");
    let start = Ident::new(start, Span::call_site());
    let thread = options.flag("thread", &mut errors).is_some();
    let Ok(input) = syn::parse2::<DeriveInput>(item.clone()) else {
        expand::misplaced(&item, "`#[igor::process]` stands on a struct", &mut errors);
        return quote!(#item #errors);
    };
    expand::check_concrete(&input.generics, "a process", &mut errors);
    if !errors.is_empty() {
        let process = fallback::process(&input);
        return quote!(#item #process #errors);
    }
    let ident = &input.ident;
    let cfgs = expand::cfgs(&input.attrs);
    let (docs, place) = (expand::docs(&input.attrs), expand::place());
    let description = quote! {{
        static PROCESS: ::igor::__private::ProcessDescriptor = ::igor::__private::ProcessDescriptor {
            name: #name,
            docs: #docs,
            place: #place,
            restart: ::igor::__private::Restart::#restart,
            start: ::igor::__private::Start::#start,
            thread: #thread,
            factory: || {
                #[allow(unused_imports)]
                use ::igor::__private::NoFactory as _;
                ::igor::__private::factory::<#ident>().make()
            },
        };
        ::igor::__private::inventory::submit! { ::igor::__private::Submitted::Process(&PROCESS) }
        &PROCESS
    }};
    quote_spanned! {expand::at(ident.span())=>
        #item
        #(#cfgs)*
        impl ::igor::__private::NamedProcess for #ident {
            const PROCESS: &'static ::igor::__private::ProcessDescriptor = #description;
        }
    }
}
