//! A server that a test ends or kills: it writes the link to its page, and then what its calls tell,
//! line by line; each line that it reads lets one of them go on. It ends with its standard input.
//! Its arguments are the host by which it is reached, and its pipe, if it is at one.

#[path = "../tests/stories/offer.rs"]
mod offer;

use std::io::stdin;
use std::thread;

use igor::{Page, Server};
use igor_tests::{Bench, config};

#[tokio::main]
async fn main() -> igor::Result<()> {
    let (bench, mut heard) = Bench::new();
    let mut config = config();
    let mut arguments = std::env::args().skip(1);
    config.allowed_hosts = arguments.next().into_iter().collect();
    config.pipe = arguments.next().map(Into::into);
    let server = Server::new(config).registry(offer::registry()).scope(bench.clone());
    tokio::spawn(async move {
        while let Some(word) = heard.wait().await {
            println!("{word}");
        }
    });
    thread::spawn(move || {
        for _ in stdin().lines().map_while(Result::ok) {
            bench.allow(1);
        }
        std::process::exit(1);
    });
    server.page(Page::files([("index.html", b"<!doctype html>")])).serve().await
}
