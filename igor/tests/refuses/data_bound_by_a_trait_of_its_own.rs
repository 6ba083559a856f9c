trait Spoken {}

#[igor::data]
struct Line<T: Spoken> {
    words: Vec<T>,
}

fn main() {}
