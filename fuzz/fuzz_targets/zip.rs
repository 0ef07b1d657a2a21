#![no_main]

use std::io::Read as _;

use liudi::source::zip::{Budget, members};
use liudi::source::{Input, Passwords};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let budget = Budget::new(std::env::temp_dir()).with_bytes(1 << 24);
    let input = Input::bytes_at("a.zip", bytes.to_vec(), None);
    if let Ok(listing) = members(&input, &Passwords::default(), &budget) {
        for member in listing.members {
            // Its length as declared is what was taken from the budget; more must never come out of it.
            let read = member.open().and_then(|reader| {
                let count = std::io::copy(&mut reader.take(1 << 25), &mut std::io::sink());
                Ok(count.unwrap_or(0))
            });
            assert!(read.unwrap_or(0) <= member.size());
        }
    }
});
