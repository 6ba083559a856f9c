//! Writes the page's client from what the chat offers; Cargo runs this whenever that changes.

use example_chat_api as _; // links the actions into this script

fn main() {
    igor::emit::build("ui/igor-client.ts"); // for the editor and the compiler
    igor::emit::build("ui/igor-client.js"); // for the browser
}
