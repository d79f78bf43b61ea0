//! The `groundplan` binary: reads the arguments, runs a subcommand, exits with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    match groundplan::cli::run() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("groundplan: {error:#}");
            ExitCode::from(2)
        }
    }
}
