#[igor::request("choose", reply = u32)]
struct Choose<T> {
    of: Vec<T>,
}

fn main() {}
