//! Writes the page's client from what the chat offers; Cargo runs this whenever that changes.

use example_chat_api as _; // links the actions into this script

fn main() {
    let emit = igor::emit::Emit {
        desktop: true,                       // it has a window, too
        mounts: vec!["pictures".to_owned()], // and pictures to show
        ..Default::default()
    };
    emit.build("ui/igor-client.ts"); // for the editor and the compiler
    emit.build("ui/igor-client.js"); // for the browser
}
