//! Reading one layer, from TOML or from an editor's JSON, with a problem for everything that was not understood.

use std::ops::Range;
use std::path::PathBuf;

use etcetera::BaseStrategy;

use super::Layer;

/// Something in a configuration that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// Where, in the file's text; empty at its start for settings without a text.
    pub range: Range<usize>,
    /// What, with the way out.
    pub message: String,
}

/// Keys that only the user may set, whatever a workspace says.
const USER_ONLY: &[&str] =
    &["model", "engine", "mcp", "mcpservers", "mcp-servers", "research", "endpoint", "command", "key"];

/// Whose settings a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The user's own.
    User,
    /// A workspace's, which is not trusted with everything.
    Workspace,
}

/// Reads a configuration file. One that cannot be read at all gives an empty layer and one problem.
pub fn from_toml(text: &str, owner: Owner) -> (Layer, Vec<ConfigProblem>) {
    let mut unknown = Vec::new();
    let read = toml::Deserializer::parse(text)
        .and_then(|toml| serde_ignored::deserialize::<_, _, Layer>(toml, |path| unknown.push(path.to_string())));
    match read {
        Ok(mut layer) => {
            if owner == Owner::Workspace {
                unknown.extend(layer.take_untrusted().into_iter().map(str::to_owned));
            }
            // An optional table is a step of its own on the way to a key.
            let unknown = unknown.into_iter().map(|key| key.replace(".?", ""));
            let mut problems: Vec<ConfigProblem> = unknown.map(|key| unknown_key(text, &key, owner)).collect();
            problems.sort_by_key(|problem| problem.range.start);
            (layer, problems)
        }
        Err(error) => {
            let message = format!("{}; nothing of this file is in force until it is mended", error.message().trim());
            (Layer::default(), vec![ConfigProblem { range: error.span().unwrap_or(0..0), message }])
        }
    }
}

/// Reads an editor's settings; unknown keys are left to other versions, a wrong type is a problem.
pub fn from_json(value: &serde_json::Value) -> (Layer, Vec<ConfigProblem>) {
    if value.is_null() {
        return (Layer::default(), Vec::new());
    }
    match serde_json::from_value(value.clone()) {
        Ok(layer) => {
            let mut layer: Layer = layer;
            let refused = layer.take_untrusted().into_iter().map(|key| {
                let place = user_file().map_or_else(String::new, |path| format!(": {}", path.display()));
                let message = format!("`{key}` is read from your own configuration file only{place}");
                ConfigProblem { range: 0..0, message }
            });
            let refused = refused.collect();
            (layer, refused)
        }
        Err(error) => {
            let message = format!("editor settings for groundplan: {error}");
            (Layer::default(), vec![ConfigProblem { range: 0..0, message }])
        }
    }
}

fn unknown_key(text: &str, key: &str, owner: Owner) -> ConfigProblem {
    let last = key.rsplit('.').next().unwrap_or(key);
    let range = text
        .match_indices(last)
        .find(|(at, _)| {
            text[..*at].rsplit('\n').next().is_some_and(|line| {
                line.trim_matches(['[', ' ', '\t', '"', '.'])
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '-' || c == '.')
            })
        })
        .map_or(0..0, |(at, found)| at..at + found.len());
    let first = key.split('.').next().unwrap_or(key).to_ascii_lowercase();
    let message = if owner == Owner::User {
        format!("unknown key `{key}`; docs/models.md and `groundplan init` show what can be set")
    } else if USER_ONLY.contains(&first.as_str()) {
        format!("`{key}` is never read from a workspace: a repository must not choose what runs or where text is sent")
    } else {
        format!(
            "unknown key `{key}`; known are `rules`, `documents`, `exclude`, `plan.target`, `plan.template`, `code-lens`"
        )
    };
    ConfigProblem { range, message }
}

/// Path of the user's own configuration file, whether it exists or not.
pub fn user_file() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("groundplan").join("config.toml"))
}

