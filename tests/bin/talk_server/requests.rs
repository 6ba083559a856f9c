//! What the server asks its pages.

use igor::{Client, ClientId, Hub, ProcessContext};

/// Asks whoever sits in front of the page.
#[igor::request("talk.confirm", reply = bool)]
struct Confirm {
    question: String,
}

/// Asks for something that has no time.
#[igor::request("talk.hurry", reply = (), timeout = "50ms")]
struct Hurry;

/// Asks another client, and says what came of it.
#[igor::action("talk.ask")]
async fn ask(id: ClientId, hub: Hub) -> String {
    let question = "really?".to_owned();
    match hub.client(&id).request(&Confirm { question }).await {
        Ok(answer) => answer.to_string(),
        Err(error) => error.to_string(),
    }
}

/// Asks the caller, who is too slow.
#[igor::action("talk.hurry_up")]
async fn hurry_up(client: Client) -> igor::Result<()> {
    client.request(&Hurry).await
}

/// Asks every client, once it is asked itself.
#[igor::process("talk.curious", start = "asked", restart = "never")]
#[derive(Default)]
struct Curious;

impl igor::Process for Curious {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        for id in cx.clients() {
            let question = "a process asks".to_owned();
            let answer = cx.hub().client(&id).request(&Confirm { question }).await?;
            cx.hub().client(&id).send(&Answered { answer });
        }
        Ok(())
    }
}

/// What a client has answered to the process that asked.
#[igor::event("talk.answered")]
struct Answered {
    answer: bool,
}
