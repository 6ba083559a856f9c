//! A chat in the browser. `cargo run -p example-chat` prints a link; open it, twice.

mod settings;

use std::path::Path;
use std::process::ExitCode;

use example_chat_api::{Chat, Musing, picture};
use igor::{Config, Mount, Page, Server};

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
    let config = Config { address, mounts: vec![pictures(&data)], ..Config::default() };
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

/// The pictures that were shown, in a directory beside the history.
fn pictures(data: &Path) -> Mount {
    Mount {
        write: true,
        max_bytes: picture::MOST_BYTES,
        extensions: picture::KINDS.map(|(_, ending)| ending.to_owned()).to_vec(),
        ..Mount::new("pictures", data.with_extension("pictures"))
    }
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
        "drop.js",
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
        "picture.js",
        "portrait.js",
        "question.js",
        "reading.js",
        "rooms.js",
        "tray.css",
        "tray.js",
        "unsaid.js",
        "words.js",
        "writing.js",
    ]);
    // Nothing on this page comes from elsewhere, whatever somebody writes into a room.
    page.content_security_policy("default-src 'self'; frame-ancestors 'self'")
}
