use std::rc::Rc;

#[igor::action("chat.last")]
fn last() -> Rc<String> {
    Rc::new(String::new())
}

fn main() {}
