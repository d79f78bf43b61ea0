//! `groundplan man`: manual pages, one a command.

use std::path::PathBuf;

use anyhow::Context;
use clap::CommandFactory;

use super::output::print;

/// Arguments of `groundplan man`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Write a page for every command into this folder; without it, the page of `groundplan` is printed
    folder: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let command = super::Arguments::command();
    match &arguments.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(command, folder))
                .with_context(|| format!("cannot write manual pages into {}", folder.display()))?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            print(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(0)
}
