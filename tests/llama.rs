//! Plans by a real model server: llama.cpp with a small model, over its OpenAI and its Anthropic wire. Its prose is
//! worthless, so only form, usage, caps, overflow, cancel and resume are looked at. Runs where GROUNDPLAN_LLAMA names the
//! folder that `tests/llama/install` fills; alone, since its threads spin.

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::desk::{Desk, said};

/// A loaded machine generates two tokens a second.
const PATIENCE: Duration = Duration::from_secs(900);
/// One at a time.
static ALONE: Mutex<()> = Mutex::new(());
/// Limits that suit a small model.
const SMALL: &str = "model.limits.answer-tokens = 1500\nmodel.limits.steps = 2\nmodel.limits.silence = 600\nmodel.limits.seconds = 3000\n";
/// What fits into its context.
const CONTEXT: &str = "model.limits.context-tokens = 2500\n";
/// As many at once as the server has slots.
const TWO: &str = "model.limits.parallel = 2\n";
const REQUIREMENTS: &str = "# Export\n\n## Requirements\n\n- **FR-001**: The system MUST export orders as CSV\n";

/// A real model server; it ends with the test.
struct Llama {
    child: Child,
    port: u16,
    _alone: MutexGuard<'static, ()>,
}

impl Drop for Llama {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Llama {
    /// `None` where it is not installed.
    fn start() -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os("GROUNDPLAN_LLAMA")?);
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(folder.join("llama-server"))
            .args(["-m", folder.join("model.gguf").to_str().unwrap(), "--port", &port.to_string()])
            .args(["-c", "8192", "-np", "2", "-t", "2", "--jinja", "--host", "127.0.0.1"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut llama = Self { child, port, _alone: alone };
        let until = Instant::now() + PATIENCE;
        while !llama.is_ready() {
            assert!(Instant::now() < until && llama.child.try_wait().unwrap().is_none(), "the server does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(llama)
    }

    fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut answer = String::new();
        let asked = stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.contains("\"ok\"")
    }

    fn desk(&self, settings: &[&str]) -> Desk {
        let desk = Desk::at(&format!("http://127.0.0.1:{}/v1", self.port), &format!("{SMALL}{}", settings.concat()));
        std::fs::write(desk.requirements(), REQUIREMENTS).unwrap();
        desk
    }
}

fn exported(desk: &Desk) -> Value {
    let done = desk.run(&["runs", "export", "1"]);
    serde_json::from_slice(&done.stdout).unwrap_or_default()
}

fn answered(run: &Value) -> Vec<&Value> {
    let steps = run["steps"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    steps
        .iter()
        .filter(|step| {
            step["failure"].is_null() && !step["purpose"].as_str().unwrap_or_default().starts_with("section")
        })
        .collect()
}

#[test]
fn a_plan_over_the_openai_wire_has_the_form_that_every_plan_has() {
    let Some(llama) = Llama::start() else { return };
    let desk = llama.desk(&[CONTEXT, TWO]);
    let doctor = desk.run(&["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
    let (plan, told) = desk.plan();
    assert!(
        plan.contains("engine: model scripted") && plan.contains("## Backend Implementation Plan"),
        "{told}\n{plan}"
    );
    desk.judge();
    let run = exported(&desk);
    // Schema-constrained answers can be read unless they were cut.
    for step in run["steps"].as_array().unwrap() {
        let failure = step["failure"].as_str().unwrap_or_default();
        let cut =
            ["cut off", "called a tool at the last turn", "not in the form"].iter().any(|said| failure.contains(said));
        assert!(failure.is_empty() || cut, "{step}");
        let used = &step["usage"];
        assert!(used["sent"].as_u64() > Some(0) && used["received"].as_u64() > Some(0), "{step}");
    }
    assert!(!answered(&run).is_empty(), "{run:#}");
    // A prompt that begins like the one before is taken from the server's memory.
    assert!(run["run"]["usage"]["cached"].as_u64() > Some(0), "{}", run["run"]);
    // Resources of the second time: everything that was answered is known.
    let (_, again) = desk.plan();
    assert!(again.contains("known from before"), "{again}");
}

#[test]
fn the_anthropic_wire_streams_and_counts_too() {
    let Some(llama) = Llama::start() else { return };
    // This server ignores the form that is asked for over this wire, so that what comes is read as it is.
    let desk =
        llama.desk(&[CONTEXT, TWO, "model.provider = 'anthropic'\nmodel.tools = 'json'\nmodel.limits.requests = 6\n"]);
    let (plan, told) = desk.plan();
    assert!(plan.contains("## Backend Implementation Plan"), "{told}\n{plan}");
    desk.judge();
    let run = exported(&desk);
    assert!(run["run"]["usage"]["received"].as_u64() > Some(0), "{run:#}");
    assert!(told.contains("limit of 6 requests is reached"), "{told}");
}

#[test]
fn what_does_not_fit_into_the_context_is_said() {
    let Some(llama) = Llama::start() else { return };
    let desk = llama.desk(&[TWO, "model.limits.context-tokens = 60000\n"]);
    let many: String = (1..=300)
        .map(|n| {
            format!(
                "- **FR-{n:03}**: The system MUST export orders of customer number {n} as a table with their totals\n"
            )
        })
        .collect();
    std::fs::write(desk.requirements(), format!("# Export\n\n## Requirements\n\n{many}")).unwrap();
    let (_, told) = desk.plan();
    assert!(told.contains("does not fit into the context of scripted, even shortened"), "{told}");
    desk.judge();
}

#[test]
fn a_cap_of_tokens_holds() {
    let Some(llama) = Llama::start() else { return };
    let desk = llama.desk(&[CONTEXT, TWO, "model.limits.tokens = 5000\n"]);
    let (_, told) = desk.plan();
    assert!(told.contains("limit of 5000 tokens is reached"), "{told}");
    let usage = exported(&desk)["run"]["usage"].clone();
    assert!(usage["sent"].as_u64().unwrap() + usage["received"].as_u64().unwrap() <= 5000, "{usage}");
    desk.judge();
}

#[test]
fn a_run_is_killed_resumed_and_cancelled() {
    let Some(llama) = Llama::start() else { return };
    let desk = llama.desk(&[CONTEXT, "model.limits.parallel = 1\n"]);
    let mut child = desk.command(&["plan", "req.md"]).stderr(Stdio::null()).spawn().unwrap();
    let until = Instant::now() + PATIENCE;
    while answered(&exported(&desk)).is_empty() {
        assert!(Instant::now() < until && child.try_wait().unwrap().is_none(), "nothing was answered");
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(std::fs::read_to_string(desk.requirements()).unwrap(), REQUIREMENTS);
    let before = exported(&desk);
    assert_eq!(before["run"]["status"], "interrupted");
    // Cancelled while it generates; what was answered stays known.
    let mut child = desk.command(&["runs", "resume", "1"]).stderr(Stdio::null()).spawn().unwrap();
    while !desk.run(&["runs", "cancel", "1"]).status.success() {
        assert!(Instant::now() < until && child.try_wait().unwrap().is_none(), "it does not run");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(exported(&desk)["run"]["status"], "cancelled");
    let done = desk.run(&["runs", "resume", "1"]);
    assert!(done.status.success() && said(&done).contains("known from before"), "{}", said(&done));
    let after = exported(&desk);
    for step in answered(&before) {
        let times = answered(&after).iter().filter(|other| other["purpose"] == step["purpose"]).count();
        assert_eq!(times, 1, "{step}");
    }
    desk.judge();
}
