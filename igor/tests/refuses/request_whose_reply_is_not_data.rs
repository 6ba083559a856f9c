struct Answer;

#[igor::request("confirm", reply = Answer)]
struct Confirm {
    question: String,
}

fn main() {}
