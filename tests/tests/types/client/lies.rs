//! A server whose values are not what its types say, and a client that checks them.

use futures_util::{Stream, stream};
use igor::emit::Emit;
use igor::{Client, Output, Registry};

/// Of a number over 100 it says that it is many, where its type promises a number.
#[igor::data]
#[derive(Clone, Debug, thiserror::Error)]
#[error("{number}")]
struct Fact {
    #[serde(with = "many")]
    #[ts(as = "u32")]
    number: u32,
}

mod many {
    use igor::serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &u32, to: S) -> Result<S::Ok, S::Error> {
        if *number > 100 { "many".serialize(to) } else { number.serialize(to) }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        u32::deserialize(from)
    }
}

#[igor::event("lie.told")]
struct Told {
    facts: Vec<Fact>,
}

#[igor::request("lie.asked", reply = ())]
struct Asked {
    fact: Option<Fact>,
}

#[igor::action("lie.say")]
fn say(number: u32) -> Fact {
    Fact { number }
}

#[igor::action("lie.count")]
async fn count(to: u32, facts: Output<Fact>) -> igor::Result<u32> {
    facts.send(Fact { number: to }).await?;
    Ok(to)
}

#[igor::action("lie.list")]
fn list(numbers: Vec<u32>) -> impl Stream<Item = Fact> {
    stream::iter(numbers.into_iter().map(|number| Fact { number }))
}

#[igor::action("lie.fail")]
fn fail(number: u32) -> Result<(), Fact> {
    Err(Fact { number })
}

#[igor::action("lie.tell")]
fn tell(numbers: Vec<u32>, hub: igor::Hub) {
    hub.all().send(&Told { facts: numbers.into_iter().map(|number| Fact { number }).collect() });
}

#[igor::action("lie.ask")]
async fn ask(number: u32, client: Client) -> igor::Result<()> {
    client.request(&Asked { fact: Some(Fact { number }) }).await
}

#[tokio::test]
async fn a_client_with_checks_tells_of_each_lie_of_the_server() {
    let registry = Registry::new().action::<say>().action::<count>().action::<list>();
    let registry = registry.action::<fail>().action::<tell>().action::<ask>();
    let registry = registry.event::<Told>().request::<Asked>();
    super::run("lies", Emit { checks: true, ..super::emit(registry) }).await;
}
