//! What keeps a remote away, and what is said about it.

use std::time::Duration;

use igor::remote::{Remote, RemoteConfig, Status};
use igor::{Code, Registry, Server};
use igor_tests::{Bench, InTime as _, Running, config, within};

use crate::address_of;
use crate::offer::{serve, who};

/// A function of another program under the name of one here.
mod other {
    /// Who the caller is, and of which age.
    #[igor::action("who")]
    pub(crate) fn who(age: u8) -> u8 {
        age
    }
}

#[tokio::test]
async fn a_wrong_token_is_final() {
    let server =
        Running::start(Server::new(config()).registry(Registry::new().action::<who>())).await;
    let remote = Remote::connect(RemoteConfig {
        address: address_of(server.handle()),
        token: Some("not the token of this server".into()),
        ..RemoteConfig::default()
    });
    let refused = within("a refusal", remote).await.map(|_| ()).expect_err("refused");
    assert_eq!(refused.code(), Code::Unauthorized);
    server.stop().await;
}

#[tokio::test]
async fn the_name_of_somebody_else_is_final() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let named = || RemoteConfig { name: Some("anna".into()), ..server.config() };
    let _anna = Remote::connect(named()).in_time().await.expect("welcome");
    let other = Remote::new(named());
    let refused = other.ready().in_time().await.expect_err("refused");
    assert_eq!(refused.code(), Code::Forbidden);
    assert!(matches!(other.status(), Status::Lost(why) if why.contains("`anna`")));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for_no_longer_than_one_says() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = nobody.local_addr().expect("an address");
    drop(nobody);
    let remote = Remote::new(RemoteConfig { address: address.into(), ..RemoteConfig::default() });
    assert_eq!(remote.status(), Status::Connecting(None));
    let mut statuses = remote.statuses();
    let has_failed = |status: &Status| matches!(status, Status::Connecting(Some(_)));
    tokio::select! {
        ready = remote.ready().in_time() => panic!("{ready:?}"),
        status = statuses.wait_for(has_failed) => drop(status.expect("it is there")),
    }
    let ready = remote.within(Duration::from_millis(1)).ready().in_time().await;
    let late = ready.expect_err("nobody is there");
    assert_eq!(late.code(), Code::DeadlineExceeded);
    assert!(late.message().starts_with("no connection within 1ms: "), "{late}");
}

#[tokio::test]
async fn a_name_that_means_something_else_there_is_not_called() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let refused = remote.call::<other::who>(7).in_time().await.expect_err("refused");
    assert_eq!(refused.code(), Code::ContractMismatch);
    // One that waits for the welcome is refused by it.
    let remote = Remote::new(server.config());
    let refused = remote.call::<other::who>(7).in_time().await.expect_err("refused");
    assert_eq!(refused.code(), Code::ContractMismatch);
    assert!(remote.call::<who>(()).in_time().await.is_ok());
}

#[tokio::test]
async fn an_action_that_the_server_lacks_is_unknown() {
    let server =
        igor::testing::serve(Server::new(igor::Config::default()).registry(registry_of_one()));
    let server = server.in_time().await.expect("served");
    let remote = server.remote().in_time().await.expect("welcome");
    let refused = remote.call::<crate::offer::ask>(()).in_time().await.expect_err("refused");
    assert_eq!(refused.code(), Code::UnknownAction);
}

fn registry_of_one() -> Registry {
    Registry::new().action::<who>()
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_and_nothing_else_suffers() {
    let (bench, _heard) = Bench::new();
    let server = serve(&bench).await;
    let remote = server.remote().in_time().await.expect("welcome");
    let refused = remote.call::<crate::offer::count>(u64::MAX).next().in_time().await;
    assert_eq!(refused.expect("an end").expect_err("refused").code(), Code::Unsendable);
    let large = vec![0_u8; 2 << 20];
    let refused = remote.call::<crate::offer::turned>(large).in_time().await.expect_err("refused");
    assert_eq!(refused.code(), Code::TooLarge);
    assert!(remote.call::<who>(()).in_time().await.is_ok());
}
