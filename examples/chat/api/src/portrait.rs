//! The portrait of a room: a long piece of work, with progress on the way.

use std::time::Duration;

use igor::{Client, Code, Error, Output, Scope};

use crate::chat::Chat;
use crate::sketch::Sketch;

/// In how many steps a room is looked at, at most.
const STEPS: u32 = 40;

/// How long a step is given. Counting takes no time; a painter does.
const STEP: Duration = Duration::from_millis(90);

/// A room of more lines is painted only if that is really wanted.
const LONG: u32 = 60;

/// Asks whoever sits in front of the page.
#[igor::request("chat.confirm", reply = bool, timeout = "5m")]
pub struct Confirm {
    /// What is asked, to be answered by yes or no.
    pub question: String,
}

/// How far a portrait has come.
#[igor::data]
pub struct Progress {
    /// How many lines were looked at.
    pub done: u32,
    /// How many there are.
    pub all: u32,
}

/// What a room looks like from afar.
#[igor::data]
#[serde(rename_all = "camelCase")]
pub struct Portrait {
    /// How many lines were said.
    pub lines: u32,
    /// How many words.
    pub words: u32,
    /// Who said the most, the most first.
    pub talkers: Vec<Tally>,
    /// The words that come again and again, the most first.
    pub favourites: Vec<Tally>,
    /// How many lines were said in each hour of the day, in UTC.
    pub hours: Vec<u32>,
    /// The longest that nobody said anything, in milliseconds.
    pub silence_ms: i64,
}

/// How often something came.
#[igor::data]
#[derive(Debug, PartialEq)]
pub struct Tally {
    /// A name or a word.
    pub of: String,
    /// How often.
    pub count: u32,
}

/// Reads everything that was ever said in a room and paints its portrait.
///
/// It takes its time, and asks first where that will be long. Cancel it, or just close the page: it stops where it is.
#[igor::action("chat.portrait")]
pub async fn portrait(
    room: String,
    client: Client,
    chat: Scope<Chat>,
    progress: Output<Progress>,
) -> igor::Result<Portrait> {
    let counted = room.clone();
    let all = chat.store.ask(move |store| store.count(&counted)).await?;
    if all > LONG {
        let question = format!("{all} lines were said in {room}. Paint them all?");
        if !client.request(&Confirm { question }).await? {
            return Err(Error::new(Code::Cancelled, "nobody wants to wait for it"));
        }
    }
    let mut sketch = Sketch::default();
    let mut newest = 0;
    while sketch.lines() < all {
        let room = room.clone();
        let page = chat.store.ask(move |store| store.behind(&room, newest, all.div_ceil(STEPS)));
        for line in page.await? {
            newest = line.id;
            sketch.add(&line);
        }
        progress.send(Progress { done: sketch.lines(), all }).await?;
        // A call that is cancelled is dropped at the next `.await`: there is nothing to check.
        tokio::time::sleep(STEP).await;
    }
    Ok(sketch.finish())
}
