//! jsonrpsee, as its own examples use it.

use igor_benches::meter;
use igor_benches::payload::{Count, Line, Row, Say, say};
use jsonrpsee::core::SubscriptionResult;
use jsonrpsee::server::{RpcModule, Server, ServerConfig, SubscriptionMessage};
use jsonrpsee::types::ErrorObjectOwned;
use serde_json::value::to_raw_value;
use tokio::sync::broadcast;

#[tokio::main]
async fn main() {
    let config = ServerConfig::builder().max_connections(20_000).build();
    let server = Server::builder().set_config(config).build("127.0.0.1:0").await.expect("a port");
    meter::announce(server.local_addr().expect("an address").port());
    let (events, _) = broadcast::channel::<Count>(1024);
    let mut module = RpcModule::new(events);
    register(&mut module).expect("names that differ");
    server.start(module).stopped().await;
}

fn register(
    module: &mut RpcModule<broadcast::Sender<Count>>,
) -> Result<(), jsonrpsee::core::RegisterMethodError> {
    module.register_async_method("say", |params, _, _| async move {
        Ok::<Line, ErrorObjectOwned>(say(params.one::<Say>()?))
    })?;
    module.register_async_method("echo", |params, _, _| async move { params.one::<Vec<Row>>() })?;
    module.register_async_method("tell", |params, events, _| async move {
        let n = params.one::<u32>()?;
        let _ = events.send(Count { n });
        Ok::<(), ErrorObjectOwned>(())
    })?;
    module.register_subscription("count", "item", "stop", |params, pending, _, _| async move {
        let count = params.one::<u32>()?;
        let sink = pending.accept().await?;
        for n in 0..count {
            sink.send(SubscriptionMessage::from(to_raw_value(&Count { n })?)).await?;
        }
        SubscriptionResult::Ok(())
    })?;
    module.register_subscription(
        "listen",
        "counted",
        "unlisten",
        |_, pending, events, _| async move {
            let mut events = events.subscribe();
            let sink = pending.accept().await?;
            while let Ok(count) = events.recv().await {
                sink.send(SubscriptionMessage::from(to_raw_value(&count)?)).await?;
            }
            SubscriptionResult::Ok(())
        },
    )?;
    Ok(())
}
