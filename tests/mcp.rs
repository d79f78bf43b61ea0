//! Tools of a real MCP server, over standard input and output and over HTTP; runs where GROUNDPLAN_MCP names the
//! script of the reference server that `tests/mcp/install` installs.

mod support;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use support::desk::{Desk, asks_for_places, bare, claim, nothing, said, step};
use support::model::{Reply, Server};

fn script() -> Option<String> {
    std::env::var("GROUNDPLAN_MCP").ok()
}

/// A model that calls the tool `echo` and quotes what it says.
fn echoing() -> Server {
    Server::start(|asked, _| {
        let last = asked.last();
        match () {
            () if !asks_for_places(asked) => nothing(),
            () if last.contains("Echo: orders are exported") => {
                let label =
                    last.split('[').filter_map(|part| part.split(']').next()).find(|part| part.starts_with('s'));
                Reply::Text(claim(
                    "Orders are exported elsewhere, too",
                    &[label.unwrap()],
                    "orders are exported at night",
                ))
            }
            () => Reply::Text(step(
                "mcp__every__echo",
                json!({ "message": "orders are exported at night; api_key=abcd1234efgh5678" }),
            )),
        }
    })
}

fn check(desk: &Desk, server: &Server) {
    let (plan, told) = desk.plan();
    assert!(bare(&plan).contains("- Orders are exported elsewhere, too.\n"), "{told}\n{plan}");
    assert!(
        plan.contains("[mcp every.echo {\"message\":\"orders are exported at night; api_key=(redacted)\"}]"),
        "{plan}"
    );
    let asked = server.asked.lock().unwrap();
    // What a tool says is redacted before it is sent, too.
    assert!(asked.iter().any(|asked| asked.last().contains("Echo: orders") && asked.last().contains("[redacted]")));
    drop(asked);
    desk.judge();
}

#[test]
fn tools_are_called_over_standard_input_and_output() {
    let Some(script) = script() else { return };
    let server = echoing();
    let settings = format!("[mcpServers.every]\ncommand = 'node'\nargs = ['{script}', 'stdio']\ntools = ['echo']\n");
    check(&Desk::new(&server, &settings), &server);
}

/// Ends a process with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn tools_are_called_over_http() {
    let Some(script) = script() else { return };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("node");
    command.args([&script, "streamableHttp"]).env("PORT", port.to_string());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Ended).unwrap();
    let until = Instant::now() + support::PATIENCE;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until && child.0.try_wait().unwrap().is_none(), "the server does not listen");
        std::thread::sleep(Duration::from_millis(50));
    }
    let server = echoing();
    let settings = format!("[mcpServers.every]\nurl = 'http://127.0.0.1:{port}/mcp'\ntools = ['echo']\n");
    check(&Desk::new(&server, &settings), &server);
}

#[test]
fn a_tool_that_nobody_allowed_is_not_offered() {
    let Some(script) = script() else { return };
    let server = Server::start(|asked, _| match asks_for_places(asked) {
        true if asked.last().contains("Result of") => nothing(),
        true => Reply::Text(step("mcp__every__get-env", json!({}))),
        false => nothing(),
    });
    let settings = format!("[mcpServers.every]\ncommand = 'node'\nargs = ['{script}', 'stdio']\ntools = ['echo']\n");
    let desk = Desk::new(&server, &settings);
    desk.plan();
    let asked = server.asked.lock().unwrap();
    assert!(asked.iter().any(|asked| asked.last().contains("There is no tool `mcp__every__get-env`")));
    assert!(!asked.iter().any(|asked| asked.body["response_format"].to_string().contains("get-env")));
    drop(asked);
    let out = desk.run(&["doctor"]);
    assert!(String::from_utf8_lossy(&out.stdout).contains("  mcp__every__echo\n"));
}

#[test]
fn a_server_that_cannot_be_started_is_said_and_left_out() {
    let server = Server::start(|_, _| nothing());
    let desk = Desk::new(&server, "[mcpServers.gone]\ncommand = '/nowhere/at-all'\n");
    let done = desk.run(&["plan", "req.md"]);
    assert!(done.status.success());
    assert!(
        said(&done).contains("the MCP server `gone` is left out: `/nowhere/at-all` could not be started"),
        "{}",
        said(&done)
    );
    let doctor = desk.run(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(1));
}
