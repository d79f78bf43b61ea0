//! The loop in which a model answers one question: it looks further with tools, a bounded number of times, and answers.

use genai::chat::{ChatMessage, ToolResponse};
use serde_json::{Value, json};

use super::budget::{Budget, Usage, estimate};
use super::client::{Ask, Client, Reply, cancelled};
use super::failure::Failure;
use super::findings::{self, ANSWER, Findings};
use super::mcp::Servers;
use super::prompt;
use super::shelf::Shelf;
use super::tools::{Tool, Toolbox};
use crate::config::ToolUse;
use crate::document::Place;
use crate::engine::evidence::Evidence;
use crate::research::{Answer, Question};
use crate::text::redact;
use crate::workspace::{Cancel, excerpt, registry};

/// So many tools are called at one turn.
const CALLS: usize = 8;
/// An answer that cannot be read is asked for once more.
const MALFORMED: usize = 2;

/// What a conversation about a question came to.
#[derive(Debug)]
pub struct Talk {
    /// What was found, or why nothing was.
    pub outcome: Result<Findings, Failure>,
    /// The sources that were in hand.
    pub shelf: Shelf,
    /// What it used.
    pub usage: Usage,
    /// Tools that were called, as they were called.
    pub calls: Vec<String>,
}

/// Everything that a conversation needs besides its question.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The model.
    pub client: &'a Client,
    /// The facts.
    pub engine: &'a Evidence<'a>,
    /// What may be used.
    pub budget: &'a Budget,
    /// Whether to stop.
    pub cancel: &'a Cancel,
    /// Whether package registries may be asked.
    pub registries: bool,
    /// Servers whose tools may be called.
    pub servers: &'a Servers,
    /// Told of each request before it is sent.
    pub record: &'a (dyn Fn(&Ask) + Sync),
    /// Told of each call that leaves the machine, before it does.
    pub called: &'a (dyn Fn(&str) + Sync),
}

/// What a model does at a turn.
enum Turn {
    Calls(Vec<(Option<genai::chat::ToolCall>, String, Value)>),
    Answers(Findings),
}

/// One conversation about a question.
pub struct Conversation<'a> {
    question: &'a Question,
    evidence: &'a Answer,
    setting: Setting<'a>,
    tools: Toolbox<'a>,
    offered: Vec<Tool>,
    requirements: Vec<String>,
    system: String,
    opening: String,
    messages: Vec<ChatMessage>,
    shelf: Shelf,
    calls: Vec<String>,
}

impl<'a> Conversation<'a> {
    /// A conversation that starts from what the evidence says to a question.
    pub fn new(setting: Setting<'a>, question: &'a Question, evidence: &'a Answer) -> Self {
        let room = (setting.budget.limits().context_tokens * 2) as usize;
        Self::within(setting, question, evidence, room)
    }

    /// The same, with so many characters at most.
    fn within(setting: Setting<'a>, question: &'a Question, evidence: &'a Answer, room: usize) -> Self {
        let tools = Toolbox::new(setting.engine, question.area, setting.registries);
        let mut offered = tools.tools();
        offered.extend(setting.servers.tools());
        let mut system = prompt::system(setting.engine);
        if setting.client.tools() == ToolUse::Json {
            system.push_str(&prompt::actions(&offered));
        }
        let mut shelf = Shelf::default();
        let asked = prompt::question(setting.engine, question, evidence, &mut shelf, room.saturating_sub(system.len()));
        let requirements = setting.engine.agenda().requirements.iter().map(|demand| demand.id.to_string()).collect();
        let opening = format!("{system}\n{asked}");
        let messages = vec![ChatMessage::user(asked)];
        let calls = Vec::new();
        Self { question, evidence, setting, tools, offered, requirements, system, opening, messages, shelf, calls }
    }

    /// What is said first: rules, requirements, the question and its evidence.
    pub fn opening(&self) -> &str {
        &self.opening
    }

    /// Names of the tools that may be called.
    pub fn offered(&self) -> impl Iterator<Item = &str> {
        self.offered.iter().map(|tool| tool.name.as_str())
    }

    /// Talks until there is an answer; a question that is too long is asked once more with less evidence.
    pub async fn run(mut self) -> Talk {
        let mut usage = Usage::default();
        let mut outcome = self.talk(&mut usage).await;
        if matches!(outcome, Err(Failure::TooLong(_))) {
            let room = (self.setting.budget.limits().context_tokens / 3) as usize;
            self = Self::within(self.setting, self.question, self.evidence, room);
            outcome = self.talk(&mut usage).await;
        }
        Talk { outcome, shelf: self.shelf, usage, calls: self.calls }
    }

