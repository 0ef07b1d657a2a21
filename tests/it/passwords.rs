//! Passwords of ZIPs: what a wrong one says, what opens later, what was opened before.

use std::io::{Cursor, Write as _};

use zip::unstable::write::FileOptionsExt as _;
use zip::write::FileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use crate::support::{Run, fixture};

/// A bill in a ZIP as the platform sends it.
fn bill(number: u32, password: &str, aes: bool) -> Vec<u8> {
    let text = std::fs::read_to_string(fixture("bill-personal/csv/微信支付账单(20250101-20250331).csv")).unwrap();
    // Other bytes, another bill.
    let text =
        text.replace("2025-01-", &format!("202{number}-01-")).replace("4200009990", &format!("420000999{number}"));
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = FileOptions::<()>::default().compression_method(CompressionMethod::Deflated);
    let name = format!("微信支付账单({number}).csv");
    if aes {
        writer.start_file(name, options.with_aes_encryption(AesMode::Aes256, password)).unwrap();
    } else {
        writer.start_file(name, options.with_deprecated_encryption(password.as_bytes()).unwrap()).unwrap();
    }
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn locked_gaps(run: &Run) -> usize {
    let gaps = run.program(&["gaps", "archive", "--json"]).succeeds().json();
    gaps.as_array().unwrap().iter().filter(|gap| gap["reason"] == "password_needed").count()
}

#[test]
fn of_two_zips_the_one_that_stays_locked_is_named() {
    for aes in [true, false] {
        let run = Run::new()
            .file("一季度/微信支付账单(1).zip", bill(4, "111111", aes))
            .file("二季度/微信支付账单(2).zip", bill(3, "222222", aes))
            .env("LIUDI_ZIP_PASSWORD", "111111");
        let done = run.backup(&[]).exits(16).says("微信支付账单(2).zip").says("wrong password");
        assert!(!done.said().contains("(1).zip"), "{}", done.stderr);
        assert_eq!(locked_gaps(&run), 1);
        run.backup(&[]).exits(16);

        let both = run.folder().join("passwords.txt");
        std::fs::write(&both, "111111\n222222\n").unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&both, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let report = run.backup(&["--json", "--password-file", "passwords.txt"]).succeeds().json();
        assert_eq!(report["statements"].as_array().unwrap().len(), 2);
        assert_eq!(locked_gaps(&run), 0, "the gap is filled by what opened later");
    }
}

#[test]
fn several_passwords_may_stand_in_the_environment() {
    let run = Run::new()
        .file("1.zip", bill(4, "111111", true))
        .file("2.zip", bill(3, "222222", true))
        .env("LIUDI_ZIP_PASSWORD", "111111")
        .env("LIUDI_ZIP_PASSWORD_2", "222222");
    run.backup(&[]).succeeds();
    assert_eq!(locked_gaps(&run), 0);
}

#[test]
fn without_any_password_a_locked_zip_is_a_gap_and_no_failure() {
    let run = Run::new().file("1.zip", bill(4, "111111", true));
    run.backup(&[]).succeeds().says("1.zip").says("LIUDI_ZIP_PASSWORD");
    assert_eq!(locked_gaps(&run), 1);
}

#[test]
fn a_copy_of_what_was_opened_before_is_no_gap() {
    let run = Run::new().file("1.zip", bill(4, "111111", true)).env("LIUDI_ZIP_PASSWORD", "111111");
    run.backup(&[]).succeeds();
    let elsewhere = run.folder().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::copy(run.folder().join("in/1.zip"), elsewhere.join("账单 (1).zip")).unwrap();
    for (password, is_lost) in [("", false), ("wrong", false), ("", true)] {
        // The bags know it too.
        if is_lost {
            std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
        }
        let arguments = ["backup", "elsewhere", "-o", "archive", "--json"];
        let done = run.program_with(&arguments, &[("LIUDI_ZIP_PASSWORD", password)]).succeeds();
        assert!(done.json()["locked"].is_null());
        assert_eq!(locked_gaps(&run), 0);
    }
}
