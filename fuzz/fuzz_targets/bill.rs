#![no_main]

mod reading;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for source in ["bill-trade", "bill-fund-flow", "bill-personal"] {
        reading::give(source, "bill.csv", bytes);
    }
});
