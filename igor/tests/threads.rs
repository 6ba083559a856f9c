//! What a program holds of igor may be moved to other threads, and shared by them.

use igor::{
    Audience, Bound, Client, Config, Error, Handle, Hub, Identity, Presence, Processes, Registry,
    Scope, Server, Session, Stats, Supervised,
};

/// Compiles for what goes to other threads, and is used by several at once.
fn may_be_shared<T: Send + Sync>() {}

/// Compiles for what goes to other threads.
fn may_be_moved<T: Send>() {}

#[test]
fn handles_may_be_shared_by_threads() {
    may_be_shared::<(Audience, Client, Hub, Handle)>();
    may_be_shared::<(Config, Error, Registry, Stats)>();
    may_be_shared::<(Processes, Supervised)>();
    may_be_shared::<(Identity<u32>, Scope<u32>, Session<u32>)>();
}

#[test]
fn what_one_task_works_with_may_be_moved_to_it() {
    may_be_moved::<(Server, Bound, Presence)>();
    may_be_moved::<(igor::Input<String>, igor::Output<String>)>();
    may_be_moved::<(igor::Call, igor::Next, igor::Replied)>();
}

#[cfg(feature = "remote")]
#[test]
fn a_remote_may_be_shared_by_threads() {
    #[igor::action("ping")]
    async fn ping() {}

    #[igor::event("pinged")]
    struct Pinged;

    may_be_shared::<(igor::Remote, igor::remote::RemoteConfig)>();
    may_be_moved::<igor::remote::Call<ping>>();
    may_be_moved::<igor::remote::Events<Pinged>>();
}
