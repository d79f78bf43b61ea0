//! `groundplan lsp`: the language server.

/// Arguments of `groundplan lsp`.
#[derive(Debug, Default, clap::Args)]
pub struct Arguments {
    /// Standard input and output; accepted since clients pass it, and the only way there is
    #[arg(long)]
    stdio: bool,
}

pub fn run(_: &Arguments) -> anyhow::Result<u8> {
    crate::server::run()
}
