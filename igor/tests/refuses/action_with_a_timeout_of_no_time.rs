#[igor::action("work", timeout = "30 seconds")]
async fn work() {}

#[igor::action("rest", timeout = 30)]
async fn rest() {}

#[igor::action("sleep", no_cancel = true)]
async fn sleep() {}

fn main() {}
