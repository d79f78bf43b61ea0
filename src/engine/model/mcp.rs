//! Tools of the user's own MCP servers: reached over standard input and output, or over HTTP; only those that the user
//! allows, or that call themselves read-only, are offered.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use futures_util::future::join_all;
use rmcp::model::{CallToolRequestParams, ContentBlock};
use rmcp::service::RunningService;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{RoleClient, ServiceExt};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::tools::Tool;
use crate::config::McpServer;
use crate::text::redact;
use crate::workspace::registry::neutral_folder;

/// A server that has not said what it can do in this time is left out.
const START: Duration = Duration::from_secs(30);
/// A tool that has not answered in this time has failed.
const CALL: Duration = Duration::from_secs(60);
/// So many characters of an answer are read.
const READ: usize = 8000;
/// How the names of such tools begin, so that they cannot take the place of our own.
const PREFIX: &str = "mcp__";
/// Variables that a server gets besides those that are set for it: none of them is a secret.
const INHERITED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "TMP",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "SYSTEMROOT",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMFILES",
    "USERPROFILE",
    "PATHEXT",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The servers of a run.
#[derive(Default)]
pub struct Servers {
    all: Vec<Server>,
    /// Servers that could not be used, with the reason.
    pub problems: Vec<String>,
}

struct Server {
    name: String,
    service: RunningService<RoleClient, ()>,
    tools: Vec<Tool>,
    /// Their names at the server, in the same order.
    own: Vec<String>,
    /// Where it works; it goes with it.
    _folder: tempfile::TempDir,
}

/// What a tool answered, and the call as a ledger names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `server.tool {"query":"x"}`.
    pub call: String,
    /// What it said.
    pub text: String,
}

impl Servers {
    /// Starts all servers at once.
    pub async fn start(configured: &BTreeMap<String, McpServer>) -> Self {
        let enabled = configured.iter().filter(|(_, server)| !server.disabled);
        let started = join_all(enabled.map(|(name, server)| async move {
            let outcome = match timeout(START, start(name, server)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(format!("it did not say what it can do within {} seconds", START.as_secs())),
            };
            outcome.map_err(|why| format!("the MCP server `{name}` is left out: {why}"))
        }));
        let mut servers = Self::default();
        for outcome in started.await {
            match outcome {
                Ok(server) => servers.all.push(server),
                Err(why) => servers.problems.push(why),
            }
        }
        servers
    }

    /// All tools that may be called.
    pub fn tools(&self) -> Vec<Tool> {
        self.all.iter().flat_map(|server| server.tools.iter().cloned()).collect()
    }

    /// Calls a tool; `None` for a name that is not offered.
    pub async fn call(&self, name: &str, arguments: &Value) -> Option<Result<Answer, String>> {
        let named = |server: &Server| server.tools.iter().position(|tool| tool.name == name);
        let (server, at) = self.all.iter().find_map(|server| Some((server, named(server)?)))?;
        let own = server.own.get(at)?.clone();
        // It stands in the ledger of a document.
        let call = redact(&format!("{}.{own} {arguments}", server.name));
        let mut request = CallToolRequestParams::new(own);
        request.arguments = arguments.as_object().cloned();
        Some(match timeout(CALL, server.service.call_tool(request)).await {
            Err(_) => Err(format!("no answer within {} seconds", CALL.as_secs())),
            Ok(Err(error)) => Err(error.to_string()),
            Ok(Ok(result)) => {
                let texts = result.content.iter().filter_map(|content| match content {
                    ContentBlock::Text(text) => Some(text.text.as_str()),
                    _ => None,
                });
                let said: String = texts.collect::<Vec<_>>().join("\n").chars().take(READ).collect();
                if result.is_error == Some(true) { Err(said) } else { Ok(Answer { call, text: said }) }
            }
        })
    }

    /// Ends all servers.
    pub async fn stop(self) {
        for server in self.all {
            // One that does not end by itself is killed when it is dropped.
            let _ = timeout(Duration::from_secs(2), server.service.cancel()).await;
        }
    }
}

/// The name of a tool as providers accept it: letters, digits, dashes, and no more than 64 of them.
fn callable(server: &str, tool: &str) -> String {
    let name: String = format!("{PREFIX}{server}__{tool}")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    name.chars().take(64).collect()
}

async fn start(name: &str, config: &McpServer) -> Result<Server, String> {
    // In the workspace, its own files could take the place of the program that is meant.
    let neutral = neutral_folder().map_err(|error| error.to_string())?;
    let folder = config.cwd.as_deref().unwrap_or(neutral.path());
    let service = match (&config.command, &config.url) {
        (Some(program), _) => {
            let mut command = Command::new(program);
            command.args(&config.args).current_dir(folder).env_clear();
            command.envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
            command.envs(&config.env);
            let process = TokioChildProcess::builder(command).stderr(Stdio::null()).spawn();
            let (process, _) = process.map_err(|error| format!("`{program}` could not be started: {error}"))?;
            ().serve(process).await.map_err(|error| error.to_string())?
        }
        (None, Some(url)) => {
            let mut settings = StreamableHttpClientTransportConfig::with_uri(url.clone());
            for (name, value) in &config.headers {
                let header = (name.parse(), value.parse());
                let (Ok(name), Ok(value)) = header else { return Err(format!("`{name}` is no header")) };
                settings.custom_headers.insert(name, value);
            }
            ().serve(StreamableHttpClientTransport::from_config(settings)).await.map_err(|error| {
                tracing::debug!("{error}");
                format!("`{url}` does not answer as an MCP server")
            })?
        }
        (None, None) => return Err("it has neither `command` nor `url`".to_owned()),
    };
    let offered = service.list_all_tools().await.map_err(|error| error.to_string())?;
    let is_allowed = |tool: &rmcp::model::Tool| match &config.tools {
        Some(allowed) => allowed.iter().any(|name| *name == tool.name),
        None => tool.annotations.as_ref().and_then(|hints| hints.read_only_hint) == Some(true),
    };
    let tools: Vec<Tool> = offered
        .iter()
        .filter(|tool| is_allowed(tool))
        .map(|tool| Tool {
            name: callable(name, &tool.name),
            description: tool.description.as_deref().unwrap_or_default().chars().take(600).collect(),
            schema: Value::Object((*tool.input_schema).clone()),
        })
        .collect();
    let own = offered.iter().filter(|tool| is_allowed(tool)).map(|tool| tool.name.to_string()).collect();
    let missing = config.tools.iter().flatten().filter(|name| offered.iter().all(|tool| tool.name != **name));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(format!("it has no tool {}", missing.join(", ")));
    }
    if tools.is_empty() {
        let names: Vec<&str> = offered.iter().map(|tool| tool.name.as_ref()).collect();
        return Err(format!(
            "none of its tools ({}) is allowed or calls itself read-only; name some in `tools`",
            names.join(", ")
        ));
    }
    Ok(Server { name: name.to_owned(), service, tools, own, _folder: neutral })
}
