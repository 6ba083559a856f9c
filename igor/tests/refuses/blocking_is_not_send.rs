use std::rc::Rc;

struct User(Rc<str>);

impl igor::Param for User {
    fn from_call(_call: &igor::Call, _name: &'static str) -> igor::Result<Self> {
        Ok(User(Rc::from("me")))
    }
}

#[igor::action("chat.say", blocking)]
fn say(user: User) -> String {
    user.0.to_string()
}

fn main() {}
