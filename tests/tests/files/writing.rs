//! What is written and deleted: whole or not at all, and only what was meant.

use std::fs;

use igor::Mount;
use igor_tests::{Running, TOKEN};

use crate::client::Client;
use crate::place::{Place, serve};

async fn writing(place: &Place) -> (Running, Client) {
    let server = serve(Mount { max_bytes: 1000, ..place.open_mount() }).await;
    let client = Client::connect(server.handle()).await;
    (server, client)
}

#[tokio::test]
async fn a_body_becomes_a_file_and_the_next_takes_its_place() {
    let place = Place::new();
    let (_server, mut client) = writing(&place).await;
    let first = client.send("PUT /files/m/a.txt", &[], b"one").await;
    assert_eq!((first.status, place.read("a.txt")), (201, Some(b"one".to_vec())));
    let second = client.send("POST /files/m/a.txt", &[], b"two").await;
    assert_eq!((second.status, place.read("a.txt")), (204, Some(b"two".to_vec())));
    assert_ne!(first.header("etag"), second.header("etag"));
    let read = client.ask("GET /files/m/a.txt", &[]).await;
    assert_eq!((read.text(), read.header("etag")), ("two", second.header("etag")));
    assert_eq!(read.header("last-modified"), second.header("last-modified"));
    assert_eq!(place.names(), ["a.txt"]);
}

#[tokio::test]
async fn directories_on_the_way_are_made() {
    let place = Place::new();
    let (_server, mut client) = writing(&place).await;
    let answer = client.send("PUT /files/m/rooms/the%20attic/a.txt", &[], b"dust").await;
    assert_eq!(answer.status, 201);
    assert_eq!(place.read("rooms/the attic/a.txt"), Some(b"dust".to_vec()));
    // A file is no directory, and a directory no file.
    assert_eq!(client.send("PUT /files/m/rooms", &[], b"x").await.status, 409);
    let below = client.send("PUT /files/m/rooms/the%20attic/a.txt/b.txt", &[], b"x").await;
    assert_eq!(below.status, 409);
    assert_eq!(place.names(), ["rooms"]);
}

#[tokio::test]
async fn a_change_is_made_only_to_the_state_that_it_was_meant_for() {
    let place = Place::new();
    let (_server, mut client) = writing(&place).await;
    let line = "PUT /files/m/a.txt";
    assert_eq!(client.send(line, &[("If-Match", "*")], b"x").await.status, 412);
    let made = client.send(line, &[("If-None-Match", "*")], b"one").await;
    assert_eq!(made.status, 201);
    let tag = made.header("etag").expect("a tag").to_owned();
    assert_eq!(client.send(line, &[("If-None-Match", "*")], b"x").await.status, 412);
    assert_eq!(client.send(line, &[("If-Match", "\"other\"")], b"x").await.status, 412);
    assert_eq!(place.read("a.txt"), Some(b"one".to_vec()));
    assert_eq!(client.send(line, &[("If-Match", &tag)], b"two").await.status, 204);
    // The tag is that of the state before.
    assert_eq!(client.send(line, &[("If-Match", &tag)], b"x").await.status, 412);
    assert_eq!(client.ask("DELETE /files/m/a.txt", &[("If-Match", &tag)]).await.status, 412);
    assert_eq!(place.read("a.txt"), Some(b"two".to_vec()));
    assert_eq!(place.names(), ["a.txt"]);
}

