//! Settings: what can be set, and the layers that set it.
//!
//! Layers, later ones before earlier: defaults, the user's file, the workspace's `groundplan.toml`, the editor's
//! settings. A workspace may choose templates, globs and severities; it is not trusted with anything else. What lets
//! something leave the machine stands in the user's file alone: an editor's settings may come from the workspace, too.

mod environment;
mod file;
mod model;
mod severity;

use std::collections::BTreeMap;

pub use environment::KEY as MODEL_KEY;
pub use file::{ConfigProblem, Owner, from_json, from_toml, user_file, with_registries};
pub use model::{Key, Limits, McpServer, Model, Provider, ToolUse};
pub use severity::{Level, Severity};

/// Name of the configuration file in a workspace's root.
pub const FILE_NAME: &str = "groundplan.toml";
/// Folder of the workspace's own templates, relative to its root.
pub const TEMPLATE_FOLDER: &str = ".groundplan/templates";

/// Settings in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Levels by rule, where they differ from the rule's own.
    pub rules: BTreeMap<String, Level>,
    /// Globs of documents, by the name of their template.
    pub documents: BTreeMap<String, Vec<String>>,
    /// Globs of files that are never judged.
    pub exclude: Vec<String>,
    /// Where a plan goes.
    pub target: Target,
    /// The template that plans are written by.
    pub plan_template: Option<String>,
    /// Whether a lens above a requirements document offers the plan.
    pub code_lens: bool,
    /// Whether package registries may be asked; `None` if the user has not said.
    pub registries: Option<bool>,
    /// The language model that plans, if the user has named one.
    pub model: Option<Model>,
    /// Servers whose tools the model may use, by name.
    pub mcp_servers: BTreeMap<String, McpServer>,
}

/// Where a generated plan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Into the requirements document, below the requirements.
    #[default]
    Below,
    /// Into `NAME.plan.md` beside it.
    File,
}

/// One layer of settings; what it leaves out stays as the layers before it say.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Layer {
    rules: BTreeMap<String, Level>,
    documents: BTreeMap<String, Vec<String>>,
    exclude: Option<Vec<String>>,
    plan: PlanLayer,
    code_lens: Option<bool>,
    research: Option<ResearchLayer>,
    model: Option<model::ModelLayer>,
    #[serde(alias = "mcpServers")]
    mcp_servers: BTreeMap<String, McpServer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct PlanLayer {
    target: Option<Target>,
    template: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct ResearchLayer {
    registries: Option<bool>,
}

impl Config {
    /// The settings that layers give, the first one lowest.
    pub fn layered<'l>(layers: impl IntoIterator<Item = &'l Layer>) -> Self {
        let mut config = Self { code_lens: true, ..Self::default() };
        for layer in layers {
            config.rules.extend(layer.rules.clone());
            config.documents.extend(layer.documents.clone());
            if let Some(exclude) = &layer.exclude {
                config.exclude.clone_from(exclude);
            }
            config.target = layer.plan.target.unwrap_or(config.target);
            config.plan_template = layer.plan.template.clone().or(config.plan_template);
            config.code_lens = layer.code_lens.unwrap_or(config.code_lens);
            config.model = layer.model.as_ref().and_then(model::ModelLayer::model).or(config.model);
            config.mcp_servers.extend(layer.mcp_servers.clone());
            config.registries = layer.research.as_ref().and_then(|research| research.registries).or(config.registries);
        }
        config
    }
}

impl Layer {
    /// Takes out what only the user's own file may say, and names it.
    fn take_untrusted(&mut self) -> Vec<&'static str> {
        let servers = !std::mem::take(&mut self.mcp_servers).is_empty();
        let taken = [
            (self.research.take().is_some(), "research"),
            (self.model.take().is_some(), "model"),
            (servers, "mcp-servers"),
        ];
        taken.into_iter().filter(|(said, _)| *said).map(|(_, key)| key).collect()
    }

    /// The names of the rules that the layer sets.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }
}
