//! The command line: one subcommand, one file.

mod asking;
mod check;
mod completions;
mod doctor;
mod explain;
mod init;
mod locate;
mod lsp;
mod man;
mod output;
mod plan;
mod report;
mod runs;
mod templates;

use std::io::IsTerminal;

use clap::{Parser, Subcommand};

/// Plans grounded in your code.
///
/// Turns a requirements document into an implementation plan whose every claim cites a source in your repository,
/// and keeps both honest: as a language server in your editor, and in a terminal or CI.
#[derive(Debug, Parser)]
#[command(name = "groundplan", version = env!("GROUNDPLAN_VERSION"), arg_required_else_help = false, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve an editor over standard input and output (also what runs without arguments in a pipe)
    Lsp(lsp::Arguments),
    /// Write an implementation plan for a requirements document
    Plan(plan::Arguments),
    /// Judge documents: exit 0 without findings, 1 with, 2 if something could not be read
    Check(check::Arguments),
    /// Look at runs of a language model, go on with one, stop one
    #[command(subcommand)]
    Runs(runs::Command),
    /// Say which model is set up, try it, and say what to do where it fails
    Doctor(doctor::Arguments),
    /// Explain a rule, or list all rules
    Explain(explain::Arguments),
    /// List the templates in force, or print one
    Templates(templates::Arguments),
    /// Write a groundplan.toml with every setting explained
    Init(init::Arguments),
    /// Rank the files of a commit for a text, for measuring how well they are found
    #[command(hide = true)]
    Locate(locate::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
    /// Print the manual page, or write one for every command
    Man(man::Arguments),
}

/// Runs the command line and gives the exit code.
///
/// # Errors
/// What kept the command from doing its work; the binary prints it and exits with 2.
pub fn run() -> anyhow::Result<u8> {
    match Arguments::parse().command {
        Some(Command::Lsp(arguments)) => lsp::run(&arguments),
        Some(Command::Plan(arguments)) => plan::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Runs(command)) => runs::run(&command),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Templates(arguments)) => templates::run(&arguments),
        Some(Command::Init(arguments)) => init::run(&arguments),
        Some(Command::Locate(arguments)) => locate::run(&arguments),
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::Man(arguments)) => man::run(&arguments),
        None if !std::io::stdin().is_terminal() => lsp::run(&lsp::Arguments::default()),
        None => {
            <Arguments as clap::CommandFactory>::command().print_help()?;
            Ok(2)
        }
    }
}

/// The root of a file for whoever works in the present folder.
fn root_of(file: &std::path::Path) -> std::path::PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
    crate::workspace::Project::root_of(file, here.as_deref())
}
