//! What clients send while an action runs, and what they answer when they are asked.

use igor::Registry;

use super::{CLIENTS, SERVERS, said};

mod before {
    use igor::Input;

    #[igor::data]
    pub(super) struct Row {
        cells: Vec<String>,
    }

    #[igor::action("import")]
    pub(super) async fn import(rows: Input<Row>) {
        drop(rows);
    }

    #[igor::action("plain")]
    pub(super) fn plain() {}

    /// Asks.
    #[igor::request("confirm", reply = bool)]
    pub(super) struct Confirm {
        question: String,
    }

    #[igor::request("old", reply = ())]
    pub(super) struct Old;
}

mod now {
    use igor::Input;

    #[igor::data]
    pub(super) struct Row {
        cells: Vec<String>,
        number: u32,
    }

    #[igor::action("import")]
    pub(super) async fn import(rows: Input<Row>) {
        drop(rows);
    }

    #[igor::action("plain")]
    pub(super) async fn plain(rows: Input<Row>) {
        drop(rows);
    }

    #[igor::data]
    pub(super) enum Answer {
        Yes,
        No,
    }

    /// Asks.
    #[igor::request("confirm", reply = Answer)]
    pub(super) struct Confirm {
        question: Option<String>,
    }

    #[igor::request("new", reply = ())]
    pub(super) struct New;
}

#[test]
fn an_input_that_takes_less_or_comes_or_goes_is_told() {
    let before = || Registry::new().action::<before::import>().action::<before::plain>();
    let now = || Registry::new().action::<now::import>().action::<now::plain>();
    let absent = "Row.number may be missing, where it is needed";
    assert_eq!(
        said(before(), now()),
        [
            format!("the input of `import` takes less: {absent}: {CLIENTS}"),
            format!("the input of `plain` is new: {CLIENTS}"),
            format!("the input of `plain` is new: {SERVERS}"),
        ]
    );
    assert_eq!(
        said(now(), before()),
        [
            format!("the input of `plain` is gone: {CLIENTS}"),
            format!("the input of `import` takes more: {absent}: {SERVERS}"),
            format!("the input of `plain` is gone: {SERVERS}"),
        ]
    );
}

#[test]
fn a_request_breaks_clients_when_it_says_less_or_takes_another_answer() {
    let same = || Registry::new().action::<before::plain>();
    let before = || same().request::<before::Confirm>().request::<before::Old>();
    let now = || same().request::<now::Confirm>().request::<now::New>();
    let null = "Confirm.question: `null`, where a string is expected";
    let boolean = "Answer: `true`, where `\"Yes\"` or `\"No\"` is expected";
    let answer = "`\"Yes\"`, where `true` or `false` is expected";
    assert_eq!(
        said(before(), now()),
        [
            format!("the reply to `confirm` takes less: {boolean}: {CLIENTS}"),
            format!("the request `confirm` is another: {null}: {CLIENTS}"),
            format!("the request `new` is new: {CLIENTS}"),
            format!("the reply to `confirm` takes more: {answer}: {SERVERS}"),
            format!("the request `old` is gone: {SERVERS}"),
        ]
    );
}
