#[igor::event]
struct Said {
    text: String,
}

fn main() {
    igor::Registry::new().event::<Said>();
}
