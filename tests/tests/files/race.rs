//! Somebody moves directories and links about while files are asked for.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::client::Client;
use crate::place::{Place, serve};

/// What lies outside of the root.
const SECRET: &str = "SECRET";

/// So often is each file asked for.
const TIMES: usize = 250;

/// Swaps a directory, a link and a file with links that lead out, over and over, until it is told.
fn swap(root: &Path, is_over: &AtomicBool) {
    let (directory, parked) = (root.join("directory"), root.join("parked"));
    let next = root.join("next");
    let place = |name| fs::rename(&next, root.join(name)).expect("in place");
    while !is_over.load(Ordering::Relaxed) {
        fs::rename(&directory, &parked).expect("parked");
        symlink("../outside", &directory).expect("a link");
        symlink("../outside", &next).expect("a link");
        place("way");
        symlink("../outside/a", &next).expect("a link");
        place("file");
        fs::remove_file(&directory).expect("removed");
        fs::rename(&parked, &directory).expect("back");
        symlink("real", &next).expect("a link");
        place("way");
        fs::write(&next, "inside").expect("a file");
        place("file");
    }
}

#[tokio::test]
async fn what_is_opened_is_always_below_the_root() {
    let place = Place::new();
    let outside = place.path().join("outside");
    fs::create_dir(&outside).expect("a directory");
    fs::write(outside.join("a"), SECRET).expect("a file");
    for name in ["directory/a", "real/a", "file"] {
        place.write(name, "inside");
    }
    symlink("real", place.root().join("way")).expect("a link");
    let server = serve(place.open_mount()).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let swapping = thread::spawn({
        let (root, is_over) = (place.root(), Arc::clone(&is_over));
        move || swap(&root, &is_over)
    });
    let mut client = Client::connect(server.handle()).await;
    for _ in 0..TIMES {
        for name in ["directory/a", "way/a", "file"] {
            let answer = client.ask(&format!("GET /files/m/{name}"), &[]).await;
            match answer.status {
                200 => assert_eq!(answer.text(), "inside", "{name}"),
                status => assert_eq!(status, 404, "{name}"),
            }
        }
        // Whatever is said of it, it is not written there.
        client.send("PUT /files/m/way/b", &[], b"inside").await;
        client.ask("DELETE /files/m/way/a", &[("If-Match", "\"none\"")]).await;
    }
    is_over.store(true, Ordering::Relaxed);
    swapping.join().expect("it swaps to the end");
    let names: Vec<_> = fs::read_dir(&outside).expect("a directory").collect();
    assert_eq!(names.len(), 1, "nothing was written outside");
    assert_eq!(fs::read_to_string(outside.join("a")).expect("a file"), SECRET);
}

#[tokio::test]
async fn a_root_that_is_moved_away_stays_the_root() {
    let place = Place::new();
    let (root, outside) = (place.root(), place.path().join("outside"));
    fs::create_dir(&outside).expect("a directory");
    fs::write(outside.join("a"), SECRET).expect("a file");
    place.write("a", "inside");
    let server = serve(place.open_mount()).await;
    fs::rename(&root, place.path().join("moved")).expect("moved");
    symlink(&outside, &root).expect("a link");
    let mut client = Client::connect(server.handle()).await;
    assert_eq!(client.ask("GET /files/m/a", &[]).await.text(), "inside");
    assert_eq!(client.send("PUT /files/m/b", &[], b"new").await.status, 201);
    assert!(place.path().join("moved/b").exists() && !outside.join("b").exists());
}
