//! What can go wrong with a model, and the one behaviour that each of it has.

use std::time::Duration;

use serde_json::Value;

/// Why a model gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No key was found where the settings say.
    #[error("{0}")]
    NoKey(String),
    /// The server does not accept the key, or not for this model (401, 403).
    #[error("{model}: the server refused the key ({status}{said}); put a valid one where `model.key` says")]
    Refused {
        /// The model.
        model: String,
        /// The status.
        status: u16,
        /// What the server said, in brackets' style: `: invalid x-api-key`.
        said: String,
    },
    /// The server does not know the model or the address (404).
    #[error(
        "{model}: the server knows no such model or address ({status}{said}); see `model.name` and `model.endpoint`"
    )]
    Unknown {
        /// The model.
        model: String,
        /// The status.
        status: u16,
        /// What the server said.
        said: String,
    },
    /// The server did not understand the request (another 4xx).
    #[error(
        "{model}: the server did not accept the request ({status}{said}); `model.provider` and `model.tools` say how it is spoken to"
    )]
    Rejected {
        /// The model.
        model: String,
        /// The status.
        status: u16,
        /// What the server said.
        said: String,
    },
    /// The server is overloaded, limits the rate, or fails (408, 429, 5xx), still after all tries.
    #[error("{model}: the server is overloaded or fails ({said}) after {tries} tries; run again later")]
    Busy {
        /// The model.
        model: String,
        /// What the server said.
        said: String,
        /// How often it was asked.
        tries: u32,
    },
    /// The server wants more patience than a run has.
    #[error("{model}: the server asks to wait {} seconds; run again then", .wait.as_secs())]
    Wait {
        /// The model.
        model: String,
        /// How long.
        wait: Duration,
    },
    /// No connection, or one that broke or fell silent, still after all tries.
    #[error("{model}: {said} after {tries} tries; is the server at `{endpoint}` running?")]
    Unreachable {
        /// The model.
        model: String,
        /// Where it was looked for.
        endpoint: String,
        /// What happened.
        said: String,
        /// How often it was tried.
        tries: u32,
    },
    /// What was asked does not fit into the model's context.
    #[error("the question does not fit into the context of {0}, even shortened; lower `model.limits.context-tokens`")]
    TooLong(String),
    /// The answer was cut off at its limit.
    #[error("an answer was cut off after `model.limits.answer-tokens`; raise it")]
    Truncated,
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(String),
    /// The answer was not in the form that was asked for.
    #[error("an answer was not in the form that was asked for: {0}")]
    Malformed(String),
    /// The model, or a filter of its provider, would not answer.
    #[error("the model declined to answer")]
    Declined,
    /// The answer was empty.
    #[error("an answer was empty")]
    Empty,
    /// A cap of the budget is reached.
    #[error("the run's limit of {0} is reached; raise it under `model.limits`")]
    Budget(Cap),
    /// The run was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// A cap of the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// So many tokens.
    Tokens(u64),
    /// So many seconds.
    Seconds(u64),
    /// So many requests.
    Requests(u64),
}

impl std::fmt::Display for Cap {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tokens(most) => write!(out, "{most} tokens"),
            Self::Seconds(most) => write!(out, "{most} seconds"),
            Self::Requests(most) => write!(out, "{most} requests"),
        }
    }
}

impl Failure {
    /// Whether no other question can fare better, since the settings are wrong: the run ends and says so.
    pub fn is_of_settings(&self) -> bool {
        matches!(self, Self::NoKey(_) | Self::Settings(_) | Self::Refused { .. } | Self::Unknown { .. })
    }

    /// Whether the server as a whole does not serve, so that the questions after this one need not wait as long.
    pub fn is_of_server(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Wait { .. } | Self::Unreachable { .. })
    }
}

/// What is done with one attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is tried again, no sooner than the server wants.
    Again {
        /// The wait that the server names.
        wait: Option<Duration>,
        /// What happened.
        said: String,
        /// Whether there was no answer of a server at all.
        unreachable: bool,
    },
    /// It is over.
    Over(Failure),
}

