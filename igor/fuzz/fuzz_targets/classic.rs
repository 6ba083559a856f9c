#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| igor::fuzz::classic(bytes));
