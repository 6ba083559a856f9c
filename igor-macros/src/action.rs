//! `#[igor::action]`: the function as it is, a companion that carries its name, and a description
//! with one straight thunk that runs a call.

pub(crate) mod function;
mod parameter;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{ExprPath, LitStr, ReturnType};

use crate::attrs::{Form, Options};
use crate::errors::Errors;
use crate::expand;
use crate::fallback;
use function::Function;

const FORM: Form = Form {
    usage: "`#[igor::action]`, `#[igor::action(\"name\")]` or `#[igor::action(\"name\", blocking)]`",
    takes_name: true,
    keys: &[
        "blocking",
        "concurrency = 4",
        "guard = is_admin",
        "idempotent",
        "no_cancel",
        "rate = \"10/s\"",
        "timeout = \"30s\"",
    ],
};

/// What an action says of its calls.
struct Policy {
    idempotent: bool,
    no_cancel: bool,
    /// An optional duration.
    timeout: TokenStream,
    /// Whom to ask whether a call may be made.
    guard: Option<ExprPath>,
    /// How many calls of a client run at once, and how often it calls.
    concurrency: Option<u32>,
    rate: Option<(u32, u64)>,
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
        guard: options.path("guard", "is_admin", &mut errors),
        concurrency: options.count("concurrency", &mut errors),
        rate: options.rate("rate", &mut errors),
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
    let Policy { idempotent, no_cancel, timeout, guard, concurrency, rate } = policy;
    let guard = expand::option(guard.as_ref().map(|guard| {
        let name = guard.to_token_stream().to_string().replace(' ', "");
        quote!(#name)
    }));
    let ident = &function.signature.ident;
    let (docs, place) = (expand::docs(&function.attrs), expand::place());
    let cfgs = expand::cfgs(&function.attrs);
    let companion = function.companion();
    let handler = handler(function, blocking, policy);
    let concurrency = expand::option(concurrency.map(|most| quote!(#most)));
    let rate = expand::option(rate.map(|(calls, millis)| {
        let per = expand::millis(millis);
        quote!(::igor::__private::Rate { calls: #calls, per: #per })
    }));
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
            guard: #guard,
            concurrency: #concurrency,
            rate: #rate,
            signature: || #handler,
        };
        ::igor::__private::inventory::submit! { ::igor::__private::Submitted::Action(&ACTION) }
        #twin
        &ACTION
    }};
    quote_spanned! {expand::at(ident.span())=>
        #companion
        #(#cfgs)*
        #[allow(deprecated)]
        impl ::igor::__private::NamedAction for #ident {
            const ACTION: &'static ::igor::__private::Action = #description;
        }
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

/// The thunk: arguments from the call, the function, its reply.
fn handler(function: &Function, blocking: bool, policy: &Policy) -> TokenStream {
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
    // A thread runs on although its call was ended, and counts as long.
    let has_slot = blocking && policy.concurrency.is_some();
    let slot = has_slot.then(|| quote_spanned!(span=> let slot = call.slot();));
    let keep_slot = has_slot.then(|| quote_spanned!(span=> let _slot = slot;));
    let run = match function.signature.asyncness {
        Some(_) => quote_spanned!(span=> ::igor::__private::is_send(#ident(#(#arguments),*)).await),
        None if blocking => {
            quote_spanned! {span=>
                ::igor::__private::blocking(move || { #keep_slot #ident(#(#arguments),*) }).await
            }
        }
        None => quote!(#ident(#(#arguments),*)),
    };
    let replied = match &function.signature.output {
        ReturnType::Default => span,
        ReturnType::Type(_, ty) => expand::at(ty.span()),
    };
    let run = quote_spanned! {replied=>
        |call| async move {
            #(#reads)*
            #slot
            // The frame that the arguments came in is not kept while the function runs.
            ::core::mem::drop(call);
            #[allow(unused_imports)]
            use ::igor::__private::Plain as _;
            ::core::result::Result::Ok(::igor::__private::Returned(#run).split())
        }
    };
    match &policy.guard {
        None => quote_spanned!(replied=> ::igor::__private::signature(#run)),
        Some(guard) => {
            quote_spanned!(expand::at(guard.span())=> ::igor::__private::guarded(#guard, #run))
        }
    }
}
