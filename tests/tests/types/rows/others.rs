//! Types of other crates, each behind a feature of igor.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use indexmap::{IndexMap, IndexSet};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use proptest::prelude::{Just, Strategy};
use proptest_derive::Arbitrary;
use url::Url;
use uuid::Uuid;

/// Milliseconds since 1970 in this century.
const MOMENTS: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    MOMENTS.prop_map(|ms| DateTime::from_timestamp_millis(ms).expect("in this century"))
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Moments {
    #[proptest(strategy = "moment()")]
    chrono: DateTime<Utc>,
    #[proptest(
        strategy = "MOMENTS.prop_map(|ms| Timestamp::from_millisecond(ms).expect(\"one\"))"
    )]
    jiff: Timestamp,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Dates {
    #[proptest(strategy = "moment().prop_map(|it| it.date_naive())")]
    chrono: NaiveDate,
    #[proptest(strategy = "(1_i16..9999).prop_map(|year| jiff::civil::date(year, 2, 28))")]
    jiff: Date,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Times {
    #[proptest(strategy = "moment().prop_map(|it| it.time())")]
    chrono: NaiveTime,
    #[proptest(strategy = "(0_i8..24).prop_map(|hour| jiff::civil::time(hour, 59, 0, 0))")]
    jiff: Time,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct LocalMoments {
    #[proptest(strategy = "moment().prop_map(|it| it.naive_utc())")]
    chrono: NaiveDateTime,
    #[proptest(
        strategy = "(0_i8..24).prop_map(|hour| jiff::civil::date(2020, 2, 29).at(hour, 1, 2, 3))"
    )]
    jiff: jiff::civil::DateTime,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Delta {
    #[proptest(strategy = "(-9_i64..9).prop_map(TimeDelta::seconds)")]
    chrono: TimeDelta,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Uuids {
    #[proptest(strategy = "proptest::num::u128::ANY.prop_map(Uuid::from_u128)")]
    uuid: Uuid,
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Urls {
    #[proptest(strategy = "\"[a-z]{1,9}\".prop_map(host)")]
    url: Url,
}

fn host(name: String) -> Url {
    Url::parse(&format!("https://{name}.example/?q=1")).expect("a URL")
}

#[igor::data]
#[derive(Debug, Arbitrary)]
struct Ordered {
    #[proptest(strategy = "Just(IndexMap::from([(\"b\".to_owned(), 1), (\"a\".to_owned(), 2)]))")]
    map: IndexMap<String, u8>,
    #[proptest(strategy = "numbers()")]
    set: IndexSet<u8>,
}

fn numbers() -> impl Strategy<Value = IndexSet<u8>> {
    crate::row::few::<u8, BTreeSet<_>>().prop_map(IndexSet::from_iter)
}

rows! {
    moments of "2020-02-29T12:30:00Z" "1999-12-31T23:59:59.5+01:00": Moments;
    dates of "2020-02-29": Dates;
    times_of_day of "23:59:59" "00:00:00.5": Times;
    local_moments of "2020-02-29T12:30:00": LocalMoments;
    durations_of_chrono: Delta;
    uuid of "67e55044-10b1-426f-9247-bb680e5fe0c8": Uuids;
    url of "https://example.com/a?b#c": Urls;
    ordered_maps_and_sets: Ordered;
}
