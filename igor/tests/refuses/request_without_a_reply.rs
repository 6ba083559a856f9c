#[igor::request("confirm")]
struct Confirm {
    question: String,
}

fn main() {}
