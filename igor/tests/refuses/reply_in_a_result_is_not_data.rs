struct Line;

#[igor::action("chat.last")]
async fn last() -> Result<Line, String> {
    Ok(Line)
}

fn main() {}
