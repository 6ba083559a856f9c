//! Reads the Rust of the guide, and writes for each page the registry of what its examples declare.
//!
//! The doctests of igor run the same examples, each as a program of its own, from which nobody else
//! could take what it has declared.

use std::path::{Path, PathBuf};
use std::{env, fs};

use quote::{ToTokens, quote};
use syn::{Attribute, Ident, Item, ItemFn, LitStr, Stmt, parse_str};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pages: Vec<_> = pages(&root).iter().map(|page| registry_of(&root, page)).collect();
    let file = quote! {
        /// The pages of the guide, with what their Rust declares.
        pub(crate) fn pages() -> Vec<(&'static str, Registry)> {
            vec![#(#pages),*]
        }
    };
    let path = PathBuf::from(env::var("OUT_DIR").expect("cargo says it")).join("pages.rs");
    fs::write(path, file.to_string()).expect("a file of its own");
}

/// The pages, by their paths from the root.
fn pages(root: &Path) -> Vec<String> {
    println!("cargo::rerun-if-changed={}", root.join("docs").display());
    let docs = fs::read_dir(root.join("docs")).expect("the guide");
    let names = docs.map(|entry| entry.expect("a file").file_name().into_string().expect("a name"));
    let mut pages: Vec<_> =
        names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    pages.push("README.md".to_owned());
    pages.sort();
    pages
}

fn registry_of(root: &Path, page: &str) -> impl ToTokens + use<> {
    let path = root.join(page);
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(path).expect("a page");
    let mut declared = Vec::new();
    let examples = examples(&text).into_iter().filter_map(|(line, code)| {
        // Each has a function around it, as in a doctest, so that it has its own names.
        let example: ItemFn = parse_str(&format!("fn example() {{{code}\n}}"))
            .unwrap_or_else(|error| panic!("{page}:{line}: {error}"));
        let items: Vec<_> = example.block.stmts.into_iter().filter_map(item).collect();
        let added: Vec<_> = items.iter().filter_map(|item| added(item, &mut declared)).collect();
        (!added.is_empty())
            .then(|| quote! { |registry: Registry| { #(#items)* registry #(#added)* } })
    });
    let examples: Vec<_> = examples.collect();
    quote! { (#page, { let registry = Registry::new(); #(let registry = (#examples)(registry);)* registry }) }
}

/// The Rust of a page that compiles, each with its line and without the marks of hidden lines.
fn examples(page: &str) -> Vec<(usize, String)> {
    let mut examples = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let code = lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```"));
        let code: Vec<_> = code.map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
        if kind.starts_with("rust") && !kind.contains("ignore") {
            examples.push((at + 1, code.join("\n")));
        }
    }
    examples
}

/// What is declared; what runs is for the doctests.
fn item(statement: Stmt) -> Option<Item> {
    match statement {
        Stmt::Item(Item::Fn(it))
            if it.sig.ident == "main" || it.attrs.iter().any(|it| is_of(it, "tokio")) =>
        {
            None
        }
        Stmt::Item(item) => Some(item),
        _ => None,
    }
}

/// How an item gets into the registry, if an example before it has not declared its name already.
fn added(item: &Item, declared: &mut Vec<String>) -> Option<impl ToTokens + use<>> {
    let (attributes, ident): (_, &Ident) = match item {
        Item::Fn(it) => (&it.attrs, &it.sig.ident),
        Item::Struct(it) => (&it.attrs, &it.ident),
        Item::Enum(it) => (&it.attrs, &it.ident),
        _ => return None,
    };
    let attribute = attributes.iter().find(|it| is_of(it, "igor"))?;
    let kind = &attribute.path().segments.last()?.ident;
    if !["action", "event", "request"].iter().any(|one| kind == one) {
        return None;
    }
    let arguments = attribute.meta.require_list().expect("a name").tokens.clone();
    let first = arguments.into_iter().next().expect("a name").into_token_stream();
    let name = syn::parse2::<LitStr>(first).expect("a name").value();
    let is_new = !declared.contains(&name);
    declared.push(name);
    is_new.then(|| quote! { .#kind::<#ident>() })
}

/// Whether an attribute is one of this crate's.
fn is_of(attribute: &Attribute, name: &str) -> bool {
    attribute.path().segments.first().is_some_and(|segment| segment.ident == name)
}
