//! What requirements name by more than their words: what the document is about, what they write out, settings, contracts.

mod support;

use support::plans::check;

const LIMITS: &str = "package store\n\n// Upsert writes rows.\nfunc Upsert(rows int) int { return rows }\n";
const EVENTS: &str = "package store\n\n// PushEvents pushes events of a minute and sets how many an operator may have.\nfunc PushEvents(events int) int { return events }\n";
const OPERATOR: &str = "package operator\n\n// NewOperator makes an operator.\nfunc NewOperator() {}\n";
const QUERIES: &str = "-- name: UpsertLimits :exec\nINSERT INTO limits VALUES (1);\n\n-- name: CountEvents :one\nSELECT count(*) FROM events;\n";

#[test]
fn a_file_that_is_named_after_what_the_document_is_about_is_a_place() {
    check(
        &[(
            "Start",
            &[("store/tenant_limit.go", LIMITS), ("store/events.go", EVENTS), ("operator/operator.go", OPERATOR)],
        )],
        "# Limits on events for each tenant\n\n## Requirements\n\n- **FR-001**: An operator MUST be able to set, for each tenant, how many events it may push in a minute",
        &[
            "Extend `store/tenant_limit.go` for FR-001; likely place. Read `Upsert` (line 4) first.",
            "it is named after what the document is about: “tenant” and “limit”",
            "#### Phase 1: Set how many events it may push in a minute",
        ],
        &["Extend `operator/operator.go`"],
    );
}

#[test]
fn queries_are_places_by_their_names() {
    check(
        &[("Start", &[("sql/tenant_limits.sql", QUERIES), ("store/events.go", EVENTS)])],
        "# Limits for each tenant\n\n## Requirements\n\n- **FR-001**: A count of the events of a tenant MUST be kept with its limits",
        &["Extend `sql/tenant_limits.sql` at `CountEvents` (line 4)", "`CountEvents` (query, line 4)"],
        &[],
    );
}

#[test]
fn what_a_requirement_writes_out_is_found_where_it_stands() {
    let start = "#!/usr/bin/env node\nconst at = process.argv.indexOf('--profile')\nif (at > 0) process.exit(at)\n";
    let view = "export function handle(wait: number) {\n  const headers = {}\n  headers['Retry-After'] = wait\n  return headers\n}\n\nexport function other() {\n  return 'responses that were refused keep a header'\n}\n";
    let guide = "# Guide\n\n## Measuring\n\nRun it with `--profile`.\n\n## Names\n\nNames of files.\n";
    check(
        &[(
            "Start",
            &[
                ("bin/tool.js", start),
                ("src/view.ts", view),
                ("src/names.ts", "export function optionalName() { return 'name' }\n"),
                ("docs/guide.md", guide),
            ],
        )],
        "- **FR-001**: `tool --profile` MUST accept an optional name\n- **FR-002**: Responses that were refused MUST carry the header `Retry-After`\n- **FR-003**: The name MUST be documented in the guide",
        &[
            "line 2 says `--profile`",
            "Extend `bin/tool.js` at `--profile` (line 2) for FR-001",
            "Extend `src/view.ts` at `handle` (line 1)",
            "Extend `docs/guide.md` at `Measuring` (line 3) for FR-003",
        ],
        &[],
    );
}

fn check_carts(publisher: &str, base: &str, says: &[&str], not: &[&str]) {
    check(
        &[(
            "Start",
            &[
                ("src/main/java/shop/TaggedCartMetricsPublisher.java", publisher),
                ("src/main/java/shop/AbstractCartMetrics.java", base),
            ],
        )],
        "- **FR-001**: The metrics of a cart MUST be published by the tagged publisher with one more tag",
        says,
        not,
    );
}

#[test]
fn the_type_that_a_place_extends_is_a_place_where_it_keeps_more() {
    let publisher = "package shop;\n\npublic class TaggedCartMetricsPublisher extends AbstractCartMetrics {\n    void publish() {}\n}\n";
    let base = "package shop;\n\n/** Registers metrics of carts. */\nabstract class AbstractCartMetrics {\n    /** Registers a tag of a cart. */\n    void register() {}\n    void remove() {}\n}\n";
    check_carts(
        publisher,
        base,
        &[
            "Extend `src/main/java/shop/AbstractCartMetrics.java`",
            "`TaggedCartMetricsPublisher` extends its `AbstractCartMetrics`",
        ],
        &[],
    );
}

