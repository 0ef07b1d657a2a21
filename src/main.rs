//! The `liudi` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    liudi::cli::run(std::env::args_os())
}
