//! Actions that take what the page sends.

use futures_util::{Stream, StreamExt as _};
use igor::{Input, Output, Scope};
use igor_tests::Bench;

/// Sums up what it is sent.
#[igor::action("talk.sum")]
async fn sum(mut numbers: Input<u32>) -> igor::Result<u32> {
    let mut sum = 0;
    while let Some(number) = numbers.next().await? {
        sum += number;
    }
    Ok(sum)
}

/// Takes a number for each permit and tells which; says how many there were.
#[igor::action("talk.take")]
async fn take(
    mut numbers: Input<u32>,
    taken: Output<u32>,
    bench: Scope<Bench>,
) -> igor::Result<u32> {
    let mut count = 0;
    bench.permit().await;
    while let Some(number) = numbers.next().await? {
        count += 1;
        taken.send(number).await?;
        bench.permit().await;
    }
    Ok(count)
}

/// Answers each word with its length.
#[igor::action("talk.lengths")]
fn lengths(words: Input<String>) -> impl Stream<Item = igor::Result<usize>> {
    words.map(|word| word.map(|word| word.len()))
}

/// Needs one word only.
#[igor::action("talk.first")]
async fn first(mut words: Input<String>) -> igor::Result<Option<String>> {
    words.next().await
}
