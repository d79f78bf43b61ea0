//! Tells the binary of which commit it is: from the variable `GROUNDPLAN_COMMIT`, a package's record, or git.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=GROUNDPLAN_COMMIT");
    // A file that is not there would count as changed with every build.
    for file in [".cargo_vcs_info.json", ".git/logs/HEAD", "build.rs"] {
        if Path::new(file).is_file() {
            println!("cargo::rerun-if-changed={file}");
        }
    }
    let commit = std::env::var("GROUNDPLAN_COMMIT").ok().or_else(packaged).or_else(checked_out).unwrap_or_default();
    let commit: String = commit.chars().take_while(char::is_ascii_hexdigit).take(12).collect();
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let version = if commit.is_empty() { version } else { format!("{version} ({commit})") };
    println!("cargo::rustc-env=GROUNDPLAN_VERSION={version}");
}

/// What `cargo package` has written down, for `cargo install groundplan`.
fn packaged() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    text.split("\"sha1\": \"").nth(1).map(str::to_owned)
}

/// The commit of a checkout of this repository; one that holds a copy of it is somebody else's.
fn checked_out() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    let said = Command::new("git").args(["rev-parse", "HEAD"]).output().ok().filter(|said| said.status.success())?;
    String::from_utf8(said.stdout).ok()
}
