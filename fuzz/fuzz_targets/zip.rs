#![no_main]

use std::io::Read as _;

use liudi::model::ContainerLimits;
use liudi::source::file::container::zip::{Budget, is_zip, members};
use liudi::source::{Input, Passwords};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let budget = Budget::of(ContainerLimits { bytes: 1 << 24, ..ContainerLimits::default() }, std::env::temp_dir());
    // The password that the seeds are locked with: what is behind a lock is reached too.
    let passwords = Passwords::new(vec!["liudi-demo".to_owned().into()]);
    look_into(&Input::bytes_at("a.zip", bytes.to_vec(), None), &passwords, &budget);
});

/// Reads every member to its end, and those of the ZIPs among them.
fn look_into(input: &Input, passwords: &Passwords, budget: &Budget) {
    let Ok(listing) = members(input, passwords, budget) else { return };
    for member in listing.members {
        let mut head = [0; 4];
        // Its length as declared is what was taken from the budget; more must never come out of it.
        let read = member.open().and_then(|mut reader| {
            let known = reader.read(&mut head).unwrap_or(0) as u64;
            Ok(known + std::io::copy(&mut reader.take(1 << 25), &mut std::io::sink()).unwrap_or(0))
        });
        assert!(read.unwrap_or(0) <= member.size());
        if is_zip(&head) {
            look_into(&member, passwords, budget);
        }
    }
}
