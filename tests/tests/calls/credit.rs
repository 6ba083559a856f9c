//! How much a call sends before it is asked for more.

use igor::Registry;
use igor_tests::result;
use serde_json::json;

use super::{Test, double, endless, endless_outputs, serving, up_to, with_progress};

#[tokio::test]
async fn a_stream_makes_no_more_than_its_window() {
    let registry =
        Registry::new().action::<endless>().action::<endless_outputs>().action::<double>();
    for action in ["calls.endless", "calls.endless_outputs"] {
        let Test { mut page, bench, server: _server, .. } = serving(registry.clone()).await;
        let id = page.call_with(action, json!({ "credit": 3 })).await;
        for item in 1..=3 {
            assert_eq!(page.of_call(id).await, json!({ "data": item }));
        }
        assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
        assert!(page.has_none(|frame| frame["streamId"] == id).await, "{action}");
        page.send(json!({ "streamId": id, "credit": 2 })).await;
        for item in 4..=5 {
            assert_eq!(page.of_call(id).await, json!({ "data": item }));
        }
        assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
        assert!(page.has_none(|frame| frame["streamId"] == id).await, "{action}");
        // One is made and waits, because its maker does not know of the window.
        assert_eq!(bench.counted(), 6, "{action}");
    }
}

#[tokio::test]
async fn the_end_of_a_stream_needs_no_credit() {
    let Test { mut page, server: _server, .. } = serving(Registry::new().action::<up_to>()).await;
    let id = page.call_with("calls.up_to", json!({ "data": 2, "credit": 2 })).await;
    assert_eq!(page.all(id).await.len(), 3);
    let id = page.call_with("calls.up_to", json!({ "data": 0, "credit": 0 })).await;
    assert_eq!(page.all(id).await, [json!({ "close": true })]);
}

#[tokio::test]
async fn a_window_is_not_wider_than_the_server_allows() {
    let Test { mut page, bench, server: _server, .. } =
        serving(Registry::new().action::<endless>().action::<double>()).await;
    let id = page.call_with("calls.endless", json!({ "credit": u32::MAX })).await;
    for item in 1..=256 {
        assert_eq!(page.of_call(id).await, json!({ "data": item }));
    }
    assert!(page.has_none(|frame| frame["streamId"] == id).await);
    assert_eq!(bench.counted(), 257);
}

#[tokio::test]
async fn outputs_beside_a_result_are_held_to_the_window_too() {
    let Test { mut page, server: _server, .. } =
        serving(Registry::new().action::<with_progress>()).await;
    let call = json!({ "data": 3, "credit": 2 });
    let id = page.call_with("calls.with_progress", call).await;
    assert_eq!(page.of_call(id).await, json!({ "data": "step 0" }));
    assert_eq!(page.of_call(id).await, json!({ "data": "step 1" }));
    assert!(page.has_none(|frame| frame["streamId"] == id).await);
    page.send(json!({ "streamId": id, "credit": 1 })).await;
    assert_eq!(page.of_call(id).await, json!({ "data": "step 2" }));
    assert_eq!(page.of_call(id).await, result(3));
}
