//! `TS` for the user's type: what its shadow says.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

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
                    #source::decl(config)
                }
                fn decl_concrete(config: &ts_rs::Config) -> ::std::string::String {
                    #source::decl_concrete(config)
                }
                fn inline(config: &ts_rs::Config) -> ::std::string::String {
                    #source::inline(config)
                }
                fn inline_flattened(config: &ts_rs::Config) -> ::std::string::String {
                    #flattens::inline_flattened(config)
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
