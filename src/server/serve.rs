//! The loop: messages in the order of their arrival, each polled once where it stands, nothing that ends the server.

use std::any::Any;
use std::io::{self, BufReader};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{ClientSocket, ExitedError, LanguageServer, LspService};
use tower_service::Service;

use super::outbox::{Outbox, Weight};
use super::transport::{Frame, read_frame};

/// Frames that wait for the loop; the reader stops there.
const READ_AHEAD: usize = 64;
/// Time for what is queued to be written before the process ends.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What came in, and who has died.
enum Input {
    Frame(Frame),
    ClientDied,
}

/// Serves until the input ends, `exit` comes or the client's process dies; gives the exit code: 0 after `shutdown`,
/// else 1. `stop` is called once, before what still runs is aborted.
pub async fn serve<S: LanguageServer>(
    service: LspService<S>,
    socket: ClientSocket,
    input: impl io::Read + Send + 'static,
    output: impl io::Write + Send + 'static,
    stop: impl FnOnce(&S),
) -> u8 {
    let outbox = Outbox::default();
    let writer = outbox.clone();
    std::thread::spawn(move || writer.write_to(output));
    let (sender, mut inputs) = mpsc::channel(READ_AHEAD);
    spawn_reader(input, sender.clone(), outbox.clone());
    let (mut requests, mut responses) = socket.split();
    let forward = outbox.clone();
    let mut tasks: JoinSet<()> = JoinSet::new();
    tasks.spawn(async move {
        while let Some(request) = requests.next().await {
            let (weight, body) = outgoing(&request);
            forward.push(weight, &body);
        }
    });
    let mut state = Loop { service, outbox: outbox.clone(), shut_down: false, told: Arc::default(), sender };
    let code = loop {
        // Ended tasks are forgotten as they come.
        while tasks.try_join_next().is_some() {}
        let body = match inputs.recv().await {
            Some(Input::Frame(Frame::Body(body))) => body,
            Some(Input::Frame(Frame::Broken(message))) => {
                state.refuse(Value::Null, -32700, message);
                continue;
            }
            Some(Input::Frame(Frame::End) | Input::ClientDied) | None => break u8::from(!state.shut_down),
        };
        match state.read(&body) {
            Read::Request(request) if request.method() == "exit" => break u8::from(!state.shut_down),
            Read::Request(request) => state.call(request, &mut tasks),
            // A reply to nobody is no error of the loop.
            Read::Response(response) => {
                let _ = responses.send(response).await;
            }
            Read::Nothing => {}
        }
    };
    stop(state.service.inner());
    tasks.abort_all();
    outbox.close(LAST_WORDS);
    code
}

fn spawn_reader(input: impl io::Read + Send + 'static, sender: mpsc::Sender<Input>, outbox: Outbox) {
    std::thread::spawn(move || {
        let mut input = BufReader::with_capacity(64 * 1024, input);
        loop {
            outbox.wait_for_room();
            let frame = read_frame(&mut input);
            let end = frame == Frame::End;
            if sender.blocking_send(Input::Frame(frame)).is_err() || end {
                return;
            }
        }
    });
}

struct Loop<S> {
    service: LspService<S>,
    outbox: Outbox,
    shut_down: bool,
    /// Whether the user was told of a fault in a notification.
    told: Arc<AtomicBool>,
    sender: mpsc::Sender<Input>,
}

enum Read {
    Request(Request),
    Response(Response),
    Nothing,
}

type Reply = Pin<Box<dyn Future<Output = Result<Result<Option<Response>, ExitedError>, Box<dyn Any + Send>>> + Send>>;

