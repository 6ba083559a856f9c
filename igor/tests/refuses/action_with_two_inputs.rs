use igor::Input;

#[igor::action("merge")]
async fn merge(left: Input<String>, right: Input<String>) {
    drop((left, right));
}

fn main() {}