#[tokio::test]
async fn of_all_who_make_a_file_at_once_one_does() {
    let place = Place::new();
    let (server, _) = writing(&place).await;
    let handle = server.handle();
    let making = (0..20).map(|index| async move {
        let mut client = Client::connect(handle).await;
        let body = format!("{index}");
        let answer = client.send("PUT /files/m/a", &[("If-None-Match", "*")], body.as_bytes());
        (answer.await.status, body)
    });
    let made = futures_util::future::join_all(making).await;
    let (first, others): (Vec<_>, Vec<_>) =
        made.into_iter().partition(|(status, _)| *status == 201);
    assert!(first.len() == 1 && others.iter().all(|(status, _)| *status == 412), "{others:?}");
    assert_eq!(place.read("a"), Some(first[0].1.clone().into_bytes()));
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_by_what_it_says_or_when_it_is_passed() {
    let place = Place::new();
    let (server, mut client) = writing(&place).await;
    assert_eq!(client.send("PUT /files/m/most", &[], &[b'x'; 1000]).await.status, 201);
    // Nothing of the body is sent, and nothing waited for.
    let token = format!("Bearer {TOKEN}");
    let announced = [("Authorization", token.as_str()), ("Content-Length", "1001")];
    client.begin("PUT /files/m/more", &announced).await;
    let refused = client.answer(false).await.expect("an answer");
    assert_eq!((refused.status, refused.text()), (413, "a file here has at most 1000 bytes"));
    // In chunks nobody says how many there will be.
    let mut client = Client::connect(server.handle()).await;
    let chunked = [("Authorization", token.as_str()), ("Transfer-Encoding", "chunked")];
    client.begin("PUT /files/m/more", &chunked).await;
    for _ in 0..3 {
        client.write(format!("190\r\n{}\r\n", "x".repeat(400))).await;
    }
    assert_eq!(client.answer(false).await.expect("an answer").status, 413);
    assert_eq!(place.names(), ["most"]);
}

#[tokio::test]
async fn who_sends_far_too_much_still_reads_why_it_is_refused() {
    let place = Place::new();
    let (server, _) = writing(&place).await;
    for _ in 0..10 {
        let mut client = Client::connect(server.handle()).await;
        assert_eq!(client.send("PUT /files/m/a", &[], &vec![0; 4 << 20]).await.status, 413);
        let mut client = Client::connect(server.handle()).await;
        let unknown = [("Authorization", "Bearer x"), ("Content-Length", "4194304")];
        client.begin("PUT /files/m/a", &unknown).await;
        client.write(vec![0; 4 << 20]).await;
        assert_eq!(client.answer(false).await.expect("an answer").status, 401);
    }
}

#[tokio::test]
async fn what_is_cut_off_changes_nothing() {
    let place = Place::new();
    place.write("a.txt", "old");
    let (server, _) = writing(&place).await;
    let token = format!("Bearer {TOKEN}");
    for framing in [("Content-Length", "500"), ("Transfer-Encoding", "chunked")] {
        let mut client = Client::connect(server.handle()).await;
        client.begin("PUT /files/m/a.txt", &[("Authorization", token.as_str()), framing]).await;
        client.write("64\r\nnot much").await;
        drop(client);
    }
    // The end of the server waits for both.
    server.stop().await;
    assert_eq!((place.read("a.txt"), place.names()), (Some(b"old".to_vec()), vec!["a.txt".into()]));
}

#[tokio::test]
async fn a_part_of_a_file_is_not_taken_for_the_file() {
    let place = Place::new();
    let (_server, mut client) = writing(&place).await;
    for header in [("Content-Range", "bytes 0-2/10"), ("Content-Encoding", "gzip")] {
        assert_eq!(client.send("PUT /files/m/a", &[header], b"abc").await.status, 400);
    }
    assert!(place.names().is_empty());
}

#[tokio::test]
async fn a_file_is_deleted_once() {
    let place = Place::new();
    place.write("a.txt", "text");
    place.write("directory/b.txt", "text");
    let (_server, mut client) = writing(&place).await;
    assert_eq!(client.ask("DELETE /files/m/a.txt", &[]).await.status, 204);
    assert_eq!(client.ask("DELETE /files/m/a.txt", &[]).await.status, 404);
    assert_eq!(client.ask("DELETE /files/m/directory", &[]).await.status, 404);
    assert_eq!(place.names(), ["directory"]);
}

#[tokio::test]
async fn a_mount_does_what_it_says_and_nothing_else() {
    let place = Place::new();
    place.write("a.png", "old");
    let methods = ["GET", "PUT", "POST", "DELETE", "PATCH"];
    let mount = place.mount();
    let extensions = vec!["png".to_owned()];
    for (mount, statuses, allow) in [
        (mount.clone(), [200, 405, 405, 405, 405], "GET, HEAD, OPTIONS"),
        (
            Mount { read: false, write: true, ..mount.clone() },
            [405, 204, 204, 405, 405],
            "PUT, POST, OPTIONS",
        ),
        (
            Mount { delete: true, ..mount.clone() },
            [200, 405, 405, 204, 405],
            "GET, HEAD, DELETE, OPTIONS",
        ),
    ] {
        let server = serve(Mount { extensions: extensions.clone(), ..mount }).await;
        for (method, status) in methods.into_iter().zip(statuses) {
            let mut client = Client::connect(server.handle()).await;
            let answer = client.send(&format!("{method} /files/m/a.png"), &[], b"new").await;
            assert_eq!(answer.status, status, "{method} {allow}");
            assert_eq!(answer.header("allow"), (status == 405).then_some(allow), "{method}");
        }
    }
    let server = serve(Mount { extensions, ..place.open_mount() }).await;
    let mut client = Client::connect(server.handle()).await;
    let other = client.send("PUT /files/m/a.html", &[], b"<script>").await;
    assert_eq!((other.status, place.read("a.html")), (415, None));
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_replaced_and_not_followed() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    fs::write(place.path().join("outside"), "untouched").expect("a file");
    fs::create_dir(place.path().join("beyond")).expect("a directory");
    symlink("../outside", place.root().join("a")).expect("a link");
    symlink("../beyond", place.root().join("way")).expect("a link");
    let (_server, mut client) = writing(&place).await;
    assert_eq!(client.send("PUT /files/m/a", &[], b"new").await.status, 201);
    assert_eq!(place.read("a"), Some(b"new".to_vec()));
    let beyond = client.send("PUT /files/m/way/a", &[], b"new").await;
    assert!(beyond.status >= 400, "{beyond:?}");
    assert_eq!(client.ask("DELETE /files/m/way/a", &[]).await.status, 404);
    let outside = fs::read(place.path().join("outside")).expect("a file");
    assert_eq!(outside, b"untouched");
    assert_eq!(fs::read_dir(place.path().join("beyond")).expect("a directory").count(), 0);
}
