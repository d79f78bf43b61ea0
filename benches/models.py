#!/usr/bin/env python3
"""What a run by a model costs besides the model: benches/models.py GROUNDPLAN [ROOT]

A server of fixed latency answers every question at once, so that the time that is left is groundplan's own. Prints, for
16 questions under a limit of 8, the time against the ideal and the CPU per question; and, in an editor, the time to the
first inserted section against the end of the run. With ROOT, the tokens of a plan of that repository, as estimated.
"""
import json, os, re, resource, subprocess, sys, tempfile, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LATENCY = 0.5
EMPTY = {"step": {"action": "answer", "claims": [], "places": [], "not_places": [], "open": ["what else there is"]}}
asked = []


class Model(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        begin = time.monotonic()
        question = b"Question (" in body
        time.sleep(LATENCY)
        text = json.dumps(EMPTY)
        if not question:
            fields = json.loads(body)["response_format"]["json_schema"]["schema"]["properties"]["fields"]
            names = fields["items"]["properties"]["name"]["enum"]
            line = {"text": "Told by the model", "sources": [], "open": False}
            text = json.dumps({"fields": [{"name": name, "lines": [line]} for name in names]})
        chunks = [
            {"choices": [{"index": 0, "delta": {"role": "assistant", "content": text}}]},
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        ]
        out = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(out)))
        self.end_headers()
        self.wfile.write(out.encode())
        asked.append((begin, time.monotonic(), question, len(body)))


class Server(ThreadingHTTPServer):
    request_queue_size = 64


def desk(server, requirements, root=None):
    folder = Path(tempfile.mkdtemp())
    config = folder / "config/groundplan"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        f"research.registries = false\nmodel.name = 'scripted'\nmodel.endpoint = 'http://127.0.0.1:{server.server_port}/v1'\n"
        "model.limits.parallel = 8\n"
    )
    if root is None:
        root = folder / "repo"
        (root / "src").mkdir(parents=True)
        for name in ["orders", "users", "mail", "report", "csv"]:
            (root / f"src/{name}.ts").write_text(f"/** Keeps {name}. */\nexport class {name.title()}Store {{\n  all() {{ return [] }}\n}}\n")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        (root / "req.md").write_text(requirements)
    environment = dict(os.environ, XDG_CONFIG_HOME=str(folder / "config"), XDG_STATE_HOME=str(folder / "state"), XDG_CACHE_HOME=str(folder / "cache"))
    return root, environment


def requirements(count):
    topics = ["export orders as a table", "show users by name", "send mail to customers", "print a report of totals", "keep old files apart"]
    lines = [f"- **FR-{n + 1:03}**: The system MUST {topics[n % 5]} for case {n}" for n in range(count)]
    return "# Work\n\n## Requirements\n\n" + "\n".join(lines) + "\n"


def run(command, root, environment):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sixteen(groundplan, server):
    for count in range(1, 9):
        root, environment = desk(server, requirements(count))
        done, _ = run([groundplan, "plan", "req.md", "--dry-run"], root, environment)
        if int(done.stdout.split()[0]) >= 16:
            break
    number = int(done.stdout.split()[0])
    # The index is warm for both.
    run([groundplan, "plan", "req.md", "--engine", "evidence", "--stdout"], root, environment)
    _, without = run([groundplan, "plan", "req.md", "--engine", "evidence", "--stdout"], root, environment)
    asked.clear()
    _, cpu = run([groundplan, "plan", "req.md", "--stdout"], root, environment)
    questions = [one for one in asked if one[2]]
    took = max(end for _, end, _, _ in questions) - min(begin for begin, _, _, _ in questions)
    ideal = LATENCY * -(-number // 8)
    print(f"{number} questions, 8 at once, {LATENCY} s each: {took:.2f} s, {took / ideal:.3f} of the ideal")
    print(f"CPU: {cpu:.3f} s, {without:.3f} s without a model: {(cpu - without) * 1000 / len(asked):.1f} ms a request, start included")
    # What a run costs once (certificates, the journal) is no question's: the rest is the slope between two runs.
    requests = len(asked)
    root, environment = desk(server, requirements(1))
    run([groundplan, "plan", "req.md", "--engine", "evidence", "--stdout"], root, environment)
    _, small_without = run([groundplan, "plan", "req.md", "--engine", "evidence", "--stdout"], root, environment)
    asked.clear()
    _, small = run([groundplan, "plan", "req.md", "--stdout"], root, environment)
    slope = ((cpu - without) - (small - small_without)) / (requests - len(asked))
    print(f"CPU of one more request: {slope * 1000:.1f} ms")


def editor(groundplan, server):
    root, environment = desk(server, requirements(4))
    child = subprocess.Popen([groundplan, "lsp"], cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    uri, text, version = (root / "req.md").as_uri(), (root / "req.md").read_text(), [1]

    def send(message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        child.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        child.stdin.flush()

    def receive():
        length = 0
        while (line := child.stdout.readline().strip()):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(child.stdout.read(length))

    def apply(edits):
        nonlocal text
        lines = text.split("\n")
        offset = lambda p: sum(len(line) + 1 for line in lines[: p["line"]]) + p["character"]
        for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
            text = text[: offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]) :]
        version[0] += 1
        document = {"uri": uri, "version": version[0]}
        send({"method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": [{"text": text}]}})

    capabilities = {"workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}}, "general": {"positionEncodings": ["utf-32"]}}
    send({"id": 1, "method": "initialize", "params": {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": capabilities}})
    receive()
    send({"method": "initialized", "params": {}})
    send({"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": "markdown", "version": 1, "text": text}}})
    begin = time.monotonic()
    send({"id": 2, "method": "workspace/executeCommand", "params": {"command": "groundplan.generate", "arguments": [{"uri": uri}]}})
    first = None
    while True:
        message = receive()
        if message.get("method") == "workspace/applyEdit":
            first = first or time.monotonic() - begin
            send({"id": message["id"], "result": {"applied": True}})
            apply(message["params"]["edit"]["documentChanges"][0]["edits"])
        elif message.get("method") == "window/showMessage":
            print(f"in an editor: first section after {first:.2f} s, {message['params']['message']} after {time.monotonic() - begin:.2f} s")
            break
        elif "id" in message and "method" in message:
            send({"id": message["id"], "result": None})
    child.kill()


def tokens(groundplan, server, root, document):
    root, environment = desk(server, "", Path(root))
    asked.clear()
    done, _ = run([groundplan, "plan", document, "--root", str(root), "--stdout"], root, environment)
    print(re.search(r"used .*", done.stderr).group(0))
    sizes = sorted(size for _, _, question, size in asked if question)
    print(f"bytes of a question's request: {sizes[0]} to {sizes[-1]}, median {sizes[len(sizes) // 2]}")


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    binary = str(Path(sys.argv[1]).resolve())
    sixteen(binary, server)
    editor(binary, server)
    if len(sys.argv) > 3:
        tokens(binary, server, sys.argv[2], sys.argv[3])
