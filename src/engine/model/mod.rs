//! The engine of language models: the same questions, answered by a model that starts from the evidence, may look
//! further with tools that only read, and can cite only what was retrieved.

mod agent;
mod answer;
mod budget;
mod client;
mod failure;
mod findings;
mod mcp;
mod merge;
mod notebook;
mod prompt;
mod shelf;
pub mod synthesis;
mod tools;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use answer::{Answered, Outcome};
pub use budget::{Budget, Denied, Usage, estimate};
pub use client::{Ask, Client, Reply};
pub use failure::{Cap, Failure};
pub use findings::Checked;
pub use notebook::{Kept, NoNotebook, Notebook};

use mcp::Servers;

use crate::config::{McpServer, Model, ToolUse};
use crate::engine::evidence::Evidence;
use crate::research::{Answer, Question};
use crate::workspace::Cancel;

/// A model at work in one run.
#[derive(Clone)]
pub struct Worker {
    /// Which model, and how much it may use.
    pub settings: Model,
    /// Servers whose tools it may call, by name.
    pub mcp_servers: BTreeMap<String, McpServer>,
    /// What the run may still use.
    pub budget: Arc<Budget>,
    /// Where it writes down what it does.
    pub notebook: Arc<dyn Notebook + Send + Sync>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Worker")
            .field("settings", &self.settings)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker whose time starts now.
    pub fn new(
        settings: Model,
        mcp_servers: BTreeMap<String, McpServer>,
        notebook: Arc<dyn Notebook + Send + Sync>,
        before: Usage,
    ) -> Self {
        let budget = Arc::new(Budget::new(settings.limits, before));
        Self { settings, mcp_servers, budget, notebook }
    }

    /// The name that the stamp records.
    pub fn name(&self) -> String {
        format!("model {} {}", self.settings.name, env!("CARGO_PKG_VERSION"))
    }

    /// Answers all questions, with what the evidence says to each; blocks until all are answered. `told` hears of each.
    ///
    /// # Errors
    /// A [`Failure`] of the settings, and [`Failure::Cancelled`]; whatever else fails is answered by the evidence.
    pub fn answer(
        &self,
        engine: &Evidence<'_>,
        evidence: Vec<Answer>,
        registries: bool,
        cancel: &Cancel,
        told: &(dyn Fn(&Question) + Sync),
    ) -> Result<Outcome, Failure> {
        runtime()?.block_on(async {
            let client = Client::new(&self.settings, &self.settings.name).await?;
            let servers = tokio::select! {
                servers = Servers::start(&self.mcp_servers) => servers,
                () = client::cancelled(cancel) => return Err(Failure::Cancelled),
            };
            let setting = agent::Setting {
                client: &client,
                engine,
                budget: &self.budget,
                cancel,
                registries,
                servers: &servers,
                record: &|_| {},
                called: &|_| {},
            };
            let outcome = answer::all(setting, evidence, &*self.notebook, told).await;
            servers.stop().await;
            outcome
        })
    }
}

/// What a trial of a model came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Where it answered.
    pub endpoint: String,
    /// How it uses tools.
    pub tools: ToolUse,
    /// How long it took.
    pub milliseconds: u128,
    /// What it used.
    pub usage: Usage,
}

/// Asks a model for a short answer in the form that questions use.
///
/// # Errors
/// [`Failure`] says what to do.
pub fn try_out(settings: &Model, name: &str) -> Result<Trial, Failure> {
    runtime()?.block_on(async {
        let client = Client::new(settings, name).await?;
        let budget = Budget::new(settings.limits, Usage::default());
        let started = std::time::Instant::now();
        let schema = serde_json::json!({
            "type": "object", "properties": { "ready": { "type": "boolean" } },
            "required": ["ready"], "additionalProperties": false,
        });
        let native = client.tools() == ToolUse::Native;
        let tool =
            genai::chat::Tool::new("ready").with_description("Says that you are ready.").with_schema(schema.clone());
        let ask = Ask {
            system: "You are tried out. Say that you are ready, in the form that is asked for (JSON).".to_owned(),
            messages: vec![genai::chat::ChatMessage::user("Are you ready?")],
            tools: if native { vec![tool] } else { Vec::new() },
            must_call: native.then(|| "ready".to_owned()),
            schema: (!native).then_some(schema),
        };
        let reply = client.ask(&ask, &budget, &Cancel::default(), &|_| {}).await.map_err(|(failure, _)| failure)?;
        let milliseconds = started.elapsed().as_millis();
        Ok(Trial { endpoint: client.endpoint().to_owned(), tools: client.tools(), milliseconds, usage: reply.usage })
    })
}

/// Whether the settings name a model that can be asked, without asking it.
///
/// # Errors
/// What is wrong with them. A key that a command prints is left for the run, since it may ask the user for something.
pub fn usable(settings: &Model) -> Result<(), Failure> {
    if matches!(settings.key, crate::config::Key::Command(_)) {
        return Ok(());
    }
    runtime()?.block_on(Client::new(settings, &settings.name)).map(|_| ())
}

/// The tools of MCP servers by name, and what could not be used.
///
/// # Errors
/// Where no runtime can be had.
pub fn try_servers(servers: &BTreeMap<String, McpServer>) -> Result<(Vec<String>, Vec<String>), Failure> {
    runtime()?.block_on(async {
        client::choose_tls();
        let started = Servers::start(servers).await;
        let tools = started.tools().into_iter().map(|tool| tool.name).collect();
        let problems = started.problems.clone();
        started.stop().await;
        Ok((tools, problems))
    })
}

/// A runtime on the present thread: what a model needs of it is to wait for several answers at once.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::Settings(format!("no runtime: {error}")))
}
