//! Keeps the committed client up to date: `IGOR_EMIT=1 cargo test` writes it anew.

#[test]
fn the_client_is_current() {
    igor::emit::assert_current("ui/igor-client.js");
}

#[tokio::test]
async fn an_action_is_a_function_like_any_other() {
    assert_eq!(super::hello("world".to_owned()).await, "Hello, world!");
}