    async fn talk(&mut self, usage: &mut Usage) -> Result<Findings, Failure> {
        let steps = self.setting.budget.limits().steps.max(1);
        let (mut malformed, mut repeated, mut step) = (0, 0, 0);
        loop {
            step += 1;
            let last = step >= steps || repeated > 1;
            let reply = self.request(last, usage).await?;
            match self.read(&reply) {
                Ok(Turn::Answers(findings)) if findings == Findings::default() => return Err(Failure::Empty),
                Ok(Turn::Answers(findings)) => return Ok(findings),
                // What is called at the last turn would be read by nobody.
                Ok(Turn::Calls(_)) if last && malformed > 0 => {
                    return Err(Failure::Malformed("it called a tool at the last turn".to_owned()));
                }
                Ok(Turn::Calls(calls)) => {
                    malformed += usize::from(last);
                    repeated += usize::from(self.answer_calls(reply, calls).await);
                }
                Err(why) => {
                    malformed += 1;
                    if malformed >= MALFORMED {
                        return Err(Failure::Malformed(why));
                    }
                    self.messages.extend(reply.message.filter(|_| reply.calls.is_empty()));
                    self.messages.push(ChatMessage::user(prompt::malformed(&why)));
                }
            }
            self.make_room();
        }
    }

    /// One turn of the model.
    async fn request(&mut self, last: bool, usage: &mut Usage) -> Result<Reply, Failure> {
        let answer =
            findings::schema(&self.shelf.labels(), &self.requirements, self.setting.budget.limits().answer_tokens);
        let native = self.setting.client.tools() == ToolUse::Native;
        if last && self.messages.len() > 1 {
            self.messages.push(ChatMessage::user(prompt::LAST));
        }
        let ask = Ask {
            system: self.system.clone(),
            messages: self.messages.clone(),
            tools: if native { self.native_tools(answer.clone()) } else { Vec::new() },
            must_call: (native && last).then(|| ANSWER.to_owned()),
            schema: (!native).then(|| self.step_schema(answer, last)),
        };
        let Setting { client, budget, cancel, record, .. } = self.setting;
        match client.ask(&ask, budget, cancel, record).await {
            Ok(reply) => {
                *usage += reply.usage;
                Ok(reply)
            }
            Err((failure, used)) => {
                *usage += used;
                Err(failure)
            }
        }
    }

    fn native_tools(&self, answer: Value) -> Vec<genai::chat::Tool> {
        let tool = |name: &str, description: &str, schema: Value| {
            genai::chat::Tool::new(name).with_description(description).with_schema(schema)
        };
        let mut tools: Vec<genai::chat::Tool> =
            self.offered.iter().map(|own| tool(&own.name, &own.description, own.schema.clone())).collect();
        tools.push(tool(ANSWER, "Your answer, when you know enough.", answer));
        tools
    }

    /// The schema of a turn: one action with its arguments; at the last turn only the answer.
    fn step_schema(&self, answer: Value, last: bool) -> Value {
        let action = |name: &str, schema: &Value| {
            let mut schema = schema.clone();
            let mut properties = serde_json::Map::new();
            properties.insert("action".to_owned(), json!({ "type": "string", "enum": [name] }));
            if let Some(own) = schema["properties"].as_object() {
                properties.extend(own.clone());
            }
            schema["required"] = json!(properties.keys().collect::<Vec<_>>());
            schema["properties"] = Value::Object(properties);
            schema
        };
        let mut steps = vec![action(ANSWER, &answer)];
        if !last {
            steps.extend(self.offered.iter().map(|tool| action(&tool.name, &tool.schema)));
        }
        json!({
            "type": "object", "properties": { "step": { "anyOf": steps } },
            "required": ["step"], "additionalProperties": false,
        })
    }

    /// What the model wants; `Err` with the reason if that cannot be made out.
    fn read(&self, reply: &Reply) -> Result<Turn, String> {
        let findings = |value: Value| {
            serde_json::from_value::<Findings>(value).map(Turn::Answers).map_err(|error| error.to_string())
        };
        if !reply.calls.is_empty() {
            if let Some(answer) = reply.calls.iter().find(|call| call.fn_name == ANSWER) {
                return findings(object(answer.fn_arguments.clone()));
            }
            let calls = reply.calls.iter();
            return Ok(Turn::Calls(
                calls
                    .map(|call| (Some(call.clone()), call.fn_name.clone(), object(call.fn_arguments.clone())))
                    .collect(),
            ));
        }
        let mut value = json_in(&reply.text)?;
        if let Some(step) = value.get_mut("step") {
            value = step.take();
        }
        match value.get("action").and_then(Value::as_str) {
            Some(ANSWER) => findings(value),
            Some(name) => Ok(Turn::Calls(vec![(None, name.to_owned(), value.clone())])),
            None if value.get("claims").is_some() => findings(value),
            None => Err("there is no `action` in it".to_owned()),
        }
    }

