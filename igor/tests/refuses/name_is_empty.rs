#[igor::action("")]
fn say(text: String) {
    drop(text);
}

fn main() {}