/// Judges an error of the client library.
pub(super) fn judge(error: &genai::Error, model: &str) -> Verdict {
    let error = inner(error);
    let text = said(error);
    if let Some(status) = error.status().map(|status| status.as_u16()) {
        let said = if text.is_empty() { String::new() } else { format!(": {text}") };
        let model = model.to_owned();
        return match status {
            401 | 403 => Verdict::Over(Failure::Refused { model, status, said }),
            404 => Verdict::Over(Failure::Unknown { model, status, said }),
            408 | 409 | 425 | 429 | 500.. => Verdict::Again {
                wait: error.headers().and_then(wait),
                said: format!("{status}{said}"),
                unreachable: false,
            },
            400 | 413 | 422 if is_overflow(&text) => Verdict::Over(Failure::TooLong(model)),
            _ => Verdict::Over(Failure::Rejected { model, status, said }),
        };
    }
    match error {
        genai::Error::ChatResponse { .. } if is_overflow(&text) => Verdict::Over(Failure::TooLong(model.to_owned())),
        genai::Error::ChatResponse { .. } | genai::Error::StreamParse { .. } => {
            Verdict::Again { wait: None, said: text, unreachable: false }
        }
        genai::Error::RequiresApiKey { .. }
        | genai::Error::NoAuthData { .. }
        | genai::Error::NoAuthResolver { .. }
        | genai::Error::Resolver { .. } => Verdict::Over(Failure::NoKey(format!(
            "{model}: no key was found; set the variable of its provider, or `model.key`"
        ))),
        _ => Verdict::Again { wait: None, said: text, unreachable: true },
    }
}

/// The error itself, where a stream brought it.
fn inner(error: &genai::Error) -> &genai::Error {
    match error {
        genai::Error::WebStream { error: inner, .. } => inner.downcast_ref::<genai::Error>().unwrap_or(error),
        _ => error,
    }
}

/// What an error says, in one short line.
fn said(error: &genai::Error) -> String {
    let body = match error {
        genai::Error::HttpError { body, .. } => body.clone(),
        genai::Error::WebModelCall { webc_error, .. } | genai::Error::WebAdapterCall { webc_error, .. } => {
            match webc_error {
                genai::webc::Error::ResponseFailedStatus { body, .. } => body.clone(),
                other => chain(other),
            }
        }
        genai::Error::ChatResponse { body, .. } => body.to_string(),
        genai::Error::WebStream { error, .. } => chain(&**error),
        other => other.to_string(),
    };
    let message = serde_json::from_str::<Value>(&body).ok().and_then(|body| message(&body)).unwrap_or(body);
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(200).collect()
}

/// An error with what caused it, innermost last.
fn chain(error: &dyn std::error::Error) -> String {
    let mut parts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(inner) = source {
        parts.push(inner.to_string());
        source = inner.source();
    }
    parts.dedup();
    parts.join(": ")
}

/// The message in the body of an error, wherever its provider puts it.
fn message(body: &Value) -> Option<String> {
    let error = body.get("error").unwrap_or(body);
    let said = error.get("message").or_else(|| body.get("message")).or(Some(error))?;
    let kind = error.get("type").or_else(|| error.get("status")).and_then(Value::as_str);
    let said = said.as_str()?;
    Some(kind.map_or_else(|| said.to_owned(), |kind| format!("{kind}: {said}")))
}

/// Whether a message says that the request was too long for the model.
fn is_overflow(text: &str) -> bool {
    let text = text.to_lowercase();
    ["exceed_context_size", "context_length_exceeded", "prompt is too long", "maximum context", "context window"]
        .iter()
        .any(|said| text.contains(said))
        || (text.contains("token")
            && (text.contains("exceeds") || text.contains("too long") || text.contains("too large")))
}

/// How long a server wants to be left alone: `retry-after-ms`, or `retry-after` in seconds.
fn wait(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok().filter(|n| *n >= 0.0);
    let milliseconds = number("retry-after-ms").map(|ms| ms / 1000.0);
    let seconds = milliseconds.or_else(|| number("retry-after"));
    // A date instead of a number is as long as a server usually asks for.
    let dated = || headers.contains_key("retry-after").then_some(20.0);
    seconds.or_else(dated).map(|seconds| Duration::from_secs_f64(seconds.min(1e6)))
}
