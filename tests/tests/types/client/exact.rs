//! Bytes, integers and dates between the emitted client and a real server: each way, nested, several
//! in one message. The server changes what it is given, so that both sides must have understood it.

use std::collections::BTreeMap;

use futures_util::{Stream, stream};
use igor::{BigInt, Bytes, Client, Date, Hub, Input, Output, Registry};

#[igor::data]
#[derive(Clone, Debug)]
struct Picture {
    name: String,
    parts: Vec<Bytes>,
    size: BigInt,
    at: Option<Date>,
    sizes: BTreeMap<String, BigInt>,
    inside: Option<Box<Picture>>,
}

impl Picture {
    /// The picture with its bytes backwards, its numbers negative and its date a day later.
    fn turned(self) -> Self {
        Picture {
            name: self.name,
            parts: self.parts.iter().map(turned).collect(),
            size: negative(self.size),
            at: self.at.and_then(|at| Date::from_millis(at.millis() + 86_400_000).ok()),
            sizes: self.sizes.into_iter().map(|(key, size)| (key, negative(size))).collect(),
            inside: self.inside.map(|inside| Box::new(inside.turned())),
        }
    }
}

fn turned(bytes: &Bytes) -> Bytes {
    bytes.iter().rev().copied().collect::<Vec<_>>().into()
}

fn negative(size: BigInt) -> BigInt {
    let size = i128::try_from(size).expect("it is small enough");
    BigInt::from(-size)
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("no picture")]
struct Failure {
    picture: Box<Picture>,
}

#[igor::event("exact.turned")]
struct Turned {
    pictures: Vec<Picture>,
}

/// Which bytes has the picture?
#[igor::request("exact.choose", reply = Vec<Bytes>)]
struct Choose {
    picture: Picture,
}

#[igor::action("exact.turn")]
fn turn(picture: Picture, more: Bytes, hub: Hub) -> (Picture, Bytes) {
    let picture = picture.turned();
    hub.all().send(&Turned { pictures: vec![picture.clone(), picture.clone()] });
    (picture, turned(&more))
}

#[igor::action("exact.fail")]
fn fail(picture: Picture) -> Result<(), Failure> {
    Err(Failure { picture: Box::new(picture.turned()) })
}

#[igor::action("exact.gather")]
async fn gather(mut pictures: Input<Picture>, sizes: Output<BigInt>) -> igor::Result<Vec<Bytes>> {
    let mut parts = Vec::new();
    while let Some(picture) = pictures.next().await? {
        sizes.send(negative(picture.size)).await?;
        parts.extend(picture.parts.iter().map(turned));
    }
    Ok(parts)
}

#[igor::action("exact.each")]
fn each(pictures: Vec<Picture>) -> impl Stream<Item = Picture> {
    stream::iter(pictures.into_iter().map(Picture::turned))
}

#[igor::action("exact.ask")]
async fn ask(picture: Picture, client: Client) -> igor::Result<Vec<Bytes>> {
    let chosen = client.request(&Choose { picture: picture.turned() }).await?;
    Ok(chosen.iter().map(turned).collect())
}

#[tokio::test]
async fn exact_values_go_both_ways_between_the_client_and_the_server() {
    let registry = Registry::new().action::<turn>().action::<fail>().action::<gather>();
    let registry = registry.action::<each>().action::<ask>();
    super::run("exact", super::emit(registry.event::<Turned>().request::<Choose>())).await;
}