#[test]
fn a_thin_type_gives_way_to_a_base_that_is_a_place_already() {
    let publisher = "package shop;\n\n/** Publishes metrics of a cart with a tag. */\npublic class TaggedCartMetricsPublisher extends AbstractCartMetrics {\n    void publish() {}\n}\n";
    let base = "package shop;\n\n/** Publishes metrics of a cart with a tag, tagged by a publisher. */\nabstract class AbstractCartMetrics {\n    /** Publishes a tag of a cart. */\n    void publishTag() {}\n    void remove() {}\n    void add() {}\n}\n";
    check_carts(
        publisher,
        base,
        &["Extend `src/main/java/shop/AbstractCartMetrics.java`", "1 existing file to extend"],
        &["Extend `src/main/java/shop/TaggedCartMetricsPublisher.java`"],
    );
}

#[test]
fn the_configuration_of_the_whole_is_where_every_option_went() {
    let config = |options: &str| {
        format!("package config\n\n// Config is what a user sets.\ntype Config struct {{\n{options}}}\n")
    };
    let (one, two) = (config("\tTitle string\n"), config("\tTitle string\n\tTheme string\n"));
    let media = "package media\n\n// Config is what a medium has: named parts of a site.\ntype Config struct{}\n";
    check(
        &[
            (
                "Start",
                &[
                    ("config/allconfig.go", &one),
                    ("media/config.go", media),
                    ("site/render.go", "package site\n\n// RenderParts renders named parts.\nfunc RenderParts() {}\n"),
                ],
            ),
            ("Add theme", &[("config/allconfig.go", &two)]),
        ],
        "- **FR-001**: The site configuration MUST allow named parts",
        &["Extend `config/allconfig.go` at `Config` (line 4) for FR-001"],
        &[],
    );
}

#[test]
fn the_contract_of_an_api_is_a_place() {
    let handler = "package workflows\n\n// UpdateWorkflow changes a workflow.\nfunc UpdateWorkflow() {}\n";
    let path = "paths:\n  /workflows:\n    post: {}\n";
    check(
        &[(
            "Start",
            &[
                ("api/handlers/workflows/update.go", handler),
                ("contracts/openapi/paths/workflow.yaml", path),
                ("contracts/openapi/paths/tenant.yaml", path),
            ],
        )],
        "# Pause a workflow\n\n## Requirements\n\n- **FR-001**: The REST API MUST let a tenant member pause a workflow",
        &["Extend `contracts/openapi/paths/workflow.yaml` for FR-001", "it says what the API accepts and answers"],
        &["tenant.yaml"],
    );
}

#[test]
fn settings_are_found_by_what_they_are_of() {
    let limiter = "package shop;\n\n/** A cart with a configuration that can be switched on by default. */\npublic class Cart {\n    /** Whether measurement is switched on. */\n    boolean isOn() { return true; }\n}\n";
    let config = "package shop;\n\npublic class CartConfig {\n    int size() { return 1; }\n}\n";
    check(
        &[("Start", &[("src/main/java/shop/Cart.java", limiter), ("src/main/java/shop/CartConfig.java", config)])],
        "- **FR-001**: The measurement MUST be switched on in the configuration of a cart",
        &["Extend `src/main/java/shop/CartConfig.java` at `CartConfig` (line 3)", "FR-001; strong place."],
        &[],
    );
}

#[test]
fn what_restrains_other_work_is_built_with_it() {
    let proxy = "/** Passes requests and connections of a socket on, until a timeout cuts them. */\nexport function proxyConnections() { return 1 }\n";
    let socket = "/** Connects a web socket. */\nexport function connectSocket() { return 'web socket connections' }\n";
    let log = "/** Logs words to a file. */\nexport function logWords() { return 'log' }\n";
    check(
        &[("Start", &[("src/proxy.ts", proxy), ("src/socket.ts", socket), ("src/log.ts", log)])],
        "- **FR-001**: The proxy MUST stop a request after a timeout\n- **FR-002**: Words MUST be logged to a file\n- **FR-003**: Socket connections MUST NOT be cut by the timeout",
        &["#### Phase 1: Stop a request after a timeout (with FR-003)", "#### Phase 2: Log words to a file"],
        &["#### Phase 3", "Extend `src/socket.ts`"],
    );
}

