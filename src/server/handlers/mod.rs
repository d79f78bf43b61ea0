//! Handlers: from the protocol, call, to the protocol. One method, one file.

mod code_action;
mod code_lens;
mod completion;
mod configuration;
mod definition;
mod diagnostic;
mod document_symbol;
mod execute_command;
mod folding_range;
mod hover;
mod initialize;
mod overview;
mod references;
mod sync;
mod watched_files;

pub use code_action::code_action;
pub use code_lens::code_lens;
pub use completion::completion;
pub use configuration::{did_change_workspace_folders, pull_configuration, reload};
pub use definition::definition;
pub use diagnostic::diagnostic;
pub use document_symbol::document_symbol;
pub use execute_command::{execute_command, reads_files};
pub use folding_range::folding_range;
pub use hover::hover;
pub use initialize::{initialize, initialized};
pub use overview::overview;
pub use references::references;
pub use sync::{did_change, did_close, did_open};
pub use watched_files::{did_change_watched_files, disk_changed};
