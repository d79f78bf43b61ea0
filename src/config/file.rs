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
const USER_ONLY: &[&str] = &["model", "engine", "mcp", "mcpservers", "research", "endpoint", "command", "key"];

/// Reads a `groundplan.toml`. A file that cannot be read at all gives an empty layer and one problem.
pub fn from_toml(text: &str) -> (Layer, Vec<ConfigProblem>) {
    let mut unknown = Vec::new();
    let read = toml::Deserializer::parse(text)
        .and_then(|toml| serde_ignored::deserialize::<_, _, Layer>(toml, |path| unknown.push(path.to_string())));
    match read {
        Ok(layer) => {
            let problems = unknown.into_iter().map(|key| unknown_key(text, &key)).collect();
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
        Ok(layer) => (layer, Vec::new()),
        Err(error) => {
            let message = format!("editor settings for groundplan: {error}");
            (Layer::default(), vec![ConfigProblem { range: 0..0, message }])
        }
    }
}

fn unknown_key(text: &str, key: &str) -> ConfigProblem {
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
    let message = if USER_ONLY.contains(&first.as_str()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Level, Target};

    #[test]
    fn a_file_sets_rules_globs_and_target() {
        let (layer, problems) = from_toml(
            "exclude = ['old/**']\n[rules]\nplaceholder = 'off'\n[documents]\nbackend-requirements = ['prd/*.md']\n[plan]\ntarget = 'file'\n",
        );
        assert_eq!(problems, []);
        let config = Config::layered([&layer]);
        assert_eq!(config.rules["placeholder"], Level::Off);
        assert_eq!((config.target, config.code_lens), (Target::File, true));
    }

    #[test]
    fn what_is_not_understood_is_said_with_its_place() {
        let text = "[rules]\n[model]\nendpoint = 'x'\n[plan]\ntagret = 'file'\n";
        let (_, problems) = from_toml(text);
        let said: Vec<_> =
            problems.iter().map(|problem| (&text[problem.range.clone()], &problem.message[..20])).collect();
        assert_eq!(said, [("model", "`model` is never rea"), ("tagret", "unknown key `plan.ta")]);
        let (_, problems) = from_toml("[plan]\ntarget = 'file");
        assert_eq!(problems.len(), 1);
    }
}
