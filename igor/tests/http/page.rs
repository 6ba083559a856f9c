//! The page, from memory and from a directory.

use igor::Page;

use crate::place::Place;
use crate::program::{Running, config};
use crate::raw::{Raw, ask};

const INDEX: &str = "<!doctype html><title>Hello</title>";

/// From a list that was made as the program runs.
fn in_memory() -> Page {
    let files = [("index.html", INDEX), ("js/app.js", "export {};")];
    Page::files(files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())))
}

async fn in_directory(place: &Place) -> Running {
    place.write("root/index.html", INDEX);
    place.write("root/js/app.js", "export {};");
    place.write("root/docs/index.html", "docs");
    place.write("root/a b.txt", "spaced");
    place.write("root/.secret", "hidden");
    place.write("root/.git/config", "hidden");
    place.write("secret.txt", "secret");
    let page = Page::directory(place.path().join("root"));
    Running::start(config(), Some(page)).await
}

#[tokio::test]
async fn the_page_is_there_without_a_token() {
    let place = Place::new();
    for server in [Running::start(config(), Some(in_memory())).await, in_directory(&place).await] {
        let mut raw = Raw::connect(server.address()).await;
        let index = raw.ask("GET /", &[]).await;
        assert_eq!((index.status, index.text()), (200, INDEX));
        assert_eq!(index.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(index.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(index.header("content-security-policy"), Some("frame-ancestors 'self'"));
        let script = raw.ask("GET /js/app.js?v=1", &[]).await;
        assert_eq!((script.status, script.text()), (200, "export {};"));
        assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
        server.stop().await;
    }
}

#[tokio::test]
async fn what_a_browser_goes_to_and_is_no_file_shows_the_fallback() {
    let place = Place::new();
    place.write("root/index.html", INDEX);
    place.write("root/js/app.js", "export {};");
    let pages = [in_memory(), Page::directory(place.path().join("root"))];
    for page in pages.map(|page| page.fallback("index.html")) {
        let server = Running::start(config(), Some(page)).await;
        let mut raw = Raw::connect(server.address()).await;
        let goes = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        for path in ["/rooms/lobby", "/rooms/lobby/", "/rooms/lobby?at=5", "/js/app.js/x"] {
            let shown = raw.ask(&format!("GET {path}"), &[goes]).await;
            assert_eq!((shown.status, shown.text()), (200, INDEX), "{path}");
            assert_eq!(shown.header("content-type"), Some("text/html; charset=utf-8"));
            assert_eq!(shown.header("vary"), Some("accept, accept-encoding"));
        }
        // A script that is not there is not HTML instead.
        for path in ["/js/lost.js", "/rooms/lobby"] {
            assert_eq!(raw.ask(&format!("GET {path}"), &[("Accept", "*/*")]).await.status, 404);
        }
        assert_eq!(raw.ask("GET /js/app.js", &[goes]).await.text(), "export {};");
        for path in ["/.git/config", "/rooms/%2e%2e/x"] {
            assert_eq!(raw.ask(&format!("GET {path}"), &[goes]).await.status, 404, "{path}");
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn head_says_what_get_would_bring() {
    let place = Place::new();
    for server in [Running::start(config(), Some(in_memory())).await, in_directory(&place).await] {
        let mut raw = Raw::connect(server.address()).await;
        let head = raw.ask("HEAD /", &[]).await;
        let length = INDEX.len().to_string();
        assert_eq!((head.status, head.header("content-length")), (200, Some(length.as_str())));
        // The next response begins right behind the head.
        assert_eq!(raw.ask("GET /", &[]).await.text(), INDEX);
        server.stop().await;
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let place = Place::new();
    for server in [Running::start(config(), Some(in_memory())).await, in_directory(&place).await] {
        let mut raw = Raw::connect(server.address()).await;
        let first = raw.ask("GET /", &[]).await;
        let tag = first.header("etag").expect("a tag");
        assert_eq!(first.header("cache-control"), Some("no-cache"));
        let second = raw.ask("GET /", &[("If-None-Match", tag)]).await;
        assert_eq!((second.status, second.body.len()), (304, 0));
        assert_eq!(second.header("etag"), Some(tag));
        let other = raw.ask("GET /js/app.js", &[("If-None-Match", tag)]).await;
        assert_eq!(other.status, 200);
        server.stop().await;
    }
}

#[tokio::test]
async fn a_changed_file_is_sent_again() {
    let place = Place::new();
    let server = in_directory(&place).await;
    let first = ask(server.address(), "GET /js/app.js", &[]).await;
    place.write("root/js/app.js", "export { changed };");
    let tag = first.header("etag").expect("a tag");
    let second = ask(server.address(), "GET /js/app.js", &[("If-None-Match", tag)]).await;
    assert_eq!((second.status, second.text()), (200, "export { changed };"));
    server.stop().await;
}

#[tokio::test]
async fn a_large_file_is_sent_whole() {
    let place = Place::new();
    let text: String = (0..60_000).map(|number| format!("{number}\n")).collect();
    place.write("root/large.txt", &text);
    let server = in_directory(&place).await;
    let large = ask(server.address(), "GET /large.txt", &[]).await;
    assert!(large.text() == text, "{} bytes of {}", large.body.len(), text.len());
    server.stop().await;
}

#[tokio::test]
async fn directories_show_their_index_and_never_a_list() {
    let place = Place::new();
    let server = in_directory(&place).await;
    assert_eq!(ask(server.address(), "GET /docs/", &[]).await.text(), "docs");
    assert_eq!(ask(server.address(), "GET /a%20b.txt", &[]).await.text(), "spaced");
    for path in ["/docs", "/js/", "/js"] {
        assert_eq!(ask(server.address(), &format!("GET {path}"), &[]).await.status, 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nothing_outside_of_the_page_is_reached() {
    let place = Place::new();
    let server = in_directory(&place).await;
    let absolute = place.path().join("secret.txt");
    let absolute = absolute.to_str().expect("text");
    let paths = [
        "/../secret.txt",
        "/js/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "/.secret",
        "/%2esecret",
        "/.git/config",
        "/js//app.js",
        "/./index.html",
        "/index.html%00",
        "/%ff",
        "/%",
        absolute,
        &format!("/{absolute}"),
    ];
    for path in paths {
        let answer = ask(server.address(), &format!("GET {path}"), &[]).await;
        assert_eq!((answer.status, answer.text()), (404, "Not Found"), "{path}");
    }
    server.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn links_lead_nowhere_outside_of_the_page() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let server = in_directory(&place).await;
    let root = place.path().join("root");
    symlink("../secret.txt", root.join("relative.txt")).expect("a link");
    symlink(place.path().join("secret.txt"), root.join("absolute.txt")).expect("a link");
    symlink("..", root.join("up")).expect("a link");
    symlink("js/app.js", root.join("inside.js")).expect("a link");
    for path in ["/relative.txt", "/absolute.txt", "/up/secret.txt", "/up/root/index.html"] {
        assert_eq!(ask(server.address(), &format!("GET {path}"), &[]).await.status, 404, "{path}");
    }
    assert_eq!(ask(server.address(), "GET /inside.js", &[]).await.text(), "export {};");
    server.stop().await;
}

#[tokio::test]
async fn a_page_is_only_read() {
    let server = Running::start(config(), Some(in_memory())).await;
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = ask(server.address(), &format!("{method} /"), &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    server.stop().await;
}

#[tokio::test]
async fn without_a_page_there_is_nothing_to_see() {
    let server = Running::start(config(), None).await;
    for path in ["/", "/index.html", "/igor/", "/igor/other"] {
        assert_eq!(ask(server.address(), &format!("GET {path}"), &[]).await.status, 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_says_its_own_policy() {
    let page = in_memory().content_security_policy("default-src 'self'");
    let server = Running::start(config(), Some(page)).await;
    let index = ask(server.address(), "GET /", &[]).await;
    assert_eq!(index.header("content-security-policy"), Some("default-src 'self'"));
    server.stop().await;
}
