#[igor::action("chat say", later)]
unsafe fn say<T>((room, text): (String, T), words: &mut [T]) {
    drop((room, text, words));
}

fn main() {}
