//! One request to a model: streamed, within the budget, tried again where that helps, closed by a cancel.

use std::sync::Once;
use std::time::Duration;

use futures_util::StreamExt;
use genai::adapter::AdapterKind;
use genai::chat::{
    CacheControl, ChatMessage, ChatOptions, ChatRequest, ChatResponseFormat, ChatStreamEvent, JsonSpec, StopReason,
    Tool, ToolCall, ToolChoice,
};
use genai::resolver::{AuthData, Endpoint};
use genai::{ModelIden, ServiceTarget};
use serde_json::Value;

use super::budget::{Budget, Denied, Usage, estimate};
use super::failure::{Failure, Verdict, judge};
use crate::config::{Key, MODEL_KEY, Model, Provider, ToolUse};
use crate::workspace::Cancel;

/// Where Ollama serves what is compatible with OpenAI.
const OLLAMA: &str = "http://localhost:11434/v1/";
/// So often is a request tried.
const TRIES: u32 = 4;
/// The first wait before a request is tried again; it doubles each time, with a random part.
const FIRST_WAIT: Duration = Duration::from_millis(400);
/// A server that wants to be left alone for longer than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// A command that gives the key may ask a person for a password, but not for longer than this.
const KEY: Duration = Duration::from_secs(60);
/// A server that does not take a connection in this time is not there.
const CONNECT: Duration = Duration::from_secs(10);

/// A way to one model.
#[derive(Debug)]
pub struct Client {
    http: genai::Client,
    target: ServiceTarget,
    tools: ToolUse,
    /// Whether a schema may bound lists and texts: servers of one's own hold to that, providers refuse it.
    bounds: bool,
    silence: Duration,
    answer_tokens: u32,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What the model is told first; the same for many requests, so that providers may keep it.
    pub system: String,
    /// The conversation.
    pub messages: Vec<ChatMessage>,
    /// Tools that it may call.
    pub tools: Vec<Tool>,
    /// The one that it must call.
    pub must_call: Option<String>,
    /// The form of its answer.
    pub schema: Option<Value>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Its text.
    pub text: String,
    /// Tools that it calls.
    pub calls: Vec<ToolCall>,
    /// Its message, to go on from.
    pub message: Option<ChatMessage>,
    /// What it used, requests that failed included.
    pub usage: Usage,
}

impl Client {
    /// A client for a model by its name; `settings` say where it is and how it is spoken to.
    ///
    /// # Errors
    /// [`Failure::NoKey`] where the key cannot be had, [`Failure::Settings`] where something else cannot be used.
    pub async fn new(settings: &Model, name: &str) -> Result<Self, Failure> {
        choose_tls();
        let http = genai::Client::builder()
            .with_web_config(genai::WebConfig::default().with_connect_timeout(CONNECT))
            .build()
            .map_err(|error| Failure::Settings(error.to_string()))?;
        let kind = match settings.provider {
            Some(Provider::Anthropic) => Some(AdapterKind::Anthropic),
            Some(Provider::Openai) => Some(AdapterKind::OpenAI),
            Some(Provider::OpenaiResponses) => Some(AdapterKind::OpenAIResp),
            Some(Provider::Gemini) => Some(AdapterKind::Gemini),
            // Its own protocol takes a schema only since lately, and the library does not send one.
            Some(Provider::Ollama) => Some(AdapterKind::OpenAI),
            // What somebody serves under an address of their own is most often compatible with OpenAI's.
            None => settings.endpoint.as_ref().map(|_| AdapterKind::OpenAI),
        };
        let target = match kind {
            Some(kind) => http.resolve_service_target(ModelIden::new(kind, name.to_owned())).await,
            None => http.resolve_service_target(name).await,
        };
        let mut target = target.map_err(|error| Failure::Settings(error.to_string()))?;
        if kind.is_none() && target.model.adapter_kind == AdapterKind::Ollama {
            return Err(Failure::Settings(format!(
                "whose model is `{name}`? Say so with `model.provider` (anthropic, openai, openai-responses, gemini, ollama), or \
                 with `model.endpoint`; where GROUNDPLAN_MODEL names it, with GROUNDPLAN_MODEL_PROVIDER or GROUNDPLAN_MODEL_ENDPOINT"
            )));
        }
        let ollama = (settings.provider == Some(Provider::Ollama)).then_some(OLLAMA);
        let own = settings.endpoint.as_deref().or(ollama);
        if let Some(endpoint) = own {
            let slash = if endpoint.ends_with('/') { "" } else { "/" };
            let address = format!("{endpoint}{slash}");
            reqwest::Url::parse(&address)
                .map_err(|error| Failure::Settings(format!("`model.endpoint` is no address: {endpoint}: {error}")))?;
            target.endpoint = Endpoint::from_owned(address);
        }
        target.auth = auth(settings, target.auth, own.is_some()).await?;
        let limits = &settings.limits;
        Ok(Self {
            http,
            tools: settings.tools.unwrap_or(if own.is_some() { ToolUse::Json } else { ToolUse::Native }),
            bounds: own.is_some() && target.model.adapter_kind == AdapterKind::OpenAI,
            target,
            silence: Duration::from_secs(limits.silence),
            answer_tokens: limits.answer_tokens,
        })
    }

