//! Settings of the language model: which one, where it is, how it is spoken to, and how much a run may use.
//!
//! The user's own file alone sets them: a repository must not choose where text is sent or what runs.

use std::collections::BTreeMap;

/// A language model and the way to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its name, as its provider writes it.
    pub name: String,
    /// The one that writes sections; the same where nothing else is said.
    pub synthesis: String,
    /// Whose protocol is spoken; `None` leaves it to the name.
    pub provider: Option<Provider>,
    /// The base address, where it is not the provider's own.
    pub endpoint: Option<String>,
    /// Where the key comes from.
    pub key: Key,
    /// How it uses tools; `None` leaves it to the provider.
    pub tools: Option<ToolUse>,
    /// How much a run may use.
    pub limits: Limits,
}

/// Whose protocol a model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Anthropic's Messages.
    Anthropic,
    /// OpenAI's chat completions, and whatever is compatible with them.
    Openai,
    /// OpenAI's Responses.
    OpenaiResponses,
    /// Google's Gemini.
    Gemini,
    /// Ollama, by its interface that is compatible with OpenAI's.
    Ollama,
}

/// How a model uses tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolUse {
    /// By the provider's own tool calls.
    Native,
    /// By one JSON object a turn that a schema constrains, which small models follow far better.
    Json,
}

/// Where a key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// The variable that the provider's own tools read, such as `ANTHROPIC_API_KEY`; none for an address of one's own.
    #[default]
    Usual,
    /// A variable of the environment.
    Env(String),
    /// What a command prints, such as that of a keyring: program and arguments.
    Command(Vec<String>),
}

/// How much a run may use. Each is a hard cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Limits {
    /// Tokens of all requests and answers together.
    #[serde(deserialize_with = "positive")]
    pub tokens: u64,
    /// Seconds from the start of a run.
    #[serde(deserialize_with = "positive")]
    pub seconds: u64,
    /// Requests, those that are tried again included.
    #[serde(deserialize_with = "positive")]
    pub requests: u64,
    /// Requests at one time.
    #[serde(deserialize_with = "positive")]
    pub parallel: usize,
    /// Turns of the model for one question.
    #[serde(deserialize_with = "positive")]
    pub steps: usize,
    /// Tokens of one answer.
    #[serde(deserialize_with = "positive")]
    pub answer_tokens: u32,
    /// Tokens that fit into one request; what was read is shortened to that.
    #[serde(deserialize_with = "positive")]
    pub context_tokens: u64,
    /// Seconds of silence after which a request is given up.
    #[serde(deserialize_with = "positive")]
    pub silence: u64,
}

/// A limit of nothing would be a run that fails at its first step; leaving the model out is another setting.
fn positive<'de, D, N>(value: D) -> Result<N, D::Error>
where
    D: serde::Deserializer<'de>,
    N: serde::Deserialize<'de> + Default + PartialEq,
{
    let number = N::deserialize(value)?;
    if number == N::default() {
        return Err(serde::de::Error::custom(
            "a limit is at least 1; to plan without the model, use `--engine evidence` or name none",
        ));
    }
    Ok(number)
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tokens: 600_000,
            seconds: 900,
            requests: 250,
            parallel: 6,
            steps: 5,
            answer_tokens: 2500,
            context_tokens: 24_000,
            silence: 90,
        }
    }
}

/// A server of the Model Context Protocol whose tools a model may use.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct McpServer {
    /// The program of a local one.
    pub command: Option<String>,
    /// The folder that it works in; an empty one where nothing is said.
    pub cwd: Option<std::path::PathBuf>,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables that it is given.
    pub env: BTreeMap<String, String>,
    /// The address of one that is reached over HTTP.
    pub url: Option<String>,
    /// Headers that are sent to it.
    pub headers: BTreeMap<String, String>,
    /// Its tools that may be used; without this, those that call themselves read-only.
    pub tools: Option<Vec<String>>,
    /// Whether it is left out.
    pub disabled: bool,
}

/// What one layer says of the model.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct ModelLayer {
    name: Option<String>,
    synthesis: Option<String>,
    provider: Option<Provider>,
    endpoint: Option<String>,
    key: Key,
    tools: Option<ToolUse>,
    limits: Limits,
}

impl ModelLayer {
    /// The model; `None` where none is named.
    pub fn model(&self) -> Option<Model> {
        let name = self.name.clone().filter(|name| !name.trim().is_empty())?;
        Some(Model {
            synthesis: self.synthesis.clone().unwrap_or_else(|| name.clone()),
            name,
            provider: self.provider,
            endpoint: self.endpoint.clone(),
            key: self.key.clone(),
            tools: self.tools,
            limits: self.limits,
        })
    }
}
