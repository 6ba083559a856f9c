#[igor::request("confirm", reply = "bool")]
struct Confirm {
    question: String,
}

#[igor::request("choose", reply = &str)]
struct Choose;

fn main() {}