/// The text of a configuration file that says whether package registries may be asked; the rest stays as it is.
///
/// # Errors
/// What is wrong with the text, if it is no TOML or means something else by `research`.
pub fn with_registries(text: &str, allowed: bool) -> Result<String, String> {
    let mut settings: toml_edit::DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let research = settings.entry("research").or_insert(toml_edit::table());
    let research = research.as_table_like_mut().ok_or_else(|| "`research` is no table".to_owned())?;
    research.insert("registries", toml_edit::value(allowed));
    Ok(settings.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Level, Target};

    #[test]
    fn a_file_sets_rules_globs_and_target() {
        let (layer, problems) = from_toml(
            "exclude = ['old/**']\n[rules]\nplaceholder = 'off'\n[documents]\nbackend-requirements = ['prd/*.md']\n[plan]\ntarget = 'file'\n",
            Owner::Workspace,
        );
        assert_eq!(problems, []);
        let config = Config::layered([&layer]);
        assert_eq!(config.rules["placeholder"], Level::Off);
        assert_eq!((config.target, config.code_lens), (Target::File, true));
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_place() {
        let text = "[rules]\n[model]\nendpoint = 'x'\n[plan]\ntagret = 'file'\n";
        let (_, problems) = from_toml(text, Owner::Workspace);
        let said: Vec<_> =
            problems.iter().map(|problem| (&text[problem.range.clone()], &problem.message[..20])).collect();
        assert_eq!(said, [("model", "`model` is never rea"), ("tagret", "unknown key `plan.ta")]);
        let (_, problems) = from_toml("[plan]\ntarget = 'file", Owner::Workspace);
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn only_the_user_lets_something_leave_the_machine() {
        let text = "[research]\nregistries = true\n";
        let (layer, problems) = from_toml(text, Owner::User);
        assert_eq!((Config::layered([&layer]).registries, problems.len()), (Some(true), 0));
        let (layer, problems) = from_toml(text, Owner::Workspace);
        assert_eq!(Config::layered([&layer]).registries, None);
        assert_eq!(&text[problems[0].range.clone()], "research");
        let (layer, problems) = from_json(&serde_json::json!({ "research": { "registries": true } }));
        assert_eq!((Config::layered([&layer]).registries, problems.len()), (None, 1));
    }

    #[test]
    fn only_the_user_names_a_model() {
        let text = "model.name = 'm'\nmodel.limits.tokens = 5\nmodel.key.env = 'K'\n[mcpServers.web]\ncommand = 'x'\n";
        let (layer, problems) = from_toml(text, Owner::User);
        assert_eq!(problems, []);
        let config = Config::layered([&layer]);
        let model = config.model.unwrap();
        assert_eq!((model.name.as_str(), model.synthesis.as_str(), model.limits.tokens), ("m", "m", 5));
        assert_eq!(model.key, crate::config::Key::Env("K".into()));
        assert_eq!(config.mcp_servers["web"].command.as_deref(), Some("x"));
        let (layer, problems) = from_toml(text, Owner::Workspace);
        let config = Config::layered([&layer]);
        assert_eq!((config.model, config.mcp_servers.len(), problems.len()), (None, 0, 2));
        let (layer, problems) = from_json(&serde_json::json!({ "model": { "name": "m" } }));
        assert_eq!((Config::layered([&layer]).model, problems.len()), (None, 1));
    }

    #[test]
    fn an_answer_is_written_beside_what_stands_there() {
        let text = "# mine\n[plan]\ntarget = 'file' # apart\n";
        let new = with_registries(text, true).unwrap();
        assert_eq!(new, format!("{text}\n[research]\nregistries = true\n"));
        assert_eq!(with_registries(&new, false).unwrap(), new.replace("true", "false"));
        assert_eq!(with_registries("", false).unwrap(), "[research]\nregistries = false\n");
        assert!(with_registries("research = 1", true).is_err() && with_registries("[", true).is_err());
    }
}
