//! `groundplan completions`: completion scripts for shells.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::output::print;

/// Arguments of `groundplan completions`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut super::Arguments::command(), "groundplan", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
