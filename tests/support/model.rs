//! A model server that answers as a test says: real HTTP on a local port, in the protocols of OpenAI and Anthropic.
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub headers: String,
    pub body: Value,
    pub at: Instant,
}

impl Asked {
    /// Everything that the request says, as one text.
    pub fn text(&self) -> String {
        self.body.to_string()
    }

    /// The last message.
    pub fn last(&self) -> String {
        let messages = self.body["messages"].as_array().cloned().unwrap_or_default();
        messages.last().map_or_else(String::new, |message| message["content"].to_string())
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A text, streamed in small pieces.
    Text(String),
    /// Calls of tools.
    Calls(Vec<(String, Value)>),
    /// A text that ends at the limit.
    Cut(String),
    /// A refusal by a filter.
    Filtered,
    /// A status with headers and a body.
    Status(u16, Vec<(&'static str, String)>, Value),
    /// Half an answer, and the connection is closed.
    Broken,
    /// An error in the middle of the stream.
    ErrorEvent(Value),
    /// No answer until the client goes away; tells the counter when it has.
    Silence(Arc<AtomicUsize>),
    /// Bytes as they are.
    Raw(String),
    /// The same, later.
    After(Duration, Box<Reply>),
}

/// The server; it ends with the test.
pub struct Server {
    pub url: String,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server whose answer to the n-th request (from 0) is what `script` says.
    pub fn start(script: impl Fn(&Asked, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (log, script) = (Arc::clone(&asked), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, script) = (Arc::clone(&log), Arc::clone(&script));
                std::thread::spawn(move || serve(stream, &log, &*script));
            }
        });
        Self { url, asked }
    }

    pub fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Asked>>, script: &(dyn Fn(&Asked, usize) -> Reply + Send + Sync)) {
    let Some(asked) = read(&stream) else { return };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(asked.clone());
        log.len() - 1
    };
    // A client that goes away is what some tests are about.
    let _ = answer(&mut stream, &asked, script(&asked, number));
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    let (mut headers, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        headers.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some(Asked { path, headers, body, at: Instant::now() })
}

fn answer(stream: &mut TcpStream, asked: &Asked, reply: Reply) -> std::io::Result<()> {
    let anthropic = asked.path.ends_with("messages");
    match reply {
        Reply::After(wait, reply) => {
            std::thread::sleep(wait);
            answer(stream, asked, *reply)
        }
        Reply::Text(text) if anthropic => events(stream, &claude(&text, &[], "end_turn")),
        Reply::Text(text) if asked.path.ends_with("responses") => events(stream, &responses(&text)),
        Reply::Text(text) if asked.path.contains("streamGenerateContent") => events(stream, &gemini(&text)),
        Reply::Text(text) => events(stream, &chat(&text, &[], Some("stop"))),
        Reply::Calls(calls) if anthropic => events(stream, &claude("", &calls, "tool_use")),
        Reply::Calls(calls) => events(stream, &chat("", &calls, Some("tool_calls"))),
        Reply::Cut(text) => events(stream, &chat(&text, &[], Some("length"))),
        Reply::Filtered => events(stream, &chat("", &[], Some("content_filter"))),
        Reply::Broken => {
            let mut half = chat("{\"step\": {\"action\": \"answer\", \"claims\": [", &[], None);
            half.truncate(half.len() / 2);
            events(stream, &half)
        }
        Reply::ErrorEvent(error) => events(stream, &format!("data: {error}\n\n")),
        Reply::Raw(text) => events(stream, &text),
        Reply::Status(status, headers, body) => {
            let body = body.to_string();
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            write!(
                stream,
                "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
        }
        Reply::Silence(gone) => {
            let mut byte = [0];
            // Reading ends when the client closes.
            let _ = stream.read(&mut byte);
            gone.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    }
}

fn events(stream: &mut TcpStream, body: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")?;
    // In pieces that end anywhere, as networks deliver them.
    for piece in body.as_bytes().chunks(701) {
        stream.write_all(piece)?;
        stream.flush()?;
    }
    Ok(())
}

/// A streamed chat completion.
fn chat(text: &str, calls: &[(String, Value)], reason: Option<&str>) -> String {
    let mut out = String::new();
    let mut put = |delta: Value, reason: Option<&str>| {
        let chunk = json!({
            "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }],
        });
        out.push_str(&format!("data: {chunk}\n\n"));
    };
    put(json!({ "role": "assistant", "content": "" }), None);
    let letters: Vec<char> = text.chars().collect();
    for piece in letters.chunks(40) {
        put(json!({ "content": piece.iter().collect::<String>() }), None);
    }
    for (index, (name, arguments)) in calls.iter().enumerate() {
        put(
            json!({ "tool_calls": [{ "index": index, "id": format!("call-{index}"), "type": "function",
                "function": { "name": name, "arguments": arguments.to_string() } }] }),
            None,
        );
    }
    if let Some(reason) = reason {
        put(json!({}), Some(reason));
        let usage = json!({ "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
            "choices": [], "usage": { "prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100,
            "prompt_tokens_details": { "cached_tokens": 600 } } });
        out.push_str(&format!("data: {usage}\n\ndata: [DONE]\n\n"));
    }
    out
}

/// A streamed response of OpenAI.
fn responses(text: &str) -> String {
    let mut out = String::new();
    let mut put = |kind: &str, mut data: Value| {
        data["type"] = json!(kind);
        out.push_str(&format!("event: {kind}\ndata: {data}\n\n"));
    };
    let item = json!({ "type": "message", "id": "m", "role": "assistant", "status": "completed",
        "content": [{ "type": "output_text", "text": text, "annotations": [] }] });
    let usage = json!({ "input_tokens": 1000, "input_tokens_details": { "cached_tokens": 600 }, "output_tokens": 100,
        "output_tokens_details": { "reasoning_tokens": 0 }, "total_tokens": 1100 });
    put("response.created", json!({ "response": { "id": "r", "status": "in_progress" } }));
    put("response.output_text.delta", json!({ "output_index": 0, "content_index": 0, "delta": text }));
    put("response.output_item.done", json!({ "output_index": 0, "item": item }));
    put(
        "response.completed",
        json!({ "response": { "id": "r", "object": "response", "created_at": 1, "model": "scripted",
        "status": "completed", "output": [item], "usage": usage } }),
    );
    out
}

/// A streamed answer of Gemini.
fn gemini(text: &str) -> String {
    let chunk = json!({
        "candidates": [{ "content": { "role": "model", "parts": [{ "text": text }] }, "finishReason": "STOP", "index": 0 }],
        "usageMetadata": { "promptTokenCount": 1000, "cachedContentTokenCount": 600, "candidatesTokenCount": 100,
            "totalTokenCount": 1100 }, "modelVersion": "scripted",
    });
    format!("data: {chunk}\n\n")
}

/// A streamed message.
fn claude(text: &str, calls: &[(String, Value)], reason: &str) -> String {
    let mut out = String::new();
    let mut put = |kind: &str, mut data: Value| {
        data["type"] = json!(kind);
        out.push_str(&format!("event: {kind}\ndata: {data}\n\n"));
    };
    put(
        "message_start",
        json!({ "message": { "id": "m", "type": "message", "role": "assistant", "content": [],
        "model": "scripted", "stop_reason": null, "usage": { "input_tokens": 1000, "output_tokens": 1 } } }),
    );
    let mut index = 0;
    if !text.is_empty() {
        put("content_block_start", json!({ "index": index, "content_block": { "type": "text", "text": "" } }));
        put("content_block_delta", json!({ "index": index, "delta": { "type": "text_delta", "text": text } }));
        put("content_block_stop", json!({ "index": index }));
        index += 1;
    }
    for (name, arguments) in calls {
        let block = json!({ "type": "tool_use", "id": format!("call-{index}"), "name": name, "input": {} });
        put("content_block_start", json!({ "index": index, "content_block": block }));
        let delta = json!({ "type": "input_json_delta", "partial_json": arguments.to_string() });
        put("content_block_delta", json!({ "index": index, "delta": delta }));
        put("content_block_stop", json!({ "index": index }));
        index += 1;
    }
    put(
        "message_delta",
        json!({ "delta": { "stop_reason": reason, "stop_sequence": null }, "usage": { "output_tokens": 100 } }),
    );
    put("message_stop", json!({}));
    out
}
