#![no_main]

mod reading;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    reading::give(&["bill-trade", "bill-fund-flow", "bill-personal"], "bill.csv", bytes);
});