    /// Calls tools and says what they said; whether something was asked a second time.
    async fn answer_calls(&mut self, reply: Reply, calls: Vec<(Option<genai::chat::ToolCall>, String, Value)>) -> bool {
        self.messages.extend(reply.message);
        let mut again = false;
        let mut responses = Vec::new();
        for (number, (call, name, mut arguments)) in calls.into_iter().enumerate() {
            if let Some(own) = arguments.as_object_mut() {
                own.remove("action");
            }
            let called = format!("{name} {arguments}");
            let said = if number >= CALLS {
                "Too many calls at one turn; call again what you still need.".to_owned()
            } else if self.calls.contains(&called) {
                again = true;
                prompt::REPEATED.to_owned()
            } else {
                redact(&self.call(&name, &arguments).await)
            };
            self.calls.push(called);
            match call {
                Some(call) => responses.push(ToolResponse::from_tool_call(&call, said)),
                None => self.messages.push(ChatMessage::user(format!("Result of {name}:\n{said}"))),
            }
        }
        if !responses.is_empty() {
            self.messages.push(ChatMessage::from(responses));
        }
        again
    }

    /// Calls a tool: our own, or one of a server, whose answer is a source, too.
    async fn call(&mut self, name: &str, arguments: &Value) -> String {
        let Setting { servers, budget, cancel, called, .. } = self.setting;
        if servers.tools().iter().any(|tool| tool.name == *name) {
            called(&format!("{name} {arguments}"));
        }
        let answer = tokio::select! {
            biased;
            () = cancelled(cancel) => return "Cancelled.".to_owned(),
            () = tokio::time::sleep(budget.left()) => return "The run's time is over.".to_owned(),
            answer = servers.call(name, arguments) => answer,
        };
        match answer {
            None if name == "package" => self.package(arguments).await,
            None => self.tools.call(name, arguments, &self.offered, &mut self.shelf),
            Some(Err(why)) => format!("The tool failed: {why}"),
            Some(Ok(answer)) => {
                // A line of it will stand in the ledger.
                let (place, text) = (Place::Tool { call: answer.call }, redact(&answer.text));
                let engine = self.setting.engine;
                let source = engine.sources().record(place, &text, &excerpt(&text), self.question.area);
                let label = self.shelf.put(engine, source, Some(&text));
                label.map_or(text, |label| self.shelf.shown(&label))
            }
        }
    }

    /// Asks a registry, apart from the thread on which all answers are waited for.
    async fn package(&mut self, arguments: &Value) -> String {
        let asked = match self.tools.package(arguments) {
            Ok(asked) => asked,
            Err(why) => return why,
        };
        (self.setting.called)(&format!("package {} {}", asked.0.name(), asked.1));
        let (names, cancel) = (vec![asked.clone()], self.setting.cancel.clone());
        let answers = tokio::task::spawn_blocking(move || registry::ask_about(&names, &cancel)).await;
        match answers {
            Ok(Ok(mut answers)) => self.tools.told(answers.remove(&asked), &asked.1, &mut self.shelf),
            _ => "Cancelled.".to_owned(),
        }
    }

    /// Leaves out what tools said earliest, where the conversation outgrows the model's context.
    fn make_room(&mut self) {
        let most = self.setting.budget.limits().context_tokens;
        let size = |messages: &[ChatMessage]| messages.iter().map(|message| message.size() as u64 / 3).sum::<u64>();
        let system = estimate(&self.system);
        // The question and the last exchange stay; with native calls, a call and its result go together.
        while system + size(&self.messages) > most && self.messages.len() > 4 {
            self.messages.drain(1..3);
        }
    }
}

/// Arguments may come as text that holds the object.
fn object(value: Value) -> Value {
    match &value {
        Value::String(text) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

/// The JSON object in a text, which may stand in a fence or between words.
pub(super) fn json_in(text: &str) -> Result<Value, String> {
    let start = text.find('{').ok_or_else(|| "there is no JSON object in it".to_owned())?;
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(format!("its JSON is broken: {error}")),
        None => Err("there is no JSON object in it".to_owned()),
    }
}
