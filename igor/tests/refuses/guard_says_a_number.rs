fn how_much() -> u32 {
    1
}

#[igor::action("enter", guard = how_much)]
fn enter(room: String) -> String {
    room
}

fn main() {}
