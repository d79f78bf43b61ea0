//! What plans take from what exists: commits that made something like it, counterparts in other parts, named types.

mod support;

use support::plans::check;

const PLUGIN: &str = "/** A plugin with its hooks. */\nexport interface Plugin {\n  name: string\n}\n";
const PLUGIN_WITH_HOOK: &str = "/** A plugin with its hooks. */\nexport interface Plugin {\n  name: string\n  configureServer?: (server: object) => void\n}\n";
const SERVER: &str = "/** Starts the server. */\nexport function createServer() {\n  return { listen() {} }\n}\n";
const SERVER_WITH_HOOK: &str = "/** Starts the server. */\nexport function createServer(plugins: object[]) {\n  for (const plugin of plugins) plugin.configureServer()\n  return { listen() {} }\n}\n";
const GUIDE: &str =
    "# Plugins\n\n## Names\n\nA plugin has a name, and hooks that the server calls when it closes or opens.\n";
const GUIDE_WITH_HOOK: &str = "# Plugins\n\n## Names\n\nA plugin has a name, and hooks that the server calls when it closes or opens.\n\n```sh\n# the server closes its plugin hooks\n```\n\n## `configureServer`\n\nIs called once.\n";
const OTHER: &str = "/** Parses an address. */\nexport function parseAddress(text: string) { return text }\n";

#[test]
fn a_commit_that_made_one_more_of_the_kind_is_followed() {
    let hook: &[(&str, &str)] = &[
        ("src/plugin.ts", PLUGIN_WITH_HOOK),
        ("src/server.ts", SERVER_WITH_HOOK),
        ("docs/plugins.md", GUIDE_WITH_HOOK),
    ];
    let start: &[(&str, &str)] =
        &[("src/plugin.ts", PLUGIN), ("src/server.ts", SERVER), ("docs/plugins.md", GUIDE), ("src/address.ts", OTHER)];
    check(
        &[
            ("Start", start),
            ("feat: new hook `configureServer` (#12)", hook),
            ("fix: a hook of a plugin that closes the server twice", &[("src/address.ts", "export const a = 1\n")]),
            ("Parse addresses", &[("src/address.ts", OTHER)]),
        ],
        "- **FR-001**: A plugin MUST be able to define a hook that is called when the server closes\n- **FR-002**: The hook MUST be documented in the guide of plugins\n- **FR-003**: The names MUST be documented in the guide",
        &[
            "FR-001 can follow commit",
            "“feat: new hook 'configureServer' (#12)”",
            "which made something like it: it changed `plugin.ts` and `src/server.ts`; the text in `plugins.md`.",
            "`configureServer` (line 11)",
            "`Names` (line 3)",
        ],
        &[],
    );
}

#[test]
fn where_flags_are_made_is_a_place() {
    let flags = "package commands\n\n// Init defines what can be typed: which page to render.\nfunc Init() {}\n";
    let with = |name: &str| format!("{flags}\nvar _ = \"{name}\"\n");
    let (quiet, color) = (with("quiet"), with("color"));
    let render = "package render\n\n// RenderSegments renders named segments of a page.\nfunc RenderSegments() {}\n";
    check(
        &[
            (
                "Start",
                &[("commands/root.go", flags), ("render/segments.go", render), ("quiet/quiet.go", "package quiet\n")],
            ),
            (
                "commands: Add --quiet flag",
                &[("commands/root.go", &quiet), ("quiet/quiet.go", "package quiet\n\nfunc A() {}\n")],
            ),
            ("commands: Add --color flag", &[("commands/root.go", &color), ("color/color.go", "package color\n")]),
            ("Sort links", &[("links/a.go", "package links\n")]),
            ("Read themes", &[("themes/a.go", "package themes\n")]),
            ("Watch folders", &[("watch/a.go", "package watch\n")]),
            (
                "render: Faster",
                &[(
                    "render/segments.go",
                    "package render\n\n// RenderSegments renders named segments of a page.\nfunc RenderSegments() { }\n",
                )],
            ),
        ],
        "- **FR-001**: `site --onlySegments a,b` MUST render only the named segments of a page",
        &["Extend `commands/root.go` at `Init` (line 4) for FR-001; likely place."],
        &["Extend `color/color.go`", "Extend `quiet/quiet.go`"],
    );
}

const WORKERS: &str = "class WorkersClient:\n    \"\"\"Workers.\"\"\"\n\n    def pause(self, worker_id):\n        \"\"\"Pause a worker by its id.\"\"\"\n        return self.update(worker_id, paused=True)\n\n    def unpause(self, worker_id):\n        return self.update(worker_id, paused=False)\n";
const WORKFLOWS: &str = "class WorkflowsClient:\n    \"\"\"Workflows.\"\"\"\n\n    def list(self):\n        return self.get(\"/workflows\")\n";
const API: &str = "package api\n\n// UpdateWorkflow changes a workflow.\nfunc UpdateWorkflow() {}\n";

#[test]
fn the_counterpart_of_what_another_part_has_is_the_place() {
    check(
        &[(
            "Start",
            &[
                ("sdks/python/features/workers.py", WORKERS),
                ("sdks/python/features/workflows.py", WORKFLOWS),
                ("api/workflow.go", API),
                ("api/run.go", "package api\n\n// Run runs.\nfunc Run() {}\n"),
                ("api/list.go", "package api\n\n// List lists.\nfunc List() {}\n"),
                ("api/serve.go", "package api\n\n// Serve serves.\nfunc Serve() {}\n"),
            ],
        )],
        "- **FR-001**: The Python SDK MUST offer `pause` and `unpause` for workflows",
        &[
            "Extend `sdks/python/features/workflows.py`",
            "`WorkersClient.unpause` and `WorkersClient.pause` of `sdks/python/features/workers.py` do for another part what FR-001 asks for; `sdks/python/features/workflows.py` is its counterpart.",
            "Follow `WorkersClient.unpause` of `sdks/python/features/workers.py`.",
        ],
        &["Extend `sdks/python/features/workers.py`"],
    );
}

