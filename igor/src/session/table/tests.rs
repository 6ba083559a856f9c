//! Who may come back to a session.

use super::*;

fn sessions() -> Sessions {
    let wire = WireLimits::default();
    let hub = Hub::new(wire.message_bytes);
    Sessions::new(hub, SessionLimits::default(), wire, Shutdown::default(), Rules::default())
}

fn hello(key: &str, attempt: u64) -> Hello {
    Hello {
        session: "session".to_owned(),
        key: key.to_owned(),
        page: "page".to_owned(),
        attempt,
        contract: String::new(),
        name: None,
        ring: 1 << 20,
        resume: None,
    }
}

fn attach(entry: &Entry) -> Arc<Socket> {
    let socket = Arc::new(Socket::new(tokio::io::sink()));
    assert!(entry.record.outbox.attach(entry.over.turn, &socket));
    socket
}

#[test]
fn a_key_is_confirmed_over_the_socket_that_it_was_given_over_and_no_other() {
    let sessions = sessions();
    let first = sessions.enter(&hello("first", 1)).expect("new");
    let old_socket = attach(&first);
    // Its welcome is lost; what was on its way over the old socket is read only now.
    sessions.enter(&hello(&first.key, 2)).expect("by the newest key");
    sessions.confirm_key("session", &old_socket);
    let third = sessions.enter(&hello(&first.key, 3)).expect("the client has no other key");
    sessions.confirm_key("session", &attach(&third));
    assert!(sessions.enter(&hello(&first.key, 4)).is_err(), "the client has shown the newer one");
    sessions.enter(&hello(&third.key, 5)).expect("by the newest key");
}
