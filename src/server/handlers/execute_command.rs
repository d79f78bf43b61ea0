//! `workspace/executeCommand`: starts and cancels runs, without waiting for them, and tells how things stand.

use std::sync::Arc;

use serde::Deserialize;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{ExecuteCommandParams, LSPAny, Uri};

use crate::config::Target;
use crate::lsp::capabilities::{CANCEL, GENERATE, MISSING, OVERVIEW, REFRESH, REGENERATE, RUNS};
use crate::server::asking::EngineName;
use crate::server::backend::Shared;
use crate::server::jobs::{self, Scope};
use crate::server::session::{Snapshot, lock};
use crate::server::{offers, runs};

/// The argument of every command: an object, or the document's URI alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Argument {
    Full {
        uri: Uri,
        #[serde(default)]
        target: Option<Target>,
        #[serde(default)]
        section: Option<String>,
        #[serde(default)]
        engine: EngineName,
    },
    Uri(Uri),
}

/// Whether a command may have to read files before it can answer.
pub fn reads_files(command: &str) -> bool {
    matches!(command, OVERVIEW | RUNS | REFRESH)
}

/// Does what a command says, or says why not.
pub fn execute_command(shared: &Arc<Shared>, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
    let theirs = params.work_done_progress_params.work_done_token;
    if params.command == RUNS {
        return Ok(Some(runs::list(shared)));
    }
    let argument = params.arguments.into_iter().next().unwrap_or_default();
    let (uri, target, section, engine) = match serde_json::from_value(argument) {
        Ok(Argument::Full { uri, target, section, engine }) => (uri, target, section, engine),
        Ok(Argument::Uri(uri)) => (uri, None, None, EngineName::default()),
        Err(_) => {
            let message = format!("{} takes one argument: {{\"uri\": \"file:///…\"}}", params.command);
            return Err(Error::invalid_params(message));
        }
    };
    let scope = match (params.command.as_str(), section) {
        (GENERATE, _) => Scope::All,
        (MISSING, _) => Scope::Missing,
        (REGENERATE, Some(section)) => Scope::Section(section),
        (REGENERATE, None) => {
            return Err(Error::invalid_params("name the section: {\"uri\": …, \"section\": \"Executive Summary\"}"));
        }
        (OVERVIEW, _) => {
            let answer = snapshot(shared, &uri)?;
            return Ok(serde_json::to_value(super::overview(&answer)).ok());
        }
        (REFRESH, _) => Scope::Sections(match offers::stale(&snapshot(shared, &uri)?) {
            (titles, yours) if titles.is_empty() && yours.is_empty() => {
                return Err(refused("nothing in this plan is out of date"));
            }
            // Those of a person stay, and the end of the run says so.
            (titles, yours) => [titles, yours].concat(),
        }),
        (CANCEL, _) => {
            return Ok(Some(LSPAny::Bool(jobs::cancel(shared, &uri))));
        }
        (other, _) => return Err(Error::invalid_params(format!("there is no command `{other}`"))),
    };
    jobs::start(shared, &uri, scope, target, engine, theirs).map_err(refused)?;
    Ok(None)
}

/// An open document at this moment.
fn snapshot(shared: &Shared, uri: &Uri) -> Result<Snapshot> {
    let found = lock(&shared.session).snapshot(uri);
    found.ok_or_else(|| refused("the document is not open; open it and try again"))
}

fn refused(reason: impl Into<String>) -> Error {
    let mut error = Error::invalid_request();
    error.message = reason.into().into();
    error
}
