/// Nobody is somebody by default.
struct Me {
    name: String,
}

#[igor::action("who")]
fn who(me: igor::Session<Me>) -> String {
    me.read(|me| me.name.clone())
}

fn main() {}
