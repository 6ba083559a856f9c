//! What is read: kinds, conditions, ranges and compressed forms.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use igor::Mount;

use crate::client::{Answer, Client};
use crate::place::{Place, serve};

async fn reading(place: &Place) -> (igor_tests::Running, Client) {
    let server = serve(place.mount()).await;
    let client = Client::connect(server.handle()).await;
    (server, client)
}

#[tokio::test]
async fn a_file_is_what_its_ending_says_and_nothing_else() {
    let place = Place::new();
    for name in ["a.png", "a.txt", "a.mp4", "a.html", "a.svg", "a.pdf", "a.js", "a"] {
        place.write(name, "<script>alert(1)</script>");
    }
    let (_server, mut client) = reading(&place).await;
    for (name, kind, disposition) in [
        ("a.png", "image/png", None),
        ("a.txt", "text/plain; charset=utf-8", None),
        ("a.mp4", "video/mp4", None),
        ("a.html", "text/html; charset=utf-8", Some("attachment")),
        ("a.svg", "image/svg+xml", Some("attachment")),
        ("a.pdf", "application/pdf", Some("attachment")),
        ("a.js", "text/javascript; charset=utf-8", Some("attachment")),
        ("a", "application/octet-stream", Some("attachment")),
    ] {
        let answer = client.ask(&format!("GET /files/m/{name}"), &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{name}");
        assert_eq!(answer.header("content-disposition"), disposition, "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn a_mount_may_show_what_is_active_but_it_stays_in_its_sandbox() {
    let place = Place::new();
    place.write("a.html", "<b>shown</b>");
    let server = serve(Mount { inline: true, ..place.mount() }).await;
    let mut client = Client::connect(server.handle()).await;
    let answer = client.ask("GET /files/m/a.html", &[]).await;
    assert_eq!((answer.status, answer.header("content-disposition")), (200, None));
    assert!(answer.header("content-security-policy").is_some_and(|it| it.starts_with("sandbox;")));
}

#[tokio::test]
async fn head_says_what_get_would_bring() {
    let place = Place::new();
    place.write("a.txt", "0123456789");
    let (_server, mut client) = reading(&place).await;
    let head = client.ask("HEAD /files/m/a.txt", &[("Range", "bytes=0-1")]).await;
    assert_eq!((head.status, head.header("content-length")), (200, Some("10")));
    let get = client.ask("GET /files/m/a.txt", &[]).await;
    assert_eq!(get.text(), "0123456789");
    for name in ["etag", "last-modified", "accept-ranges", "content-type", "cache-control"] {
        assert!(get.header(name).is_some(), "{name}");
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[tokio::test]
async fn ranges_are_answered_as_the_standard_says() {
    let place = Place::new();
    place.write("a.txt", "0123456789");
    place.write("empty.txt", "");
    let (_server, mut client) = reading(&place).await;
    for (range, status, range_told, text) in [
        ("bytes=0-0", 206, Some("bytes 0-0/10"), "0"),
        ("bytes=2-4", 206, Some("bytes 2-4/10"), "234"),
        ("bytes=7-", 206, Some("bytes 7-9/10"), "789"),
        ("bytes=7-100", 206, Some("bytes 7-9/10"), "789"),
        ("bytes=-2", 206, Some("bytes 8-9/10"), "89"),
        ("bytes=-100", 206, Some("bytes 0-9/10"), "0123456789"),
        ("bytes=10-", 416, Some("bytes */10"), "Range Not Satisfiable"),
        ("bytes=-0", 416, Some("bytes */10"), "Range Not Satisfiable"),
        ("bytes=0-1,4-5", 200, None, "0123456789"),
        ("bytes=4-2", 200, None, "0123456789"),
        ("lines=1-2", 200, None, "0123456789"),
    ] {
        let answer = client.ask("GET /files/m/a.txt", &[("Range", range)]).await;
        assert_eq!((answer.status, answer.text()), (status, text), "{range}");
        assert_eq!(answer.header("content-range"), range_told, "{range}");
        assert_eq!(answer.header("content-length"), Some(text.len().to_string().as_str()));
    }
    let empty = client.ask("GET /files/m/empty.txt", &[("Range", "bytes=0-")]).await;
    assert_eq!((empty.status, empty.header("content-range")), (416, Some("bytes */0")));
    let twice = [("Range", "bytes=0-0"), ("Range", "bytes=1-1")];
    assert_eq!(client.ask("GET /files/m/a.txt", &twice).await.status, 200);
}

#[tokio::test]
async fn conditions_are_looked_at_in_the_order_of_the_standard() {
    let place = Place::new();
    place.write("a.txt", "0123456789");
    let (_server, mut client) = reading(&place).await;
    let first = client.ask("GET /files/m/a.txt", &[]).await;
    let tag = first.header("etag").expect("a tag");
    let date = first.header("last-modified").expect("a date");
    let weak = &format!("W/{tag}");
    let (other, old, new) =
        ("\"other\"", "Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 31 Dec 2100 23:59:59 GMT");
    for (headers, status) in [
        (vec![("If-None-Match", tag)], 304),
        (vec![("If-None-Match", weak)], 304),
        (vec![("If-None-Match", "*")], 304),
        (vec![("If-None-Match", other)], 200),
        (vec![("If-None-Match", other), ("If-Modified-Since", new)], 200),
        (vec![("If-Modified-Since", date)], 304),
        (vec![("If-Modified-Since", new)], 304),
        (vec![("If-Modified-Since", old)], 200),
        (vec![("If-Match", tag)], 200),
        (vec![("If-Match", weak)], 412),
        (vec![("If-Match", other)], 412),
        (vec![("If-Match", other), ("If-None-Match", tag)], 412),
        (vec![("If-Unmodified-Since", date)], 200),
        (vec![("If-Unmodified-Since", old)], 412),
        (vec![("If-None-Match", tag), ("Range", "bytes=0-0")], 304),
        (vec![("If-Range", tag), ("Range", "bytes=0-0")], 206),
        (vec![("If-Range", date), ("Range", "bytes=0-0")], 206),
        (vec![("If-Range", weak), ("Range", "bytes=0-0")], 200),
        (vec![("If-Range", other), ("Range", "bytes=0-0")], 200),
        (vec![("If-Range", old), ("Range", "bytes=0-0")], 200),
        (vec![("If-Range", other), ("Range", "bytes=99-")], 200),
    ] {
        let answer = client.ask("GET /files/m/a.txt", &headers).await;
        assert_eq!(answer.status, status, "{headers:?}");
        let length = match status {
            200 => 10,
            206 => 1,
            304 => 0,
            _ => answer.body.len(),
        };
        assert_eq!(answer.body.len(), length, "{headers:?}");
        assert_eq!(answer.header("etag"), (status < 400).then_some(tag), "{headers:?}");
    }
}

#[tokio::test]
async fn a_compressed_form_is_sent_to_who_takes_it() {
    let place = Place::new();
    place.write("a.txt", "plain");
    place.write("a.txt.gz", "as gzip");
    place.write("a.txt.br", "as brotli");
    place.write("b.txt", "plain");
    let (_server, mut client) = reading(&place).await;
    let mut tags = Vec::new();
    for (accepted, coding, text) in [
        ("gzip, deflate, br", Some("br"), "as brotli"),
        ("gzip", Some("gzip"), "as gzip"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "as gzip"),
        ("identity", None, "plain"),
    ] {
        let headers = [("Accept-Encoding", accepted)];
        let answer = client.ask("GET /files/m/a.txt", &headers).await;
        assert_eq!((answer.header("content-encoding"), answer.text()), (coding, text));
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert!(answer.all("vary").contains("accept-encoding"), "{answer:?}");
        tags.push(answer.header("etag").expect("a tag").to_owned());
        let part = client.ask("GET /files/m/a.txt", &[headers[0], ("Range", "bytes=-2")]).await;
        assert_eq!((part.status, part.text()), (206, &text[text.len() - 2..]));
    }
    assert!(tags[0] != tags[1] && tags[1] == tags[2] && tags[2] != tags[3], "{tags:?}");
    let alone = client.ask("GET /files/m/b.txt", &[("Accept-Encoding", "br")]).await;
    assert_eq!((alone.header("content-encoding"), alone.text()), (None, "plain"));
}

#[tokio::test]
async fn a_compressed_form_that_is_older_than_its_file_is_left_alone() {
    let place = Place::new();
    place.write("a.txt", "new");
    place.write("a.txt.br", "old");
    let form = File::options().write(true).open(place.root().join("a.txt.br")).expect("a file");
    form.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("a time");
    let (_server, mut client) = reading(&place).await;
    let answer = client.ask("GET /files/m/a.txt", &[("Accept-Encoding", "br")]).await;
    assert_eq!((answer.header("content-encoding"), answer.text()), (None, "new"));
}

#[tokio::test]
async fn a_large_file_comes_whole_and_in_parts() {
    let place = Place::new();
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|index| (index % 251) as u8).collect();
    place.write("large.bin", &bytes);
    let (_server, mut client) = reading(&place).await;
    assert!(client.ask("GET /files/m/large.bin", &[]).await.body == bytes);
    let range = [("Range", "bytes=999999-2000000")];
    assert!(client.ask("GET /files/m/large.bin", &range).await.body == bytes[999_999..=2_000_000]);
}

#[tokio::test]
async fn what_is_not_a_file_of_the_mount_is_not_there() {
    let place = Place::new();
    place.write("a.png", "picture");
    place.write("a.txt", "text");
    place.write(".hidden.png", "hidden");
    place.write(".git/b.png", "hidden");
    place.write(".igor-upload-x.png", "draft");
    fs::create_dir(place.root().join("directory.png")).expect("a directory");
    let mount = Mount { extensions: vec!["png".to_owned()], ..place.mount() };
    let server = serve(mount.clone()).await;
    let mut client = Client::connect(server.handle()).await;
    let status = |answer: Answer| answer.status;
    assert_eq!(status(client.ask("GET /files/m/a.png", &[]).await), 200);
    for path in [
        "/files/m/a.txt",
        "/files/m/.hidden.png",
        "/files/m/.git/b.png",
        "/files/m/.igor-upload-x.png",
        "/files/m/directory.png",
        "/files/m/directory.png/",
        "/files/m/",
        "/files/m",
        "/files/",
        "/files/other/a.png",
        "/files/M/a.png",
    ] {
        let answer = client.ask(&format!("GET {path}"), &[]).await;
        assert_eq!((answer.status, answer.text()), (404, "there is no such file"), "{path}");
    }
    let server = serve(Mount { dotfiles: true, ..mount }).await;
    let mut client = Client::connect(server.handle()).await;
    for (path, expected) in [
        ("/files/m/.hidden.png", 200),
        ("/files/m/.git/b.png", 200),
        ("/files/m/.igor-upload-x.png", 404),
    ] {
        assert_eq!(status(client.ask(&format!("GET {path}"), &[]).await), expected, "{path}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_no_file_and_waited_for_by_nobody() {
    let place = Place::new();
    let made = std::process::Command::new("mkfifo").arg(place.root().join("pipe")).status();
    assert!(made.expect("mkfifo").success());
    let (_server, mut client) = reading(&place).await;
    assert_eq!(client.ask("GET /files/m/pipe", &[]).await.status, 404);
}