#[test]
fn criteria_of_the_whole_document_are_shown_with_what_they_are_of() {
    let proxy =
        "/** Passes requests on to a target within a timeout. */\nexport function proxyRequest() { return 1 }\n";
    check(
        &[("Start", &[("src/proxy.ts", proxy)])],
        "- **FR-001**: The proxy MUST stop a request after a timeout with 504\n- **FR-002**: The proxy MUST log its target\n\n## Acceptance criteria\n\n- A backend that hangs is answered with 504.\n- Nobody has to do a thing.\n",
        &[
            "FR-001.1: A backend that hangs is answered with 504. Shown by a new test",
            "FR-001 has 1 acceptance criterion",
            "After the last phase, see that this holds for the whole: “Nobody has to do a thing”.",
            "FR-002 has no acceptance criterion",
        ],
        &[],
    );
}

#[test]
fn a_switch_is_built_with_what_it_switches_and_what_keeps_it_before() {
    let count = "/** Counts calls of a gate. */\nexport function countCalls() { return 'calls of a gate' }\n";
    let settings = "/** What can be switched on in the gate: settings of counting. */\nexport const gateSettings = { counting: 'off by default' }\nexport function readGateSettings() { return gateSettings }\n";
    check(
        &[("Start", &[("src/count.ts", count), ("src/settings.ts", settings)])],
        "- **FR-001**: Calls of a gate MUST be counted\n- **FR-002**: The counting of calls MUST be switched on in the settings of the gate, and off by default",
        &[
            "#### Phase 1: Count calls of a gate (with FR-002)",
            "- **Components**:\n  - Extend `src/settings.ts`",
            "Extend `src/count.ts` at `countCalls`",
        ],
        &["#### Phase 2"],
    );
    check(
        &[("Start", &[("src/count.ts", count), ("src/settings.ts", settings)])],
        "- **FR-001**: Calls of a gate MUST be counted\n- **FR-002**: The counting of calls MUST be stored in the settings of the gate",
        &[
            "#### Phase 1: Store the counting of calls",
            "#### Phase 2: Count calls of a gate",
            "Phase 1, since FR-001 rests on what FR-002 keeps.",
        ],
        &[],
    );
}

#[test]
fn a_path_that_is_written_out_is_the_place() {
    let sse = "//! Serves events.\npub fn serve_events() {}\n";
    check(
        &[(
            "Start",
            &[
                ("src/response/sse.rs", sse),
                ("examples/sse/src/main.rs", "fn main() {}\n"),
                ("Cargo.toml", "[package]\nname = \"a\"\n"),
            ],
        )],
        "- **FR-001**: The example `examples/sse` MUST serve named events",
        &["Extend `examples/sse/src/main.rs`", "FR-001 names its path"],
        &[],
    );
}

#[test]
fn a_flag_that_is_there_may_be_met() {
    let list = "package list\n\n// NewCmdList lists releases, without drafts if that is asked for.\nfunc NewCmdList() { flags.Bool(\"exclude-drafts\", false, \"leave out drafts\") }\n";
    check(
        &[("Start", &[("release/list.go", list)])],
        "- **FR-001**: The list of releases MUST accept `--exclude-drafts`\n- **FR-002**: The list of releases MUST accept `--exclude-old`",
        &["FR-001 may be met already: `release/list.go` names `--exclude-drafts` in line 4"],
        &["FR-002 may be met"],
    );
}

#[test]
fn what_is_built_here_is_no_technology_to_choose() {
    let throttle = "\"\"\"Throttling of requests.\"\"\"\n\nclass RateLimitThrottle:\n    \"\"\"Limits the rate of requests of a user.\"\"\"\n    def allow_request(self):\n        return 'rate limit of requests'\n";
    check(
        &[(
            "Start",
            &[("app/throttling.py", throttle), ("pyproject.toml", "[project]\nname = \"app\"\ndependencies = []\n")],
        )],
        "- **FR-001**: The rate limiting of requests MUST tell a user how many requests of the rate limit are left",
        &["Extend `app/throttling.py`"],
        &["To be chosen for rate limiting", "gateway"],
    );
}

