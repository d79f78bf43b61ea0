//! `groundplan doctor`: which model is set up, whether it answers, and what to do where it does not.

use super::output::print;
use crate::config::{Key, Model, ToolUse, user_file};
use crate::engine::model::{Trial, try_out, try_servers};
use crate::run::journal::Journal;
use crate::workspace::Project;

/// Arguments of `groundplan doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only say what is set up, and send nothing
    #[arg(long)]
    offline: bool,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let here = std::env::current_dir()?;
    let project = Project::load(&super::root_of(&here.join("x.md")), None);
    let mut out = String::new();
    let file = user_file().map_or_else(
        || "none: this platform has no folder for it".to_owned(),
        |path| {
            let there = if path.is_file() { "" } else { " (not there yet)" };
            format!("{}{there}", path.display())
        },
    );
    out.push_str(&format!("configuration  {file}\n"));
    for problem in &project.problems {
        out.push_str(&format!("  {}\n", problem.message));
    }
    let mut code = u8::from(!project.problems.is_empty());
    match Journal::open() {
        Ok(journal) => out.push_str(&format!("journal        {}\n", journal.path().display())),
        Err(error) => {
            out.push_str(&format!("journal        cannot be used: {error}\n"));
            code = 1;
        }
    }
    let registries = match project.config.registries {
        Some(true) => "may be asked",
        Some(false) => "are never asked",
        None => "are not asked; an editor asks you once",
    };
    out.push_str(&format!("registries     {registries}\n"));
    match &project.config.model {
        None => out.push_str(
            "model          none: the embedded engine plans, without a key and without the network.\n               \
             To plan with a model, put one line there: model.name = \"…\" (see docs/models.md)\n",
        ),
        Some(model) => {
            out.push_str(&described(model));
            if std::env::var_os("GROUNDPLAN_MODEL").is_some() {
                out.push_str("  chosen by      the variable GROUNDPLAN_MODEL\n");
            }
            if !arguments.offline {
                code = code.max(tried(model, &mut out));
            }
        }
    }
    if !project.config.mcp_servers.is_empty() {
        let names: Vec<&str> = project.config.mcp_servers.keys().map(String::as_str).collect();
        out.push_str(&format!("MCP servers    {}\n", names.join(", ")));
        if !arguments.offline {
            let (tools, problems) = try_servers(&project.config.mcp_servers)?;
            tools.iter().for_each(|tool| out.push_str(&format!("  {tool}\n")));
            problems.iter().for_each(|problem| out.push_str(&format!("  failed: {problem}\n")));
            code = code.max(u8::from(!problems.is_empty()));
        }
    }
    print(&out)?;
    Ok(code)
}

fn described(model: &Model) -> String {
    let key = match &model.key {
        Key::Usual if model.endpoint.is_some() => "none: `model.key` names none for this endpoint".to_owned(),
        Key::Usual => "the usual variable of its provider".to_owned(),
        Key::Env(name) => format!("the variable {name}"),
        Key::Command(command) => format!("what `{}` prints", command.first().map_or("", String::as_str)),
    };
    let synthesis = if model.synthesis == model.name { String::new() } else { format!(", {} writes", model.synthesis) };
    let limits = &model.limits;
    format!(
        "model          {}{synthesis}\n  endpoint     {}\n  key          {key}\n  limits       {} tokens, {} requests, {} seconds a run; {} at once; {} tokens of context, {} of an answer, {} steps\n",
        model.name,
        model.endpoint.as_deref().unwrap_or("its provider's"),
        limits.tokens,
        limits.requests,
        limits.seconds,
        limits.parallel,
        limits.context_tokens,
        limits.answer_tokens,
        limits.steps
    )
}

/// Tries the model; 1 where it fails.
fn tried(model: &Model, out: &mut String) -> u8 {
    let mut names = vec![model.name.as_str()];
    if model.synthesis != model.name {
        names.push(&model.synthesis);
    }
    let mut code = 0;
    for name in names {
        match try_out(model, name) {
            Ok(Trial { endpoint, tools, milliseconds, usage }) => {
                let way = match tools {
                    ToolUse::Native => "its own tool calls",
                    ToolUse::Json => "one JSON object a turn",
                };
                out.push_str(&format!(
                    "  {name} answered at {endpoint} in {milliseconds} ms with {} tokens, using {way}\n",
                    usage.tokens()
                ));
            }
            Err(failure) => {
                out.push_str(&format!("  failed: {failure}\n"));
                code = 1;
            }
        }
    }
    code
}
