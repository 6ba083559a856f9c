//! `TS` for the user's type: what its shadow says.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput};

use crate::data::shadow::{self, Shadow};
use crate::expand;

/// The shadow, and the trait that forwards to it.
pub(super) fn to(input: &DeriveInput, shadow: &Shadow) -> TokenStream {
    let Shadow { item, inner } = shadow;
    let (ident, shadow_ident) = (&input.ident, &item.ident);
    let cfgs = expand::cfgs(&input.attrs);
    let (impl_generics, type_generics, _) = input.generics.split_for_impl();
    let bounds = shadow::bounds(&input.generics);
    let source = quote!(<#shadow_ident #type_generics as ts_rs::TS>);
    let flattens = match inner {
        Some(inner) => quote!(<#inner as ts_rs::TS>),
        None => source.clone(),
    };
    let [decl, decl_concrete, inline] =
        ["decl", "decl_concrete", "inline"].map(|method| written(&source, method, &item.data));
    let inline_flattened = written(&flattens, "inline_flattened", &item.data);
    quote! {
        #(#cfgs)*
        const _: () = {
            use ::igor::__private::ts_rs;

            #[derive(ts_rs::TS)]
            #[allow(dead_code, private_bounds, private_interfaces, unreachable_pub)]
            #[allow(missing_copy_implementations, missing_debug_implementations)]
            #item

            #[automatically_derived]
            impl #impl_generics ts_rs::TS for #ident #type_generics
            where
                #bounds
            {
                type WithoutGenerics = #source::WithoutGenerics;
                type OptionInnerType = Self;
                const IS_ENUM: bool = #source::IS_ENUM;

                fn docs() -> ::core::option::Option<::std::string::String> {
                    #source::docs()
                }
                fn ident(config: &ts_rs::Config) -> ::std::string::String {
                    #source::ident(config)
                }
                fn name(config: &ts_rs::Config) -> ::std::string::String {
                    #source::name(config)
                }
                fn decl(config: &ts_rs::Config) -> ::std::string::String {
                    #decl
                }
                fn decl_concrete(config: &ts_rs::Config) -> ::std::string::String {
                    #decl_concrete
                }
                fn inline(config: &ts_rs::Config) -> ::std::string::String {
                    #inline
                }
                fn inline_flattened(config: &ts_rs::Config) -> ::std::string::String {
                    #inline_flattened
                }
                fn visit_dependencies(visitor: &mut impl ts_rs::TypeVisitor)
                where
                    Self: 'static,
                {
                    #source::visit_dependencies(visitor)
                }
                fn visit_generics(visitor: &mut impl ts_rs::TypeVisitor)
                where
                    Self: 'static,
                {
                    #source::visit_generics(visitor)
                }
                fn output_path() -> ::core::option::Option<::std::path::PathBuf> {
                    #source::output_path()
                }
            }
        };
    }
}

/// What the source writes; of an enum, with the docs of its variants.
fn written(source: &TokenStream, method: &str, data: &Data) -> TokenStream {
    let method = format_ident!("{method}");
    match data {
        Data::Enum(_) => quote!(::igor::__private::documented(#source::#method(config))),
        _ => quote!(#source::#method(config)),
    }
}
