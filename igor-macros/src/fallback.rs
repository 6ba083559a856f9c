//! What is put beside an item with a mistake: enough that whatever uses the item is not refused
//! too, so that the user reads one error for one mistake. None of it ever runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, DeriveInput, Meta, Path, Token, Type, parse_quote};

use crate::action::function::Function;
use crate::data::derives::{derived, strip};
use crate::data::rules::hidden;
use crate::expand;

/// The companion of a function, with the description of an action without a name.
pub(crate) fn action(function: &Function) -> TokenStream {
    let companion = function.companion();
    let ident = &function.signature.ident;
    let cfgs = expand::cfgs(&function.attrs);
    quote! {
        #companion
        #(#cfgs)*
        impl ::igor::__private::NamedAction for #ident {
            const ACTION: &'static ::igor::__private::Action = ::core::panic!();
        }
    }
}

/// The type without serde's attributes, with traits of data that do nothing.
pub(crate) fn data(input: &DeriveInput) -> TokenStream {
    let mut own = input.clone();
    strip(&mut own, |attr| {
        let ours = ["serde", "ts", "schemars"];
        ours.iter().any(|name| attr.path().is_ident(name)) || hidden(attr).is_some()
    });
    own.attrs = own.attrs.into_iter().filter_map(without_ours).collect();
    let cfgs = expand::cfgs(&input.attrs);
    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let mut with_lifetime = input.generics.clone();
    with_lifetime.params.insert(0, parse_quote!('__de));
    let (de_generics, _, _) = with_lifetime.split_for_impl();
    quote! {
        #own
        #(#cfgs)*
        const _: () = {
            use ::igor::__private::{schemars, serde, ts_rs};

            impl #impl_generics serde::Serialize for #ident #type_generics #where_clause {
                fn serialize<S: serde::Serializer>(
                    &self,
                    _: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    ::core::unreachable!()
                }
            }
            impl #de_generics serde::Deserialize<'__de> for #ident #type_generics #where_clause {
                fn deserialize<D: serde::Deserializer<'__de>>(
                    _: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    ::core::unreachable!()
                }
            }
            impl #impl_generics ts_rs::TS for #ident #type_generics #where_clause {
                type WithoutGenerics = ts_rs::Dummy;
                type OptionInnerType = Self;
                fn name(_: &ts_rs::Config) -> ::std::string::String {
                    ::core::unreachable!()
                }
                fn inline(_: &ts_rs::Config) -> ::std::string::String {
                    ::core::unreachable!()
                }
            }
            impl #impl_generics schemars::JsonSchema for #ident #type_generics #where_clause {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    ::core::unreachable!()
                }
                fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// An event without a description; a generic one is none, whoever uses it.
pub(crate) fn event(input: &DeriveInput) -> Option<TokenStream> {
    let (cfgs, ident) = (expand::cfgs(&input.attrs), &input.ident);
    input.generics.params.is_empty().then(|| {
        quote! {
            #(#cfgs)*
            impl ::igor::__private::Event for #ident {
                const DESCRIPTOR: &'static ::igor::__private::EventDescriptor = ::core::panic!();
            }
        }
    })
}

/// A request without a description; a generic one is none, whoever uses it.
pub(crate) fn request(input: &DeriveInput, reply: &Type) -> Option<TokenStream> {
    let (cfgs, ident) = (expand::cfgs(&input.attrs), &input.ident);
    input.generics.params.is_empty().then(|| {
        quote! {
            #(#cfgs)*
            impl ::igor::__private::Request for #ident {
                type Reply = #reply;
                const DESCRIPTOR: &'static ::igor::__private::RequestDescriptor = ::core::panic!();
            }
        }
    })
}

/// A process without a description; a generic one is none, whoever uses it.
pub(crate) fn process(input: &DeriveInput) -> Option<TokenStream> {
    let (cfgs, ident) = (expand::cfgs(&input.attrs), &input.ident);
    input.generics.params.is_empty().then(|| {
        quote! {
            #(#cfgs)*
            impl ::igor::__private::NamedProcess for #ident {
                const PROCESS: &'static ::igor::__private::ProcessDescriptor = ::core::panic!();
            }
        }
    })
}

/// An attribute as it was, but for the derives of the traits that are given here.
fn without_ours(mut attr: Attribute) -> Option<Attribute> {
    let list = Punctuated::<Path, Token![,]>::parse_terminated;
    let (true, Ok(paths)) = (attr.path().is_ident("derive"), attr.parse_args_with(list)) else {
        return Some(attr);
    };
    let kept: Vec<_> = paths.into_iter().filter(|path| derived(path).is_none()).collect();
    if let Meta::List(derive) = &mut attr.meta {
        derive.tokens = quote!(#(#kept),*);
    }
    Some(attr)
}
