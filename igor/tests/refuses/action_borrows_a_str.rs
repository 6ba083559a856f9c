#[igor::action("chat.say")]
fn say<'a>(text: &'a str) {
    println!("{text}");
}

fn main() {
    igor::Registry::new().action::<say>();
}
