struct Chat;

impl Chat {
    #[igor::action("chat.say")]
    fn say(&self, text: String) {
        drop(text);
    }
}

fn main() {}
