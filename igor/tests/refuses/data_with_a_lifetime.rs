#[igor::data]
struct Line<'a> {
    text: String,
    #[serde(skip)]
    of: std::marker::PhantomData<&'a str>,
}

fn main() {}
