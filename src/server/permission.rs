//! Asks the user, once, whether package registries may be asked, and keeps the answer in the user's own configuration.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tower_lsp::ls_types::{MessageActionItem, MessageType};

use super::backend::Shared;
use super::handlers::reload;
use super::session::lock;
use crate::config::{user_file, with_registries};
use crate::research::joined;
use crate::run::write_atomically;
use crate::workspace::registry::PackageName;

/// The time that a person gets to answer.
const ANSWER: Duration = Duration::from_secs(600);
/// So many packages are named in the question.
const NAMED: usize = 4;

const ALLOW: &str = "Allow";
const NEVER: &str = "Never";

/// Asks about the packages that a plan has named; nothing waits for the answer, which holds from the next plan on.
pub async fn ask(shared: &Arc<Shared>, packages: &[PackageName]) {
    if packages.is_empty() || std::mem::replace(&mut lock(&shared.session).asked_registries, true) {
        return;
    }
    let names: Vec<String> = packages.iter().take(NAMED).map(|(_, name)| format!("`{name}`")).collect();
    let more = if packages.len() > NAMED { " and others" } else { "" };
    let question = format!(
        "groundplan: may it ask your package clients (cargo, npm, pip, go) for the latest version and licence of {}{more}? \
         Nothing but the names of such well-known packages leaves this machine. Your answer holds from the next plan on.",
        joined(&names)
    );
    let items =
        [ALLOW, NEVER].map(|title| MessageActionItem { title: title.to_owned(), properties: Default::default() });
    let asked = shared.client.show_message_request(MessageType::INFO, question, Some(items.to_vec()));
    // Whoever does not answer is asked again by the next server, not by this one.
    let Ok(Ok(Some(answer))) = timeout(ANSWER, asked).await else { return };
    let told = match keep(answer.title == ALLOW) {
        Ok(path) => {
            reload(shared).await;
            (MessageType::INFO, format!("groundplan: kept as `research.registries` in {path}"))
        }
        Err(reason) => (MessageType::ERROR, format!("groundplan: the answer could not be kept: {reason}")),
    };
    shared.client.show_message(told.0, told.1).await;
}

/// Writes the answer into the user's configuration file; gives its path.
fn keep(allowed: bool) -> Result<String, String> {
    let path = user_file().ok_or("there is no folder for configuration")?;
    let shown = path.display().to_string();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{shown}: {error}")),
    };
    let text = with_registries(&text, allowed).map_err(|reason| format!("{shown}: {reason}"))?;
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder.and_then(|()| write_atomically(&path, &text)).map_err(|error| format!("{shown}: {error}"))?;
    Ok(shown)
}
