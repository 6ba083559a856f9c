#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("no")]
struct No;

#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("full")]
struct Full;

fn may() -> Result<(), No> {
    Err(No)
}

#[igor::action("enter", guard = may)]
fn enter(room: String) -> Result<String, Full> {
    Ok(room)
}

fn main() {}
