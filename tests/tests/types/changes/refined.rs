//! Numbers, texts and lists that became fewer or more, in both directions.

use igor::Registry;

use super::{CLIENTS, NOBODY, SERVERS, said};

mod wide {
    use std::net::IpAddr;

    #[igor::data]
    pub(super) struct Level {
        number: u32,
        share: f64,
    }

    #[igor::action("level")]
    pub(super) fn level(level: Level) -> Level {
        level
    }

    #[igor::action("count")]
    pub(super) fn count(from: i64) -> f32 {
        from as f32
    }

    #[igor::action("name")]
    pub(super) fn name(text: String) -> String {
        text
    }

    #[igor::action("resolve")]
    pub(super) fn resolve(address: IpAddr) -> IpAddr {
        address
    }
}

mod narrow {
    use std::net::Ipv4Addr;

    #[igor::data]
    pub(super) struct Level {
        number: u8,
        share: f64,
    }

    #[igor::action("level")]
    pub(super) fn level(level: Level) -> Level {
        level
    }

    #[igor::action("count")]
    pub(super) fn count(from: std::num::NonZeroU16) -> i32 {
        from.get().into()
    }

    #[igor::action("name")]
    pub(super) fn name(text: char) -> char {
        text
    }

    #[igor::action("resolve")]
    pub(super) fn resolve(address: Ipv4Addr) -> Ipv4Addr {
        address
    }
}

#[test]
fn an_argument_that_takes_fewer_numbers_breaks_clients_of_before() {
    let wide = || Registry::new().action::<wide::level>();
    let narrow = || Registry::new().action::<narrow::level>();
    let [byte, word] = ["an integer from 0 to 255", "an integer from 0 to 4294967295"];
    let differs = format!("Level.number: {word}, where {byte} is expected");
    assert_eq!(
        said(wide(), narrow()),
        [
            format!("the argument `level` of `level` takes less: {differs}: {CLIENTS}"),
            format!("the result of `level` has smaller numbers: {differs}: {NOBODY}"),
        ]
    );
    assert_eq!(
        said(narrow(), wide()),
        [
            format!("the argument `level` of `level` takes more: {differs}: {SERVERS}"),
            format!("the result of `level` has larger numbers: {differs}: {NOBODY}"),
        ]
    );
}

#[test]
fn a_number_that_is_not_whole_any_more_breaks_those_who_are_given_it() {
    let wide = || Registry::new().action::<wide::count>();
    let narrow = || Registry::new().action::<narrow::count>();
    let [large, small] = ["an integer from -2^63 to 2^63 - 1", "an integer from 1 to 65535"];
    let taken = format!("{large}, where {small} is expected");
    let given = "a number, where an integer from -2147483648 to 2147483647 is expected";
    assert_eq!(
        said(narrow(), wide()),
        [
            format!("the result of `count` is another: {given}: {CLIENTS}"),
            format!("the argument `from` of `count` takes more: {taken}: {SERVERS}"),
        ]
    );
    assert_eq!(
        said(wide(), narrow()),
        [
            format!("the argument `from` of `count` takes less: {taken}: {CLIENTS}"),
            format!("the result of `count` says more: {given}: {SERVERS}"),
        ]
    );
}

#[test]
fn a_text_of_another_form_breaks_whoever_reads_it() {
    for (wide, narrow, [of, any, form]) in [
        (
            Registry::new().action::<wide::name>(),
            Registry::new().action::<narrow::name>(),
            ["`text` of `name`", "a string", "a string with a length of 1"],
        ),
        (
            Registry::new().action::<wide::resolve>(),
            Registry::new().action::<narrow::resolve>(),
            [
                "`address` of `resolve`",
                "a string in the format `ip`",
                "a string in the format `ipv4`",
            ],
        ),
    ] {
        let differs = format!("{any}, where {form} is expected");
        let (_, action) = of.split_once(" of ").expect("an action");
        assert_eq!(
            said(wide.clone(), narrow.clone()),
            [
                format!("the argument {of} takes less: {differs}: {CLIENTS}"),
                format!("the result of {action} says more: {differs}: {SERVERS}"),
            ]
        );
        assert_eq!(
            said(narrow, wide),
            [
                format!("the result of {action} is another: {differs}: {CLIENTS}"),
                format!("the argument {of} takes more: {differs}: {SERVERS}"),
            ]
        );
    }
}
