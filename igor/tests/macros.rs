//! What the attributes take, and what they say to what they do not take.
//!
//! A case is a file named for what it shows. After a change of a message, look at the difference
//! and write the new one with `TRYBUILD=overwrite cargo test -p igor --test macros`.

#[test]
fn what_is_right_compiles_and_is_described() {
    trybuild::TestCases::new().pass("tests/macros/pass/*.rs");
}

#[test]
fn each_mistake_gets_one_error_that_says_what_is_legal() {
    trybuild::TestCases::new().compile_fail("tests/macros/fail/*.rs");
}
