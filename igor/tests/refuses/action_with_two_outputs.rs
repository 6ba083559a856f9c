use igor::Output;

#[igor::action("chat.import")]
fn import(lines: Output<String>, progress: Output<u32>) {
    drop((lines, progress));
}

fn main() {}
