#[igor::action("chat.say")]
fn say(text: String) -> impl Future<Output = String> {
    async move { text }
}

fn main() {}
