#![no_main]

mod reading;

// What every importer says of them, and what those read that take them: also the kinds that have no target of their own.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::give_to_all("a", bytes));
