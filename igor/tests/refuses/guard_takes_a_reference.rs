struct User {
    is_admin: bool,
}

fn is_admin(user: &User) -> bool {
    user.is_admin
}

#[igor::action("enter", guard = is_admin)]
fn enter(room: String) -> String {
    room
}

fn main() {}
