trait Chat {
    #[igor::action("chat.say")]
    fn say(text: String);
}

fn main() {}