#[test]
fn what_is_behind_is_meant_where_no_side_of_the_product_is_named() {
    check(
        &[(
            "Start",
            &[
                ("sdks/python/features/workers.py", WORKERS),
                ("api/workflow.go", API),
                ("api/run.go", "package api\n\n// Run runs.\nfunc Run() {}\n"),
                ("api/list.go", "package api\n\n// List lists.\nfunc List() {}\n"),
            ],
        )],
        "- **FR-001**: A user MUST be able to pause and unpause a workflow\n- **FR-002**: The SDK MUST pause a worker",
        &["Extend `api/workflow.go`", "Extend `sdks/python/features/workers.py` at `WorkersClient.pause` (line 4)"],
        &["workers.py` at `WorkersClient.pause` (line 4) and `WorkersClient` (line 1) for FR-001"],
    );
}

#[test]
fn a_type_that_is_the_subject_is_where_the_work_starts() {
    let router = "/// Routes requests.\npub struct Router;\n\nimpl Router {\n    pub fn route(&self) {}\n}\n";
    let method = "/// A method handler answers requests of a path whose method matches the route of a router.\npub struct MethodHandler;\n\nimpl MethodHandler {\n    /// Answers requests whose method has no handler.\n    pub fn answer_method(&self) {}\n}\n";
    check(
        &[(
            "Start",
            &[("src/router.rs", router), ("src/method.rs", method), ("src/lib.rs", "mod method;\nmod router;\n")],
        )],
        "- **FR-001**: `Router` MUST let the user set one handler that answers requests whose path matches a route but whose method has no handler",
        &["- **Components**:\n  - Extend `src/router.rs` at `Router`"],
        &[],
    );
}

const ORDERS: &str = "package api\n\n// ListOrders lists orders, at most 50 of them.\nfunc ListOrders() {}\n";
const TABLE: &str = "export function OrdersTable() { return <ul>orders at most 50 page</ul> }\n";

/// A requirement of a product with an API and an interface: where it is built, and where not.
fn check_side(requirement: &str, says: &[&str], silent: &[&str]) {
    check(
        &[(
            "Start",
            &[
                ("api/orders.go", ORDERS),
                ("api/run.go", "package api\n\n// Run runs.\nfunc Run() {}\n"),
                ("api/serve.go", "package api\n\n// Serve serves.\nfunc Serve() {}\n"),
                ("frontend/orders.tsx", TABLE),
            ],
        )],
        &format!("- **FR-001**: {requirement}"),
        says,
        silent,
    );
}

#[test]
fn a_side_is_meant_where_it_is_named() {
    let (api, frontend) = ("Extend `api/orders.go`", "Extend `frontend/orders.tsx`");
    check_side("The API MUST return at most 50 orders per page", &[api], &[frontend]);
    check_side("The dashboard MUST list at most 50 orders", &[frontend], &[api]);
    check_side("The API and the dashboard MUST list at most 50 orders", &[api], &[]);
}

#[test]
fn what_must_stay_is_left_as_it_is() {
    let proxy =
        "/** Passes requests on. */\nexport function proxyRequest() { return 'timeout of a proxied request' }\n";
    let socket = "/** Connects a socket. */\nexport function connectSocket() { return 'socket connections' }\n";
    check(
        &[("Start", &[("src/proxy.ts", proxy), ("src/socket.ts", socket)])],
        "- **FR-001**: The proxy MUST stop a proxied request\n- **FR-002**: Socket connections MUST NOT be affected",
        &[
            "Leave `src/socket.ts` at `connectSocket` (line 2) as it is for FR-002",
            "1 existing file to extend",
            "Leave `src/socket.ts`",
        ],
        &["Extend `src/socket.ts`"],
    );
}

#[test]
fn a_phase_waits_for_what_it_speaks_of_and_for_what_it_uses() {
    let cron = "/** Pauses a cron. */\nexport function pauseCron() { return 'cron' }\n";
    let report = "/** Writes a weekly report. */\nexport function writeWeeklyReport() { return 'weekly report' }\n";
    let mail = "import { writeWeeklyReport } from './report'\n\n/** Sends a digest mail. */\nexport function sendDigestMail() { return writeWeeklyReport() }\n";
    check(
        &[("Start", &[("src/cron.ts", cron), ("src/report.ts", report), ("src/mail.ts", mail)])],
        "- **FR-001**: A user MUST be able to pause a cron\n- **FR-002**: The function `writeWeeklyReport` MUST write the weekly report as text\n- **FR-003**: A digest mail MUST be sent once the cron is paused",
        &[
            "Phase 1, since FR-003 speaks of what FR-001 asks for: “cron” and “paused”.",
            "Phase 2, since `mail.ts` uses `report.ts`.",
        ],
        &[],
    );
}

#[test]
fn a_type_whose_name_is_spelled_is_a_place() {
    let event = "package shop;\n\npublic class OrderOnCallRejectedEvent {\n    public long time() { return 0; }\n}\n";
    let order = "package shop;\n\n/** Calls for an order. */\npublic class Order {\n    public void call() {}\n}\n";
    check(
        &[("Start", &[("src/OrderOnCallRejectedEvent.java", event), ("src/Order.java", order)])],
        "# Waiting for an order\n\n## Requirements\n\n- **FR-001**: The event of a rejected call MUST carry the waiting time",
        &["Extend `src/OrderOnCallRejectedEvent.java` at `OrderOnCallRejectedEvent` (line 3)", "strong place"],
        &[],
    );
}
