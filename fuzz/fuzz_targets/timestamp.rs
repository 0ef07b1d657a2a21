#![no_main]

use liudi::parse::timestamp::{Answer, Authorities, Request};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Request::read(bytes);
    let authorities = Authorities::read(bytes);
    if let Ok(answer) = Answer::read(bytes) {
        let signer = answer.token.check(authorities.as_ref().ok());
        if let (Ok(signer), Ok(authorities)) = (signer, authorities) {
            let _ = authorities.judge(&answer.token, &signer);
        }
    }
});
