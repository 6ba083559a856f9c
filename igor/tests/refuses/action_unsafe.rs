#[igor::action("chat.say")]
unsafe fn say(text: String) {
    drop(text);
}

fn main() {
    igor::Registry::new().action::<say>();
}
