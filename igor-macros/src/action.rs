//! `#[igor::action]`: the function as it is, a companion that carries its name, and a description
//! with one straight thunk that runs a call.

mod function;
mod parameter;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{LitStr, ReturnType};

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::expand;
use crate::fallback;
pub(crate) use function::Function;

const FORM: Form = Form {
    usage: "`#[igor::action]`, `#[igor::action(\"name\")]` or `#[igor::action(\"name\", blocking)]`",
    takes_name: true,
    keys: &["blocking", "idempotent", "no_cancel", "timeout"],
};

/// What an action says of its calls.
struct Policy {
    idempotent: bool,
    no_cancel: bool,
    /// An optional duration.
    timeout: TokenStream,
}

pub(crate) fn expand(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::read(options, &FORM, &mut errors);
    let Some(function) = Function::read(&item, &mut errors) else {
        return quote!(#item #errors);
    };
    function.check(&mut errors);
    let blocking = options.flag("blocking", &mut errors).cloned();
    if let (Some(blocking), Some(_)) = (&blocking, function.signature.asyncness) {
        let text = "`blocking` is for a plain `fn`, which gets a thread of its own; an `async fn` \
                    needs none: leave `blocking` out";
        errors.at(blocking, text);
    }
    let policy = Policy {
        idempotent: options.flag("idempotent", &mut errors).is_some(),
        no_cancel: options.flag("no_cancel", &mut errors).is_some(),
        timeout: expand::duration(options.millis("timeout", &mut errors)),
    };
    let name = options.name.take().unwrap_or_else(|| function.own_name());
    let beside = if errors.is_empty() {
        described(&function, &name, blocking.is_some(), &policy)
    } else {
        fallback::action(&function)
    };
    quote!(#item #beside #errors)
}

/// The companion of a function without mistakes, and its description.
///
/// The description stands inside the companion's `impl`, so that where neither can stand, as among
/// the methods of a type, the compiler says so of the two and of nothing in them.
fn described(function: &Function, name: &LitStr, blocking: bool, policy: &Policy) -> TokenStream {
    let Policy { idempotent, no_cancel, timeout } = policy;
    let ident = &function.signature.ident;
    let (docs, place) = (expand::docs(&function.attrs), expand::place());
    let cfgs = expand::cfgs(&function.attrs);
    let companion = companion(function);
    let handler = handler(function, blocking);
    let parameters = function.parameters().map(|parameter| {
        let (name, ty) = (parameter.name(), parameter.ty);
        quote_spanned! {expand::at(ty.span())=>
            ::igor::__private::Parameter {
                name: #name,
                kind: <#ty as ::igor::__private::Param>::KIND,
                check: <#ty as ::igor::__private::Param>::check,
            }
        }
    });
    let twin = twin(function);
    let description = quote! {{
        static ACTION: ::igor::__private::Action = ::igor::__private::Action {
            name: #name,
            docs: #docs,
            place: #place,
            parameters: &[#(#parameters),*],
            idempotent: #idempotent,
            timeout: #timeout,
            no_cancel: #no_cancel,
            signature: || #handler,
        };
        ::igor::__private::inventory::submit! { ::igor::__private::Submitted::Action(&ACTION) }
        &ACTION
    }};
    quote_spanned! {expand::at(ident.span())=>
        #companion
        #(#cfgs)*
        #[allow(deprecated)]
        impl ::igor::__private::NamedAction for #ident {
            const ACTION: &'static ::igor::__private::Action = #description;
        }
        #twin
    }
}

/// What callers in Rust give and get. Where the function returns something that has no name outside
/// of it, but for a stream, it has no twin.
fn twin(function: &Function) -> Option<TokenStream> {
    let reply = function.named_reply()?;
    let ident = &function.signature.ident;
    let cfgs = expand::cfgs(&function.attrs);
    let types = function.parameters().map(|parameter| parameter.ty);
    Some(quote_spanned! {expand::at(ident.span())=>
        ::igor::__private::twin! { #(#cfgs)* #ident, [#(#types),*], #reply }
    })
}

/// The type of the function's name, by which explicit registration names the action; functions
/// and types are different names to Rust.
pub(crate) fn companion(function: &Function) -> TokenStream {
    let (visibility, ident) = (&function.visibility, &function.signature.ident);
    let cfgs = expand::cfgs(&function.attrs);
    quote_spanned! {expand::at(ident.span())=>
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        #[allow(missing_copy_implementations, missing_debug_implementations)]
        #visibility struct #ident {}
    }
}

/// The thunk: arguments from the call, the function, its reply.
fn handler(function: &Function, blocking: bool) -> TokenStream {
    let mut arguments = Vec::new();
    let mut reads = Vec::new();
    for (nth, parameter) in function.parameters().enumerate() {
        let (name, ty) = (parameter.name(), parameter.ty);
        let span = expand::at(ty.span());
        let argument = format_ident!("argument_{nth}", span = span);
        reads.push(quote_spanned! {span=>
            let #argument = <#ty as ::igor::__private::Param>::from_call(&call, #name)?;
        });
        arguments.push(argument);
    }
    let ident = &function.signature.ident;
    let span = expand::at(ident.span());
    let run = match function.signature.asyncness {
        Some(_) => quote_spanned!(span=> ::igor::__private::is_send(#ident(#(#arguments),*)).await),
        None if blocking => {
            quote_spanned!(span=> ::igor::__private::blocking(move || #ident(#(#arguments),*)).await)
        }
        None => quote!(#ident(#(#arguments),*)),
    };
    let replied = match &function.signature.output {
        ReturnType::Default => span,
        ReturnType::Type(_, ty) => expand::at(ty.span()),
    };
    quote_spanned! {replied=>
        ::igor::__private::signature(|call| async move {
            #(#reads)*
            // The frame that the arguments came in is not kept while the function runs.
            ::core::mem::drop(call);
            #[allow(unused_imports)]
            use ::igor::__private::Plain as _;
            ::core::result::Result::Ok(::igor::__private::Returned(#run).split())
        })
    }
}
