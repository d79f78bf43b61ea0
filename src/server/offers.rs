//! What can be done with a document at this moment; lenses and actions offer the same.

use serde_json::{Value, json};
use tower_lsp::ls_types::{Command, Uri};

use super::diagnose;
use super::session::Snapshot;
use crate::config::Target;
use crate::document::SectionId;
use crate::lsp::capabilities::{CANCEL, GENERATE, MISSING, REFRESH, REGENERATE};
use crate::plan::{Outcome, Part, has_drifted, overview, place_of, standing};
use crate::research::plural;
use crate::run::agenda_of;

/// What cancels a run, without what it does at this moment.
pub const CANCEL_TITLE: &str = "Cancel the implementation plan";
/// So many requirements are very many.
const MANY: usize = 150;

/// What a document holds, as far as offers go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The size of a run in words; empty if nothing is demanded.
    pub size: String,
    /// The plan's own section.
    pub root: Option<SectionId>,
    /// Titles of sections that are missing or hold only hints.
    pub missing: Vec<String>,
    /// Titles of sections that are out of date.
    pub stale: Vec<String>,
}

/// Reads what can be offered.
pub fn state(snapshot: &Snapshot) -> State {
    let size = size(snapshot);
    let part = snapshot.recognition.plan.as_ref().and_then(|template| place_of(&snapshot.document, template));
    let root = part.as_ref().and_then(|part| part.sections.first().copied());
    let missing = part.filter(|_| root.is_some()).map_or_else(Vec::new, |part| {
        let open = |section: Option<&SectionId>| {
            section.is_none_or(|&id| standing(&snapshot.document, id) == Outcome::Inserted)
        };
        let parts = part.children.iter().filter(|child| !child.node.optional && open(child.sections.first()));
        parts.map(|child| child.node.pattern.title().to_owned()).collect()
    });
    State { size, root, missing, stale: root.map_or_else(Vec::new, |_| stale(snapshot).0) }
}

/// Titles of the plan's sections that are out of date: those that no person has changed, and those of a person.
pub fn stale(snapshot: &Snapshot) -> (Vec<String>, Vec<String>) {
    let states = diagnose::sources(snapshot);
    let input = diagnose::input(snapshot, &states);
    // Asked with every lens, and nearly always no.
    if !has_drifted(&input) {
        return (Vec::new(), Vec::new());
    }
    let found = overview(&input);
    let stale = found.parts.into_iter().filter(|part| !part.stale.is_empty());
    let (ours, theirs): (Vec<_>, Vec<_>) = stale.partition(|part| part.standing == Outcome::Replaced);
    let titles = |parts: Vec<Part>| parts.into_iter().map(|part| part.title).collect();
    (titles(ours), titles(theirs))
}

/// How much a run would ask. Very many requirements are counted instead: reading them all for a title takes too long.
fn size(snapshot: &Snapshot) -> String {
    match snapshot.demanding().requirements().count() {
        0 => String::new(),
        count @ MANY.. => plural(count, "requirement"),
        _ => plural(agenda_of(snapshot.demanding()).questions.len(), "question"),
    }
}

/// The generated section at an offset.
pub fn section_at(snapshot: &Snapshot, offset: usize) -> Option<String> {
    let template = snapshot.recognition.plan.as_ref()?;
    let part = place_of(&snapshot.document, template)?;
    let holds = |id: &&SectionId| snapshot.document.sections()[**id].range.contains(&offset);
    let child = part.children.iter().find(|child| child.sections.first().iter().any(holds))?;
    Some(child.node.pattern.title().to_owned())
}

fn command(title: &str, command: &str, uri: &Uri, more: Value) -> Command {
    let mut argument = json!({ "uri": uri.as_str() });
    if let (Value::Object(argument), Value::Object(more)) = (&mut argument, more) {
        argument.extend(more);
    }
    Command { title: title.to_owned(), command: command.to_owned(), arguments: Some(vec![argument]) }
}

/// All commands that make sense, the most likely first; `section` is the generated section under the cursor.
pub fn commands(snapshot: &Snapshot, state: &State, section: Option<String>) -> Vec<Command> {
    let uri = &snapshot.uri;
    if let Some(run) = &snapshot.run {
        let doing = run.message();
        let doing = if doing.is_empty() { String::new() } else { format!(" ({doing})") };
        return vec![command(&format!("{CANCEL_TITLE}{doing}"), CANCEL, uri, json!({}))];
    }
    if state.size.is_empty() {
        return Vec::new();
    }
    let size = &state.size;
    let apart = snapshot.project.config.target == Target::File && state.root.is_none();
    let mut commands = Vec::new();
    if let Some(title) = section {
        commands.push(command(
            &format!("Regenerate the section “{title}”"),
            REGENERATE,
            uri,
            json!({ "section": title }),
        ));
    }
    if !state.missing.is_empty() && state.root.is_some() {
        let title = format!("Generate the missing sections ({})", state.missing.len());
        commands.push(command(&title, MISSING, uri, json!({})));
    }
    if !state.stale.is_empty() {
        let title = format!("Refresh what is out of date ({})", plural(state.stale.len(), "section"));
        commands.push(command(&title, REFRESH, uri, json!({})));
    }
    let who = snapshot.project.config.model.as_ref().map_or_else(
        || "no model".to_owned(),
        |model| format!("{}, at most {}k tokens", model.name, model.limits.tokens.div_ceil(1000)),
    );
    let deed = match state.root {
        Some(_) if state.stale.is_empty() && state.missing.is_empty() => "Research the implementation plan anew",
        Some(_) => "Bring the implementation plan up to date",
        None => "Generate implementation plan",
    };
    let target = |target: &str| json!({ "target": target });
    let usual = if apart { "file" } else { "below" };
    if let Some(done) = &snapshot.interrupted {
        commands.push(command(
            &format!("Resume the implementation plan ({done} answered)"),
            GENERATE,
            uri,
            target(usual),
        ));
    }
    commands.push(command(&format!("{deed} ({size}, {who})"), GENERATE, uri, target(usual)));
    if snapshot.project.config.model.is_some() {
        let without = json!({ "target": usual, "engine": "evidence" });
        commands.push(command(&format!("{deed} ({size}, without the model)"), GENERATE, uri, without));
    }
    if state.root.is_none() && snapshot.path.is_some() {
        let (title, other) = if apart {
            ("Generate implementation plan below", "below")
        } else {
            ("Generate implementation plan into a new file", "file")
        };
        commands.push(command(title, GENERATE, uri, target(other)));
    }
    commands
}