#[test]
fn weak_signs_give_way_to_where_the_others_are_built() {
    let token = "/** Verifies a token and its issuer. */\nexport function verifyToken(issuer: string) { return issuer }\n\n/** Says which issuer failed. */\nexport function issuerError() { return 'token issuer failed' }\n";
    let router = "/** Adds routes by an expression, and checks them at a time. */\nexport function addRoutes() { return 'time checks switch' }\n";
    let others = ["cart", "menu", "page"].map(|name| {
        (
            format!("src/{name}.ts"),
            format!("/** Shows a {name} at a time. */\nexport function show{name}() {{ return 'time' }}\n"),
        )
    });
    let mut files: Vec<(&str, &str)> = vec![("src/token.ts", token), ("src/router.ts", router)];
    files.extend(others.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    check(
        &[("Start", &files)],
        "- **FR-001**: A token with another issuer MUST be refused\n- **FR-002**: A failed issuer of a token MUST give an error\n- **FR-003**: Users MUST be able to turn each of the verification steps away one by one",
        &["Extend `src/token.ts`"],
        &["Extend `src/router.ts`"],
    );
}

#[test]
fn a_list_of_changes_that_others_kept_is_kept() {
    let mut commits: Vec<(&str, Vec<(&str, String)>)> = vec![];
    for at in 0..6 {
        let code = format!("/** Sorts carts. */\nexport function sortCarts() {{ return {at} }}\n");
        commits.push(("Sort carts", vec![("src/sort.ts", code), ("CHANGELOG.md", format!("# Changes\n\n- {at}\n"))]));
    }
    let commits: Vec<(&str, Vec<(&str, &str)>)> = commits
        .iter()
        .map(|(message, files)| (*message, files.iter().map(|(path, text)| (*path, text.as_str())).collect()))
        .collect();
    let commits: Vec<(&str, &[(&str, &str)])> =
        commits.iter().map(|(message, files)| (*message, files.as_slice())).collect();
    check(
        &commits,
        "- **FR-001**: Carts MUST be sorted by their name",
        &["An entry in `CHANGELOG.md`, as 6 of the last 6 commits to the touched files made one."],
        &[],
    );
}

#[test]
fn tools_that_several_manifests_ask_for_are_told_once() {
    let member = |name: &str| format!("[package]\nname = \"{name}\"\nedition = \"2021\"\n");
    let (one, two) = (member("one"), member("two"));
    let cart = "//! Carts.\npub fn sort_carts() {}\n";
    check(
        &[(
            "Start",
            &[
                ("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\n"),
                ("one/Cargo.toml", &one),
                ("one/src/carts.rs", cart),
                ("two/Cargo.toml", &two),
                ("two/src/carts.rs", cart),
                (".devcontainer/Dockerfile", "FROM debian\n"),
            ],
        )],
        "- **FR-001**: Carts MUST be sorted by name",
        &["Rust, as `one/Cargo.toml` and `two/Cargo.toml` ask: `edition = \"2021\"`."],
        &[".devcontainer"],
    );
}

#[test]
fn settings_are_documented_beside_their_siblings() {
    let settings = "DEFAULTS = {\n    'THROTTLE_RATES': {},\n    'THROTTLE_CLASSES': [],\n}\n";
    let code = "class Throttle:\n    \"\"\"Throttles requests of a user with headers.\"\"\"\n    def wait(self):\n        return 1\n";
    let throttling = "# Throttling\n\n## Headers\n\nHeaders of throttles tell a user what is left.\n";
    let reference = "# Settings\n\n## THROTTLE_CLASSES\n\nWho throttles.\n\n## THROTTLE_RATES\n\nHow often.\n";
    check(
        &[(
            "Start",
            &[
                ("app/settings.py", settings),
                ("app/throttle.py", code),
                ("docs/throttling.md", throttling),
                ("docs/settings.md", reference),
            ],
        )],
        "- **FR-001**: A setting `THROTTLE_HEADERS` MUST turn the headers of throttles on\n- **FR-002**: The headers and the setting MUST be documented",
        &["Extend `docs/settings.md` at `THROTTLE_CLASSES` (line 3) for FR-002"],
        &[],
    );
}
