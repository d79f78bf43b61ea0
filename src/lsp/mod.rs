//! Protocol types to ours and back; with `server/` the only place that names them.

pub mod capabilities;
mod convert;

pub use convert::{
    Lines, code_action, code_action_edit, diagnostic, documentation, location, text_edit, workspace_edit,
};
