//! A server that a test kills: it writes where it listens, and then what its calls tell, line by
//! line; each line that it reads lets one of them go on. It ends with its standard input.

#[path = "../tests/stories/offer.rs"]
mod offer;

use std::io::stdin;
use std::thread;

use igor::Server;
use igor_tests::{Bench, config};
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> igor::Result<()> {
    let (bench, mut heard) = Bench::new();
    let mut config = config();
    config.allowed_hosts = std::env::args().skip(1).collect();
    let server = Server::new(config).registry(offer::registry()).scope(bench.clone());
    let bound = server.bind().await?;
    println!("{}", bound.address());
    tokio::spawn(async move {
        while let Some(word) = heard.wait().await {
            println!("{word}");
        }
    });
    let (told, ended) = oneshot::channel::<()>();
    thread::spawn(move || {
        for _ in stdin().lines().map_while(Result::ok) {
            bench.allow(1);
        }
        drop(told);
    });
    let ended = async {
        let _ = ended.await;
    };
    bound.run_until(ended).await
}
