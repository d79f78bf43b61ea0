//! The language server.

mod apart;
mod asking;
mod backend;
mod code;
mod diagnose;
mod handlers;
mod jobs;
mod offers;
mod outbox;
mod permission;
mod progress;
mod proposal;
mod runs;
pub mod serve;
mod session;
mod subject;
pub mod transport;
mod watch;

use tower_lsp::LspService;
use tracing_subscriber::EnvFilter;

use backend::Backend;

/// Serves over standard input and output until the client leaves; gives the exit code.
///
/// # Errors
/// When the operating system refuses threads.
pub fn run() -> anyhow::Result<u8> {
    // Standard output is the protocol's; what is logged goes to standard error, plainly.
    let filter = EnvFilter::try_from_env("GROUNDPLAN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,tower_lsp_server=error,genai=error,rmcp=error"));
    // A second subscriber in one process, as in tests, is no fault.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).try_init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let code = runtime.block_on(async {
        let (service, socket) = LspService::build(Backend::new)
            .custom_method("window/workDoneProgress/cancel", Backend::progress_cancel)
            .finish();
        serve::serve(service, socket, std::io::stdin(), std::io::stdout(), Backend::stop).await
    });
    // Work that still reads must not hold the process.
    runtime.shutdown_background();
    Ok(code)
}