impl<S: LanguageServer> Loop<S> {
    fn read(&self, body: &[u8]) -> Read {
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => {
                self.refuse(Value::Null, -32700, &format!("this is no JSON: {error}"));
                return Read::Nothing;
            }
        };
        if !value.is_object() {
            let what = if value.is_array() { "batches are no part of the protocol" } else { "this is no message" };
            self.refuse(Value::Null, -32600, what);
            return Read::Nothing;
        }
        let id = value.get("id").cloned().unwrap_or(Value::Null);
        let is_response =
            value.get("method").is_none() && (value.get("result").is_some() || value.get("error").is_some());
        if is_response {
            return serde_json::from_value(value).map_or(Read::Nothing, Read::Response);
        }
        if !value.get("method").is_some_and(Value::is_string) {
            self.refuse(id, -32600, "this is neither request nor response: it has no method");
            return Read::Nothing;
        }
        match serde_json::from_value::<Request>(value) {
            Ok(request) => Read::Request(request),
            Err(error) => {
                self.refuse(id, -32600, &format!("this is no request: {error}"));
                Read::Nothing
            }
        }
    }

    /// Starts a request or notification: polled once here, so that what it changes before its first wait is changed
    /// in the order of arrival, and moved to a task of its own only if it waits.
    fn call(&mut self, request: Request, tasks: &mut JoinSet<()>) {
        let id = request.id().map_or(Value::Null, |id| serde_json::to_value(id).unwrap_or_default());
        let method = request.method().to_owned();
        self.shut_down |= method == "shutdown";
        if method == "initialize" {
            self.watch_client(request.params().and_then(|params| params.get("processId")).and_then(Value::as_u64));
        }
        let service = &mut self.service;
        let started = std::panic::catch_unwind(AssertUnwindSafe(|| service.call(request)));
        let future = match started {
            Ok(future) => future,
            Err(panic) => return self.finish(id, &method, Err(panic)),
        };
        let mut reply: Reply = Box::pin(AssertUnwindSafe(future).catch_unwind());
        match (&mut reply).now_or_never() {
            Some(done) => self.finish(id, &method, done),
            None => {
                let end = End { outbox: self.outbox.clone(), told: Arc::clone(&self.told) };
                tasks.spawn(async move {
                    let done = reply.await;
                    end.finish(id, &method, done);
                });
            }
        }
    }

    fn finish(
        &self,
        id: Value,
        method: &str,
        done: Result<Result<Option<Response>, ExitedError>, Box<dyn Any + Send>>,
    ) {
        End { outbox: self.outbox.clone(), told: Arc::clone(&self.told) }.finish(id, method, done);
    }

    fn refuse(&self, id: Value, code: i32, message: &str) {
        send_error(&self.outbox, id, code, message);
    }

    /// Ends the server when the client's process ends, even if something else holds the pipe open.
    fn watch_client(&self, pid: Option<u64>) {
        let Some(pid) = pid.and_then(|pid| i32::try_from(pid).ok()) else { return };
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let died = match waitpid_any::WaitHandle::open(pid) {
                Ok(mut handle) => handle.wait().is_ok(),
                // It died before anybody could look; any other error says nothing about it.
                Err(error) => error.raw_os_error() == Some(NO_SUCH_PROCESS),
            };
            if died {
                // Nobody receives once the loop has ended.
                let _ = sender.blocking_send(Input::ClientDied);
            }
        });
    }
}

/// `ESRCH`, the same number on Linux, macOS and the BSDs.
const NO_SUCH_PROCESS: i32 = 3;

/// How a call ends, wherever it was finished.
struct End {
    outbox: Outbox,
    told: Arc<AtomicBool>,
}

impl End {
    fn finish(
        &self,
        id: Value,
        method: &str,
        done: Result<Result<Option<Response>, ExitedError>, Box<dyn Any + Send>>,
    ) {
        match done {
            Ok(Ok(Some(response))) => {
                let body = serde_json::to_vec(&response).unwrap_or_default();
                self.outbox.push(Weight::Must, &body);
            }
            Ok(Ok(None)) => {}
            Ok(Err(_)) if !id.is_null() => send_error(&self.outbox, id, -32600, "the server has been shut down"),
            Ok(Err(_)) => {}
            Err(panic) => {
                let reason = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let reason = reason.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
                tracing::error!(method, reason, "a handler panicked");
                if !id.is_null() {
                    send_error(&self.outbox, id, -32603, &format!("{method} failed: {reason}"));
                } else if !self.told.swap(true, Ordering::Relaxed) {
                    let text = format!(
                        "groundplan: {method} failed ({reason}); please report it. What you see may be out of date."
                    );
                    let message = json!({ "jsonrpc": "2.0", "method": "window/showMessage", "params": { "type": 1, "message": text } });
                    self.outbox.push(Weight::Must, message.to_string().as_bytes());
                }
            }
        }
    }
}

fn send_error(outbox: &Outbox, id: Value, code: i32, message: &str) {
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } });
    outbox.push(Weight::Must, body.to_string().as_bytes());
}

/// A message of ours with what it weighs.
fn outgoing(request: &Request) -> (Weight, Vec<u8>) {
    let body = serde_json::to_vec(request).unwrap_or_default();
    let weight = match request.method() {
        "$/progress" => {
            let value = |name: &str| request.params().and_then(|params| params.pointer(name)).map(Value::to_string);
            match value("/value/kind").as_deref() {
                Some("\"report\"") => Weight::Newest(value("/token").unwrap_or_default()),
                _ => Weight::Must,
            }
        }
        "window/logMessage" => Weight::Droppable,
        _ => Weight::Must,
    };
    (weight, body)
}
