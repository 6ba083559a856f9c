//! A real server is killed while it writes: each file is old or new.

use std::env;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use igor::{Config, Server};
use igor_tests::{Dice, config, within};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::client::Client;
use crate::place::{Place, registry};

/// Says to this test binary that it is the server of the next test, and where its files are.
const ROOT: &str = "IGOR_TEST_ROOT";

/// What stands in front of its address.
const ADDRESS: &str = "address: ";

/// So many files are written at once, each over and over.
const FILES: usize = 4;

/// So many writes are told to be done, in all.
const WRITES: usize = 1000;

/// Bytes of a file.
const LENGTH: usize = 40_000;

/// A server, when the next test runs this binary again; nothing otherwise.
#[tokio::test]
async fn as_a_program() {
    let Some(root) = env::var_os(ROOT) else { return };
    let mount = igor::Mount { write: true, ..igor::Mount::new("m", root) };
    let server = Server::new(Config { mounts: vec![mount], ..config() }).registry(registry());
    let bound = server.bind().await.expect("bound");
    println!("\n{ADDRESS}{}", igor_tests::Place::from(&bound.handle()));
    bound.run_until(std::future::pending()).await.expect("served");
}

async fn start(place: &Place) -> (Child, igor_tests::Place) {
    let mut program = Command::new(env::current_exe().expect("this binary"))
        .args(["--exact", "crash::as_a_program", "--nocapture"])
        .env(ROOT, place.root())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(program.stdout.take().expect("piped")).lines();
    loop {
        let line = within("an address", lines.next_line()).await.expect("text").expect("a line");
        if let Some(address) = line.strip_prefix(ADDRESS) {
            return (program, address.parse().expect("whatever it is"));
        }
    }
}

/// The bytes of a version of a file.
fn version(number: usize) -> Vec<u8> {
    format!("{number:>8}").into_bytes().into_iter().cycle().take(LENGTH).collect()
}

/// Writes versions of a file until the server is gone; says which was the last that was done.
async fn write(
    server: igor_tests::Place,
    file: usize,
    mut done: usize,
    all: Arc<AtomicUsize>,
) -> usize {
    let host = server.host();
    let mut client = Client::connect(server).await;
    loop {
        let token = format!("Bearer {}", igor_tests::TOKEN);
        let length = LENGTH.to_string();
        let head = format!(
            "PUT /files/m/{file} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        if !client.write(head).await || !client.write(version(done + 1)).await {
            return done;
        }
        match client.answer(false).await {
            Some(answer) => assert!(matches!(answer.status, 201 | 204), "{answer:?}"),
            None => return done,
        }
        done += 1;
        all.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_killed_server_leaves_each_file_old_or_new() {
    let place = Place::new();
    let mut dice = Dice::new(11, 0);
    let mut done = [0; FILES];
    let mut all = 0;
    while all < WRITES {
        let (mut program, server) = start(&place).await;
        assert!(!place.names().iter().any(|name| name.starts_with('.')), "{:?}", place.names());
        let most = 20 + dice.below(120) as usize;
        let written = Arc::new(AtomicUsize::new(0));
        let writing: Vec<_> = (0..FILES)
            .map(|file| tokio::spawn(write(server.clone(), file, done[file], Arc::clone(&written))))
            .collect();
        while written.load(Ordering::Relaxed) < most {
            tokio::task::yield_now().await;
        }
        within("the end of the program", program.kill()).await.expect("killed");
        server.clear();
        for (file, writing) in writing.into_iter().enumerate() {
            let before = within("the end of writing", writing).await.expect("no panic");
            let found = place.read(&file.to_string()).unwrap_or_default();
            // What was told to be done is there, or what was being done when it was killed.
            let is_new = found == version(before + 1);
            let is_old = before == 0 && found.is_empty() || found == version(before);
            assert!(
                is_old || is_new,
                "{file} is neither {before} nor the next: {} bytes",
                found.len()
            );
            done[file] = before + usize::from(is_new);
        }
        all += written.load(Ordering::Relaxed);
    }
    let (mut program, server) = start(&place).await;
    assert_eq!(place.names().len(), FILES, "nothing else is left: {:?}", place.names());
    within("the end of the program", program.kill()).await.expect("killed");
    server.clear();
}
