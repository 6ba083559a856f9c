//! Everything that an action may reply with, and what its description says of each.

#![allow(dead_code, missing_docs, unreachable_pub)] // only how it is described counts here

use std::pin::Pin;

use futures_core::Stream;
use igor::__private::{ReplyKind, ts_rs::Config};
use igor::Registry;

#[igor::data]
pub struct Line {
    text: String,
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
pub enum SayError {
    #[error("say who you are first")]
    Nameless,
}

type Reply<T> = Result<T, SayError>;
type Boxed<T> = Pin<Box<dyn Stream<Item = T> + Send>>;

fn lines() -> impl Stream<Item = Line> {
    futures_util::stream::iter([Line { text: "hello".to_owned() }])
}

#[igor::action]
fn nothing() {}

#[igor::action]
async fn nothing_in_time() {}

#[igor::action]
fn value() -> Line {
    Line { text: String::new() }
}

#[igor::action]
fn borrowed_for_ever() -> &'static str {
    "hello"
}

#[igor::action]
fn result() -> Result<Line, SayError> {
    Err(SayError::Nameless)
}

#[igor::action]
async fn nothing_or_error() -> Result<(), SayError> {
    Ok(())
}

#[igor::action]
async fn alias() -> Reply<Line> {
    Ok(value())
}

#[igor::action]
async fn own_error() -> igor::Result<Line> {
    Ok(value())
}

#[igor::action]
fn text_error() -> Result<Line, String> {
    Err("no".to_owned())
}

#[igor::action]
fn stream() -> impl Stream<Item = Line> {
    lines()
}

#[igor::action]
async fn stream_in_time() -> impl Stream<Item = Line> {
    lines()
}

#[igor::action]
async fn stream_or_error() -> Result<impl Stream<Item = Line>, SayError> {
    Ok(lines())
}

#[igor::action]
fn alias_of_stream() -> Reply<impl Stream<Item = Line>> {
    Ok(lines())
}

#[igor::action]
fn boxed() -> Boxed<Line> {
    Box::pin(lines())
}

#[igor::action]
async fn boxed_or_error() -> Reply<Boxed<Line>> {
    Ok(Box::pin(lines()))
}

#[igor::action(blocking)]
fn value_of_a_thread() -> Line {
    value()
}

#[igor::action("thread.stream", blocking)]
fn stream_of_a_thread() -> Result<impl Stream<Item = Line>, SayError> {
    Ok(lines())
}

#[test]
fn every_form_of_reply_is_told_apart() {
    let described: Vec<String> = Registry::linked()
        .actions()
        .iter()
        .map(|action| {
            let signature = (action.signature)();
            let config = Config::new();
            let (kind, reply) = match signature.reply {
                ReplyKind::Value(value) => ("", value),
                ReplyKind::Stream(item) => ("stream of ", item),
            };
            let error = signature.error.map(|error| format!(" or {}", (error.name)(&config)));
            format!("{}: {kind}{}{}", action.name, (reply.name)(&config), error.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        described,
        [
            "alias: Line or SayError",
            "alias_of_stream: stream of Line or SayError",
            "borrowed_for_ever: string",
            "boxed: stream of Line",
            "boxed_or_error: stream of Line or SayError",
            "nothing: null",
            "nothing_in_time: null",
            "nothing_or_error: null or SayError",
            "own_error: Line",
            "result: Line or SayError",
            "stream: stream of Line",
            "stream_in_time: stream of Line",
            "stream_or_error: stream of Line or SayError",
            "text_error: Line or string",
            "thread.stream: stream of Line or SayError",
            "value: Line",
            "value_of_a_thread: Line",
        ]
    );
}
