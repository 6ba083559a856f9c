//! What the attributes say to what they do not take.
//!
//! A case is a file named for a mistake. After a change of a message, look at the difference and
//! write the new one with `TRYBUILD=overwrite cargo test -p igor --test refuses`. What they do take
//! is in the tests beside this, `accepts_….rs`.

#[test]
fn each_mistake_gets_one_error_that_says_what_is_legal() {
    trybuild::TestCases::new().compile_fail("tests/refuses/*.rs");
}
