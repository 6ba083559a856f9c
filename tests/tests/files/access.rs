//! Who may have a file: the token, signed links, and pages of other origins.

use std::fmt::Write as _;

use igor::{Config, Token};
use igor_tests::{Running, config};

use crate::client::Client;
use crate::place::{Place, serve, serve_with};

const ALLOWED: &str = "http://localhost:5173";

fn place() -> Place {
    let place = Place::new();
    place.write("a b.txt", "text");
    place
}

async fn client(server: &Running) -> Client {
    Client::connect(server.handle()).await
}

/// Asks for a link to a file, with the token.
async fn link(server: &Running, name: &str) -> String {
    let body = format!(r#"{{"mount":"m","name":"{name}","seconds":600}}"#);
    let answer = client(server).await.send("POST /igor/link", &[], body.as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    text.strip_prefix(r#"{"link":""#)
        .and_then(|it| it.strip_suffix(r#""}"#))
        .expect("a link")
        .into()
}

#[tokio::test]
async fn without_the_token_there_is_nothing_to_learn() {
    let place = place();
    let server = serve(place.open_mount()).await;
    for path in ["/files/m/a%20b.txt", "/files/m/none", "/files/none/a", "/files/", "/igor/link"] {
        for method in ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"] {
            for shown in [None, Some("Bearer wrong-token-of-length"), Some("Basic abc")] {
                let headers: Vec<_> =
                    shown.map(|shown| ("Authorization", shown)).into_iter().collect();
                let line = format!("{method} {path}");
                let answer = client(&server).await.ask_bare(&line, &headers).await;
                assert_eq!(answer.status, 401, "{line}");
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            }
        }
    }
    assert_eq!(place.names(), ["a b.txt"]);
}

#[tokio::test]
async fn a_signed_link_reads_its_file_and_nothing_else() {
    let place = place();
    place.write("b.txt", "other");
    let server = serve(place.open_mount()).await;
    let link = link(&server, "a b.txt").await;
    let mut client = client(&server).await;
    let read = client.ask_bare(&format!("GET {link}"), &[("Range", "bytes=0-1")]).await;
    assert_eq!((read.status, read.text()), (206, "te"));
    assert_eq!(client.ask_bare(&format!("HEAD {link}"), &[]).await.status, 200);
    let (path, query) = link.split_once('?').expect("a query");
    for (line, status) in [
        (format!("GET /files/m/b.txt?{query}"), 403),
        (format!("GET {path}?{}", query.replace("until=1", "until=2")), 403),
        (format!("GET {path}?until=99999999999&sign="), 403),
        (format!("GET {path}"), 401),
        (format!("DELETE {link}"), 401),
    ] {
        let answer = client.ask_bare(&line, &[]).await;
        assert_eq!(answer.status, status, "{line}");
    }
    assert_eq!(client.ask_bare(&format!("PUT {link}"), &[]).await.status, 401);
}

#[tokio::test]
async fn links_are_signed_for_files_that_can_be_read() {
    let place = place();
    let mount = igor::Mount { extensions: vec!["txt".into()], ..place.mount() };
    let server = serve(mount).await;
    for (body, status) in [
        (r#"{"mount":"m","name":"a b.txt","seconds":1}"#, 200),
        (r#"{"mount":"m","name":"not/yet.txt","seconds":604800}"#, 200),
        (r#"{"mount":"m","name":"a b.txt","seconds":0}"#, 400),
        (r#"{"mount":"m","name":"a b.txt","seconds":604801}"#, 400),
        (r#"{"mount":"m","name":"a.html","seconds":60}"#, 404),
        (r#"{"mount":"m","name":"../a.txt","seconds":60}"#, 404),
        (r#"{"mount":"m","name":".a.txt","seconds":60}"#, 404),
        (r#"{"mount":"n","name":"a.txt","seconds":60}"#, 404),
        (r#"{"mount":"m"}"#, 400),
        ("", 400),
    ] {
        let answer = client(&server).await.send("POST /igor/link", &[], body.as_bytes()).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let long = format!(r#"{{"mount":"m","name":"{}","seconds":1}}"#, "a".repeat(9000));
    let answer = client(&server).await.send("POST /igor/link", &[], long.as_bytes()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(client(&server).await.ask("GET /igor/link", &[]).await.status, 405);
}

#[tokio::test]
async fn pages_of_allowed_origins_see_answers_and_others_none() {
    let place = place();
    let allowed_origins = vec![ALLOWED.to_owned()];
    let server =
        serve_with(Config { mounts: vec![place.open_mount()], allowed_origins, ..config() }).await;
    let own = format!("http://{}", server.handle().address());
    for origin in [ALLOWED, &own] {
        let origin = [("Origin", origin)];
        for line in ["GET /files/m/a%20b.txt", "GET /files/m/none", "PUT /files/m/new"] {
            let answer = client(&server).await.send(line, &origin, b"").await;
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin[0].1), "{line}");
            assert!(answer.all("vary").contains("origin"), "{line}");
            assert!(answer.all("access-control-expose-headers").contains("etag"), "{line}");
        }
        // Why it was refused can be read, too.
        let refused = client(&server).await.ask_bare("GET /files/m/a", &origin).await;
        assert_eq!(refused.header("access-control-allow-origin"), Some(origin[0].1));
        let preflight = client(&server).await.ask_bare("OPTIONS /files/m/a", &origin).await;
        assert_eq!(preflight.status, 204);
        let methods = preflight.header("access-control-allow-methods").expect("methods");
        assert!(methods.contains("PUT") && methods.contains("DELETE"), "{methods}");
        let headers = preflight.header("access-control-allow-headers").expect("headers");
        assert!(headers.contains("authorization") && headers.contains("if-match"), "{headers}");
    }
    for origin in ["http://evil.example", "null", "http://localhost:5174", "http://localhost"] {
        for line in ["GET /files/m/a%20b.txt", "OPTIONS /files/m/a", "PUT /files/m/evil"] {
            let answer = client(&server).await.send(line, &[("Origin", origin)], b"").await;
            assert_eq!(answer.status, 403, "{line} of {origin}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(place.names(), ["a b.txt", "new"]);
}

#[tokio::test]
async fn where_no_token_is_needed_foreign_pages_still_show_nothing() {
    let place = place();
    let token = Token::dangerously_without_token();
    let server = serve_with(Config { mounts: vec![place.mount()], token, ..config() }).await;
    let signed = link(&server, "a b.txt").await;
    for (path, site, status) in [
        ("/files/m/a%20b.txt", None, 200),
        ("/files/m/a%20b.txt", Some("same-origin"), 200),
        ("/files/m/a%20b.txt", Some("none"), 200),
        ("/files/m/a%20b.txt", Some("same-site"), 403),
        ("/files/m/a%20b.txt", Some("cross-site"), 403),
        (&signed, Some("cross-site"), 200),
    ] {
        let headers: Vec<_> = site.map(|site| ("Sec-Fetch-Site", site)).into_iter().collect();
        let answer = client(&server).await.ask_bare(&format!("GET {path}"), &headers).await;
        assert_eq!(answer.status, status, "{path} {site:?}");
    }
}

#[tokio::test]
async fn where_the_program_says_who_a_client_is_it_is_asked_for_files_too() {
    let place = place();
    let config = Config { mounts: vec![place.open_mount()], ..config() };
    let server = igor::Server::new(config).registry(crate::place::registry());
    let server = server.authorize(|shown: igor::Handshake| async move {
        match (shown.token(), shown.cookie("sid")) {
            (Some("of-ann"), _) | (_, Some("of-ann")) => Ok("ann".to_owned()),
            (None, None) => Err(igor::Error::new(igor::Code::Unauthorized, "say who you are")),
            _ => Err(igor::Error::forbidden("nobody knows you")),
        }
    });
    let server = Running::start(server).await;
    let (by_token, by_cookie) = (("Authorization", "Bearer of-ann"), ("Cookie", "sid=of-ann"));
    for (headers, status) in [
        (vec![by_token], 200),
        (vec![by_cookie], 200),
        // A cookie comes along with whatever a page shows.
        (vec![by_cookie, ("Sec-Fetch-Site", "cross-site")], 403),
        (vec![("Authorization", "Bearer of-ben")], 403),
        (vec![], 401),
    ] {
        let answer = client(&server).await.ask_bare("GET /files/m/a%20b.txt", &headers).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.text());
        let made = client(&server).await.ask_bare("PUT /files/m/new", &headers).await;
        assert_eq!(made.status < 300, status == 200, "{headers:?}");
    }
}

#[tokio::test]
async fn a_server_without_mounts_has_no_such_paths() {
    let server = serve_with(config()).await;
    for path in ["/files/", "/files/m/a", "/igor/link"] {
        assert_eq!(
            client(&server).await.ask(&format!("GET {path}"), &[]).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn mounts_that_make_no_sense_are_refused_before_the_server_listens() {
    let place = place();
    let mount = place.mount();
    let missing = igor::Mount::new("m", place.path().join("missing"));
    let named = igor::Mount { name: "A B".to_owned(), ..mount.clone() };
    let mut texts = String::new();
    for mounts in [vec![missing.clone()], vec![named], vec![mount.clone(), mount]] {
        let server = igor::Server::new(Config { mounts, ..config() });
        let refused = server.registry(crate::place::registry()).bind().await.expect_err("refused");
        writeln!(texts, "{}", refused.message()).expect("written");
    }
    assert!(texts.contains("could not open the mount `m`'s directory"), "{texts}");
    assert!(texts.contains("the mount `A B` has to be named in"), "{texts}");
    assert!(texts.contains("there are two mounts `m`"), "{texts}");
    // One that is written to is made.
    drop(serve(igor::Mount { write: true, ..missing }).await);
    assert!(place.path().join("missing").is_dir());
}
