//! A chat in the browser. `cargo run -p example-chat` prints a link; open it, twice.

mod settings;

use std::process::ExitCode;

use example_chat_api::{Chat, Musing};
use igor::{Config, Page, Server};

use crate::settings::Settings;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let Settings { address, data, quiet, report } = Settings::read()?;
    let config = Config { address, ..Config::default() };
    if report {
        print!("{}", config.report());
        return Ok(());
    }
    Server::new(config)
        .scope(Chat::open(&data)?)
        .process(move || Musing::after(quiet))
        .page(page())
        .serve()
        .await?;
    Ok(())
}

/// The page, inside the program: whoever has the program needs nothing else.
fn page() -> Page {
    macro_rules! files {
        ($($name:literal),* $(,)?) => {
            [$(($name, include_bytes!(concat!("../ui/", $name)).as_slice())),*]
        };
    }
    let page = Page::files(files![
        "above.css",
        "banner.js",
        "base.css",
        "chat.css",
        "chat.js",
        "composer.js",
        "dom.js",
        "face.js",
        "icon.svg",
        "igor-client.js",
        "index.html",
        "introduction.js",
        "line.js",
        "log.css",
        "log.js",
        "notices.js",
        "people.js",
        "portrait.js",
        "question.js",
        "rooms.js",
        "unsaid.js",
        "words.js",
        "writing.js",
    ]);
    // Nothing on this page comes from elsewhere, whatever somebody writes into a room.
    page.content_security_policy("default-src 'self'; frame-ancestors 'self'")
}
