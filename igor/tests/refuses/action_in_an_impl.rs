struct Chat;

impl Chat {
    #[igor::action("chat.say")]
    fn say(text: String) {
        drop(text);
    }
}

fn main() {}
