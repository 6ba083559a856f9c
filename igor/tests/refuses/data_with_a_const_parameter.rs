#[igor::data]
struct Line<const N: usize> {
    words: [String; N],
}

fn main() {}
