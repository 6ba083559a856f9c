//! A server that finds out itself who its clients are, for the tests of the TypeScript client. It
//! writes its client to where its argument says, prints where it listens, and ends when its
//! standard input does.

use std::io::Read as _;

use igor::{Code, Config, Error, Handshake, Identity, Server};

/// Who a client is.
#[derive(PartialEq)]
struct User {
    name: String,
}

/// Knows everybody who has a name.
async fn who(client: Handshake) -> igor::Result<User> {
    let name = client.name().ok_or_else(|| Error::new(Code::Unauthorized, "say who you are"))?;
    Ok(User { name: name.to_owned() })
}

/// Says as whom the program knows the caller.
#[igor::action("who.am_i")]
fn am_i(user: Identity<User>) -> String {
    user.name.clone()
}

fn is_ann(user: Identity<User>) -> bool {
    user.name == "ann"
}

/// For Ann alone.
#[igor::action("who.secret", guard = is_ann)]
fn secret() -> String {
    "the key is under the mat".to_owned()
}

#[tokio::main]
async fn main() -> igor::Result<()> {
    igor::emit::client(std::env::args().nth(1).unwrap_or_default())?;
    let mut config = Config::default();
    config.address.set_port(0);
    let bound = Server::new(config).authorize(who).bind().await?;
    println!("{}", bound.address());
    let input = tokio::task::spawn_blocking(|| std::io::stdin().read(&mut [0]));
    let end = async {
        let _ = input.await;
    };
    bound.run_until(end).await
}