    /// How the model uses tools.
    pub fn tools(&self) -> ToolUse {
        self.tools
    }

    /// Its name.
    pub fn model(&self) -> &str {
        &self.target.model.model_name
    }

    /// Where it is.
    pub fn endpoint(&self) -> &str {
        self.target.endpoint.base_url()
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// [`Failure`] says what is left to do.
    pub async fn ask(
        &self,
        ask: &Ask,
        budget: &Budget,
        cancel: &Cancel,
        record: &(dyn Fn(&Ask) + Sync),
    ) -> Result<Reply, (Failure, Usage)> {
        let mut usage = Usage::default();
        let mut failed = 0;
        loop {
            let outcome = tokio::select! {
                biased;
                () = cancelled(cancel) => return Err((Failure::Cancelled, usage)),
                outcome = tokio::time::timeout(budget.left(), self.once(ask, budget, &mut usage, record)) => outcome,
            };
            let outcome = outcome.unwrap_or_else(|_| {
                let most = budget.limits().seconds;
                Err(Verdict::Over(Failure::Budget(super::failure::Cap::Seconds(most))))
            });
            let (wait, said, unreachable) = match outcome {
                Ok(reply) => return Ok(Reply { usage, ..reply }),
                Err(Verdict::Over(failure)) => return Err((failure, usage)),
                Err(Verdict::Again { wait, said, unreachable }) => (wait, said, unreachable),
            };
            failed += 1;
            let model = self.model().to_owned();
            if let Some(wait) = wait.filter(|wait| *wait > PATIENCE || *wait > budget.left()) {
                return Err((Failure::Wait { model, wait }, usage));
            }
            if failed == TRIES {
                let failure = if unreachable {
                    Failure::Unreachable { model, endpoint: self.endpoint().to_owned(), said, tries: failed }
                } else {
                    Failure::Busy { model, said, tries: failed }
                };
                return Err((failure, usage));
            }
            tracing::info!("{model}: {said}; trying again");
            // Many who were turned away together must not come back together.
            let pause = FIRST_WAIT.mul_f64(f64::from(1 << (failed - 1)) * (0.5 + fastrand::f64()));
            let pause = wait.map_or(pause, |wait| wait + FIRST_WAIT.mul_f64(fastrand::f64()));
            tokio::select! {
                biased;
                () = cancelled(cancel) => return Err((Failure::Cancelled, usage)),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One attempt.
    async fn once(
        &self,
        ask: &Ask,
        budget: &Budget,
        usage: &mut Usage,
        record: &(dyn Fn(&Ask) + Sync),
    ) -> Result<Reply, Verdict> {
        let asked = tokens(ask);
        let mut reserved = loop {
            match budget.reserve(asked + u64::from(self.answer_tokens)) {
                Ok(reserved) => break reserved,
                Err(Denied::Over(failure)) => return Err(Verdict::Over(failure)),
                Err(Denied::Later) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        record(ask);
        // Whoever stops waiting has sent it all the same.
        let before = usage.sent;
        usage.requests += 1;
        usage.sent += asked;
        reserved.sent(asked);
        let judged = |error: genai::Error| judge(&error, self.model());
        let options = self.options(ask);
        let response = self.http.exec_chat_stream(self.target.clone(), request(ask), Some(&options));
        let mut stream = match response.await {
            Ok(response) => response.stream,
            Err(error) => {
                // What was turned away is not charged.
                reserved.sent(0);
                usage.sent = before;
                return Err(judged(error));
            }
        };
        let mut end = None;
        let (mut begun, mut received) = (false, 0);
        while let Some(event) = stream.next().await {
            begun |= event.is_ok();
            match event {
                Ok(ChatStreamEvent::Chunk(chunk) | ChatStreamEvent::ReasoningChunk(chunk)) => {
                    received += chunk.content.len() as u64;
                }
                Ok(ChatStreamEvent::End(ended)) => end = Some(ended),
                Ok(_) => {}
                // Nobody charges for what was not even heard.
                Err(error) if !begun => {
                    reserved.sent(0);
                    usage.sent = before;
                    return Err(judged(error));
                }
                Err(error) => {
                    reserved.sent(asked + received / 3);
                    usage.received += received / 3;
                    return Err(judged(error));
                }
            }
        }
        let Some(end) = end else {
            return Err(Verdict::Again { wait: None, said: "the answer broke off".to_owned(), unreachable: true });
        };
        let counted = end.captured_usage.clone().unwrap_or_default();
        let number = |said: Option<i32>| said.and_then(|count| u64::try_from(count).ok());
        let sent = number(counted.prompt_tokens).unwrap_or(asked);
        let back = number(counted.completion_tokens).unwrap_or(received / 3);
        reserved.sent(sent + back);
        usage.sent = before + sent;
        usage.received += back;
        usage.cached += number(counted.prompt_tokens_details.and_then(|details| details.cached_tokens)).unwrap_or(0);
        match &end.captured_stop_reason {
            Some(StopReason::MaxTokens(_)) => return Err(Verdict::Over(Failure::Truncated)),
            Some(StopReason::ContentFilter(_)) => return Err(Verdict::Over(Failure::Declined)),
            // A stream that ends without saying why was cut.
            None => {
                return Err(Verdict::Again { wait: None, said: "the answer broke off".to_owned(), unreachable: true });
            }
            Some(_) => {}
        }
        let text = end.captured_texts().map_or_else(String::new, |texts| texts.concat());
        let calls: Vec<ToolCall> =
            end.captured_tool_calls().map_or_else(Vec::new, |calls| calls.into_iter().cloned().collect());
        if text.trim().is_empty() && calls.is_empty() {
            return Err(Verdict::Over(Failure::Empty));
        }
        let message = if calls.is_empty() {
            Some(ChatMessage::assistant(text.clone()))
        } else {
            end.into_assistant_message_for_tool_use()
        };
        Ok(Reply { text, calls, message, usage: Usage::default() })
    }

    fn options(&self, ask: &Ask) -> ChatOptions {
        let mut options = ChatOptions::default()
            .with_max_tokens(self.answer_tokens)
            .with_capture_content(true)
            .with_capture_tool_calls(true)
            .with_capture_reasoning_content(true)
            .with_capture_usage(true)
            .with_stream_header_timeout(self.silence)
            .with_stream_read_timeout(self.silence);
        if let Some(schema) = &ask.schema {
            let schema = if self.bounds { schema.clone() } else { without_bounds(schema.clone()) };
            options = options.with_response_format(ChatResponseFormat::from(JsonSpec::new("answer", schema)));
        }
        if let Some(name) = &ask.must_call {
            options = options.with_tool_choice(ToolChoice::tool(name.clone()));
        }
        options
    }
}

/// A schema without bounds of lists and texts.
fn without_bounds(schema: Value) -> Value {
    match schema {
        Value::Object(map) => {
            let kept = map
                .into_iter()
                .filter(|(key, value)| !(matches!(key.as_str(), "maxItems" | "maxLength") && value.is_number()));
            Value::Object(kept.map(|(key, value)| (key, without_bounds(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_bounds).collect()),
        other => other,
    }
}

/// Says once which implementation of TLS serves this process.
pub(super) fn choose_tls() {
    static PROVIDER: Once = Once::new();
    // Somebody else in this process may have chosen one; that serves as well.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// The request of the client library; the system's part is marked for the provider to keep.
fn request(ask: &Ask) -> ChatRequest {
    let system = ChatMessage::system(ask.system.clone()).with_options(CacheControl::Ephemeral);
    let mut messages = vec![system];
    messages.extend(ask.messages.iter().cloned());
    let request = ChatRequest::from_messages(messages);
    if ask.tools.is_empty() { request } else { request.with_tools(ask.tools.clone()) }
}

/// About how many tokens a request has.
fn tokens(ask: &Ask) -> u64 {
    let messages: u64 = ask.messages.iter().map(|message| message.size() as u64 / 3).sum();
    let tools: u64 = ask.tools.iter().map(|tool| tool.size() as u64 / 3).sum();
    let schema = ask.schema.as_ref().map_or(0, |schema| estimate(&schema.to_string()));
    estimate(&ask.system) + messages + tools + schema
}

/// The key as the settings say; `usual` is the provider's own variable.
async fn auth(settings: &Model, usual: AuthData, own: bool) -> Result<AuthData, Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    match &settings.key {
        Key::Env(name) => match variable(name) {
            Some(value) => Ok(AuthData::from_single(value.trim())),
            None => Err(Failure::NoKey(format!("`model.key` names the variable {name}, which is not set"))),
        },
        Key::Command(command) => printed(command).await.map(AuthData::from_single),
        // A server of one's own seldom wants a key, and that of a provider is none of its business.
        Key::Usual if own => Ok(AuthData::from_single("none")),
        Key::Usual => match usual {
            AuthData::FromEnv(name) => match variable(&name) {
                Some(value) => Ok(AuthData::from_single(value.trim())),
                None => Err(Failure::NoKey(format!(
                    "no key for {}: set {name}, or say in your configuration where it is (`model.key`)",
                    settings.name
                ))),
            },
            other => Ok(other),
        },
    }
}

/// What a command prints on its first line.
async fn printed(command: &[String]) -> Result<String, Failure> {
    let failed = |why: &str| Failure::NoKey(format!("`model.key.command` ({}) gave no key: {why}", command.join(" ")));
    let (program, arguments) = command.split_first().ok_or_else(|| failed("it is empty"))?;
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).env_remove(MODEL_KEY).stdin(std::process::Stdio::null()).kill_on_drop(true);
    let done = match tokio::time::timeout(KEY, command.output()).await {
        Ok(done) => done.map_err(|error| failed(&error.to_string()))?,
        Err(_) => return Err(failed(&format!("it did not end within {} seconds", KEY.as_secs()))),
    };
    let out = String::from_utf8_lossy(&done.stdout);
    match out.lines().next().map(str::trim).filter(|line| done.status.success() && !line.is_empty()) {
        Some(key) => Ok(key.to_owned()),
        None => {
            let said = String::from_utf8_lossy(&done.stderr);
            Err(failed(&format!("it ended with {}. {}", done.status, said.trim())))
        }
    }
}

/// Ends once a cancel is asked for.
pub(super) async fn cancelled(cancel: &Cancel) {
    while !cancel.is_cancelled() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
