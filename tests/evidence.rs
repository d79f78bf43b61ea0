//! What the embedded engine makes of a repository: each case is files, commits, requirements, and what the plan says.

mod support;

use support::git;
use support::plans::{check, plan, repository};

const PROXY: &str = "/** Options of the proxy. */\nexport interface ProxyOptions { target: string }\n\n/** Passes requests on to a target. */\nexport function proxyRequest(options: ProxyOptions) { return options.target }\n";
const SOCKET: &str = "/** Connects a socket. */\nexport function connectSocket() { return 'socket connections' }\n";
const GUIDE: &str = "# Options\n\n## server.port\n\nThe port.\n\n## server.proxy\n\nOptions of the proxy: target.\n";

#[test]
fn documentation_is_told_in_its_section_and_last() {
    check(
        &[("Start", &[("src/proxy.ts", PROXY), ("src/socket.ts", SOCKET), ("docs/options.md", GUIDE)])],
        "- **FR-001**: The proxy options MUST be documented in the configuration reference\n- **FR-002**: The proxy MUST stop a request after a timeout of its options",
        &[
            "Extend `docs/options.md` at `server.proxy` (line 7) for FR-001",
            "- **Success Criteria**: FR-001 is shown by reading `docs/options.md`.",
            "#### Phase 2: Document the proxy options",
            "- **Dependencies**: Phase 1, which builds what is told here.",
        ],
        &["No test imports `docs/options.md`", "docs/options.test"],
    );
}

#[test]
fn what_must_not_be_affected_stands_with_what_could_affect_it() {
    check(
        &[("Start", &[("src/proxy.ts", PROXY), ("src/socket.ts", SOCKET)])],
        "- **FR-001**: The proxy MUST stop a request after a timeout of its options\n- **FR-002**: Socket connections MUST NOT be affected by the timeout",
        &[
            "Extend `src/proxy.ts` at `proxyRequest` (line 5) for FR-001; strong place. See that what FR-002 asks still holds there.",
        ],
        &["#### Phase 2"],
    );
}

#[test]
fn a_part_that_is_named_is_looked_into() {
    let core =
        "/** Counts calls that wait for a permit. */\nexport function countWaitingCalls() { return 'waiting calls' }\n";
    let metrics = "/** Publishes a timer. */\nexport function publishTimer() {}\n";
    check(
        &[(
            "Start",
            &[
                ("shop-core/src/calls.ts", core),
                ("shop-core/src/permit.ts", "export const permit = 1\n"),
                ("shop-core/src/other.ts", "export const other = 1\n"),
                ("shop-metrics/src/publish.ts", metrics),
            ],
        )],
        "- **FR-001**: The waiting calls MUST be published as a timer of Metrics",
        &["`shop-metrics/src/publish.ts`", "`publishTimer`"],
        &[],
    );
}

#[test]
fn what_a_commit_did_already_is_said() {
    let fetch = "package fetch\n\n// Retry fetches again.\nfunc Retry() int { return 1 }\n";
    let after = "package fetch\n\n// Retry fetches again, after the time of the header Retry-After.\nfunc Retry() int { return retryAfter() }\n\nfunc retryAfter() int { return 2 }\n";
    let other = "package other\n\n// Other does something else.\nfunc Other() {}\n";
    check(
        &[
            ("Start", &[("fetch/retry.go", fetch), ("other/other.go", other)]),
            ("fetch: honor the Retry-After header in retries", &[("fetch/retry.go", after)]),
        ],
        "- **FR-001**: Retries of fetch MUST honor the Retry-After header",
        &[
            "Look first whether FR-001 is met already",
            "“fetch: honor the Retry-After header in retries” says nothing else, and changed `fetch/retry.go`",
            "1 file and 6 lines in one commit",
        ],
        &[],
    );
}

#[test]
fn a_commit_that_names_all_that_a_requirement_names_may_have_met_it() {
    let before = "package fetch\n\n// GetRemote fetches.\nfunc GetRemote() int { return 1 }\n";
    let after =
        "package fetch\n\n// GetRemote fetches, and waits for Retry-After.\nfunc GetRemote() int { return 2 }\n";
    check(
        &[
            ("Start", &[("fetch/remote.go", before)]),
            ("fetch: Respect Retry-After in fetch.GetRemote", &[("fetch/remote.go", after)]),
        ],
        "- **FR-001**: `fetch.GetRemote` MUST repeat a request that is answered with 429 by a busy server and honour the `Retry-After` header",
        &["FR-001 may be met already", "“fetch: Respect Retry-After in fetch.GetRemote”"],
        &[],
    );
}

#[test]
fn a_commit_that_says_nothing_else_may_have_met_a_requirement() {
    let cron = "package cron\n\n// Cron starts workflows.\ntype Cron struct{}\n";
    let update = "package cron\n\n// UpdateCron changes what is on.\nfunc UpdateCron(enabled bool) {}\n";
    check(
        &[
            ("Start", &[("api/cron.go", cron)]),
            ("feat: Pausable crons (#12)", &[("api/update_cron.go", update), ("docs/cron.txt", "words")]),
        ],
        "- **FR-001**: A user MUST be able to pause and resume a cron workflow trigger through the API",
        &[
            "FR-001 may be met already: commit `",
            "“feat: Pausable crons (#12)” says nothing else, and changed `api/update_cron.go` among 2 files; see what it left open",
        ],
        &[],
    );
}

#[test]
fn what_is_told_needs_all_phases_for_one_reason() {
    let mail = "/** Sends mail. */\nexport function sendMail(subject: string) { return subject }\n";
    check(
        &[("Start", &[("src/proxy.ts", PROXY), ("src/mail.ts", mail), ("docs/options.md", GUIDE)])],
        "- **FR-001**: The proxy MUST stop a request to its target\n- **FR-002**: Mail MUST be sent with a subject\n- **FR-003**: The proxy options MUST be documented in the configuration reference",
        &["- **Dependencies**: Phases 1 and 2, which build what is told here."],
        &["Phase 1, which builds what is told here"],
    );
}

#[test]
fn dependencies_that_do_the_same_or_nothing_are_named() {
    let manifest = "{ \"name\": \"x\", \"dependencies\": { \"axios\": \"1\", \"express\": \"5\", \"got\": \"12\", \"left-pad\": \"1\", \"winston\": \"3\", \"zod\": \"3\" } }";
    // What a file imports besides is nothing that the work stands on.
    let orders = "import axios from 'axios'\nimport {\n  z as schema,\n} from 'zod'\nexport function loadOrders() { return axios }\nexport function parsed() { return schema }\n";
    check(
        &[(
            "Start",
            &[
                ("package.json", manifest),
                ("src/a.ts", orders),
                ("src/b.ts", "import axios from 'axios'\nexport const b = axios\n"),
                ("src/c.ts", "import got from 'got'\nexport const c = got\n"),
                ("src/d.ts", "import express from 'express'\nexport const d = express\n"),
            ],
        )],
        "- **FR-001**: loadOrders MUST load the orders of a year",
        &[
            "`axios` (2 files) and `got` (1 file) serve HTTP requests side by side; prefer the first in new code.",
            "TypeScript; the definitions named below use `axios` 1 (`a.ts`).",
            "This repository stands on `axios` 1 (2 files), `express` 5 (1 file) and `zod` 3 (1 file).",
        ],
        &["`left-pad`"],
    );
    check(
        &[("Start", &[("package.json", manifest), ("src/a.ts", orders)])],
        "- **FR-001**: `parsed` MUST log and trace what it answers",
        &[
            "TypeScript; the definitions named below use `zod` 3 (`a.ts`).",
            "`winston` of `package.json` is named in no file of code: unused, or needed only by being there.",
        ],
        &["`left-pad`"],
    );
}

#[test]
fn nobody_is_sent_to_what_is_on_its_way_out() {
    let old = "package old\n\n// Deprecated: ExportOrders is part of the old client.\nfunc ExportOrders() {}\n";
    let new = "package orders\n\n// ExportOrders writes orders.\nfunc ExportOrders() {}\n";
    let made = "=begin\nGenerated by: https://openapi-generator.tech\n=end\nclass ExportOrders\nend\n";
    check(
        &[("Start", &[("old/export.go", old), ("orders/write.go", new), ("sdk/export_orders.rb", made)])],
        "- **FR-001**: The export of orders MUST write a header",
        &["Extend `orders/write.go` at `ExportOrders` (line 4) for FR-001"],
        &["`old/export.go`", "sdk/export_orders.rb"],
    );
}

#[test]
fn a_member_of_a_file_leads_to_it() {
    let runs = "class RunsClient:\n    def cancel(self):\n        return 1\n\n    def get(self):\n        return 2\n";
    let other = "def cancel_worker(reason):\n    '''Cancels a worker, retries and sends the reason of the cancellation.'''\n    return reason\n";
    check(
        &[("Start", &[("sdk/features/runs.py", runs), ("sdk/worker.py", other), ("sdk/retry.py", other)])],
        "- **FR-001**: `runs.cancel` MUST send a reason with its retries",
        &["Extend `sdk/features/runs.py` at `RunsClient.cancel` (line 2)"],
        &[],
    );
}

#[test]
fn work_starts_where_a_body_speaks_of_it() {
    let fetch = "package fetch\n\n// Fetcher fetches.\ntype Fetcher struct{}\n\n// Fetch fetches a page.\nfunc (f *Fetcher) Fetch(url string) int { return 0 }\n\nfunc (f *Fetcher) roundTrip(url string) int {\n\tfor attempt := 0; attempt < 3; attempt++ {\n\t\tif status := send(url); status != 429 { return status }\n\t\twait(retryAfter)\n\t}\n\treturn 429\n}\n";
    check(
        &[("Start", &[("fetch/fetch.go", fetch)])],
        "- **FR-001**: Attempts that are answered with 429 MUST wait for the time of the Retry-After header",
        &["`fetch/fetch.go` with `Fetcher.roundTrip` (line 9)"],
        &[],
    );
}

#[test]
fn users_of_a_package_use_the_files_whose_names_they_say() {
    let orders = "package store\n\n// ExportOrders writes orders.\nfunc ExportOrders() {}\n";
    let rows = "package store\n\n// CountRows counts rows.\nfunc CountRows() int { return 1 }\n";
    let user = "package app\n\nimport \"example.com/shop/store\"\n\n// Count counts.\nfunc Count() int { return store.CountRows() }\n";
    let module = ("go.mod", "module example.com/shop\n");
    let files = [module, ("store/orders.go", orders), ("store/rows.go", rows), ("app/app.go", user)];
    let (orders, rows) = ("ExportOrders MUST write a header", "CountRows MUST skip empty rows");
    let used = ["`app/app.go` uses it"];
    check(&[("Start", &files)], &format!("- **FR-001**: {orders}"), &["`store/orders.go`"], &used);
    check(&[("Start", &files)], &format!("- **FR-001**: {rows}"), &used, &[]);
}

#[test]
fn every_file_of_a_package_whose_names_are_said_is_used() {
    let module = ("go.mod", "module example.com/shop\n");
    let listener = "package server\n\n// New makes a listener that counts connections.\nfunc New() {}\n";
    let config = "package server\n\n// Config is what a listener is made of.\ntype Config struct{}\n";
    let sizes = ["// Size counts columns of a window.\nfunc Size() int { return 1 }\n"; 2];
    let sizes = sizes.map(|size| format!("package server\n\n{size}"));
    let test = "package app\n\nimport \"example.com/shop/server\"\n\nfunc TestApp(t *testing.T) { server.New(server.Config{}); server.Size() }\n";
    let files = [
        module,
        ("server/listener.go", listener),
        ("server/config.go", config),
        ("server/size_linux.go", &sizes[0]),
        ("server/size_windows.go", &sizes[1]),
        ("app/app_test.go", test),
    ];
    let connections = "- **FR-001**: New MUST make a listener that counts connections";
    check(
        &[("Start", &files)],
        connections,
        &["No test of `listener.go` alone was found; `app/app_test.go` uses it"],
        &[],
    );
    let columns = "- **FR-001**: Size MUST count columns of a window in `size_linux.go`";
    check(
        &[("Start", &files)],
        columns,
        &["No test of `size_linux.go` alone was found; `app/app_test.go` uses it"],
        &[],
    );
}

#[test]
fn a_file_is_named_by_a_requirement_and_no_method() {
    let code = "class Reporter:\n    def json(self):\n        return 1\n\ndef write_report():\n    \"\"\"Writes the report of orders.\"\"\"\n    return 'report of orders'\n";
    let said = "- **FR-001**: The report of orders MUST be written to `orders.json`";
    check(&[("Start", &[("src/report.py", code)])], said, &["at `write_report` (line 5)"], &["Reporter.json"]);
}

#[test]
fn entry_points_of_programs_are_no_variants_of_one() {
    let start = |name: &str| format!("//! The {name}.\n\nfn main() {{ println!(\"started {name}\") }}\n");
    let names = ["cli", "gateway", "importer"];
    let files: Vec<(String, String)> =
        names.iter().map(|name| (format!("crates/{name}/src/main.rs"), start(name))).collect();
    let mut files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mailer = start("mailer");
    files.push(("crates/mailer/src/main.rs", &mailer));
    let said = "- **FR-001**: The mailer MUST print when it started";
    check(&[("Start", &files)], said, &["Extend `crates/mailer/src/main.rs`"], &["Extend `crates/cli/src/main.rs`"]);
}

#[test]
fn a_file_that_lists_modules_is_no_sure_place() {
    let list = "//! Sends orders again after a while: retries, waits, counts.\n\npub mod retry;\npub mod wait;\n";
    let retry = "/// Sends again.\npub fn again() {}\n";
    let files: &[(&str, &str)] = &[
        ("Cargo.toml", "[package]\nname = \"x\"\n"),
        ("src/lib.rs", list),
        ("src/retry.rs", retry),
        ("src/wait.rs", retry),
    ];
    let said = "- **FR-001**: Orders MUST be counted after retries and waits";
    check(&[("Start", files)], said, &[], &["`src/lib.rs` is a strong place", "`src/lib.rs` is a likely place"]);
}

#[test]
fn a_requirement_is_built_where_the_one_is_of_which_it_speaks() {
    let names = ["accept", "poll", "listen", "serve", "receive", "close", "open", "wait"];
    let file = |name: &str| {
        let text = format!(
            "/** Lets the server {name} until it answers after a while. */\nexport function {name}While() {{ return 'the proxy target gives up and the server answers after a while' }}\n"
        );
        (format!("src/proxy-server/{name}.ts"), text)
    };
    let others: Vec<(String, String)> = names.iter().map(|name| file(name)).collect();
    let mut files: Vec<(&str, &str)> = others.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("src/proxy.ts", PROXY));
    check(
        &[("Start", &files)],
        "- **FR-001**: The proxy MUST log the target of its options\n- **FR-002**: The server MUST answer after a while when a proxy target gives up",
        &["FR-002 speaks of FR-001, so it is looked for in `src/proxy.ts`, where FR-001 is looked for"],
        &["Look first at"],
    );
    // A guard goes along without speaking of the same.
    check(
        &[("Start", &files)],
        "- **FR-001**: The proxy MUST log the target of its options\n- **FR-002**: The server MUST answer after a while when a proxy target gives up\n- **FR-003**: Clients that see the server answer after a while MUST NOT be affected",
        &["FR-002 speaks of FR-001, so it is looked for"],
        &["FR-003 speaks of", "FR-002 and FR-003 speak of"],
    );
}

#[test]
fn phases_follow_what_requirements_say_of_each_other() {
    let cron = "package cron\n\n// PauseCron pauses a cron.\nfunc PauseCron() {}\n";
    let audit = "package audit\n\n// Record records who did what.\nfunc Record() {}\n";
    check(
        &[("Start", &[("cron/cron.go", cron), ("audit/record.go", audit)])],
        "- **FR-001**: PauseCron MUST be offered through the API\n- **FR-002**: Every use of the API MUST be recorded by Record",
        &["- **Dependencies**: Phase 1, since FR-002 speaks of what FR-001 asks for: “API”."],
        &[],
    );
}

#[test]
fn how_good_it_must_be_comes_after_what_is_built() {
    let cron = "package cron\n\n// PauseCron pauses a cron.\nfunc PauseCron() {}\n";
    let audit = "package audit\n\n// RecordDeed records who did what.\nfunc RecordDeed() {}\n";
    check(
        &[("Start", &[("cron/cron.go", cron), ("audit/record.go", audit)])],
        "- **NFR-001**: RecordDeed MUST answer within 5 ms\n- **FR-001**: PauseCron MUST be offered to all",
        &["#### Phase 2: Answer within 5 ms"],
        &[],
    );
}

#[test]
fn a_switch_that_is_there_is_named() {
    let cron = "package cron\n\n// UpdateCronTrigger changes a trigger.\nfunc UpdateCronTrigger(enabled bool) { store(enabled) }\n";
    let other = "package other\n\n// Other does something else.\nfunc Other() {}\n";
    let files: &[(&str, &str)] = &[("cron/update.go", cron), ("other/other.go", other)];
    let said = "`UpdateCronTrigger` in `cron/update.go` speaks of what is enabled or disabled: FR-001 may be met there, or find its model there";
    check(&[("Start", files)], "- **FR-001**: A user MUST be able to pause a cron trigger", &[said], &[]);
    check(
        &[("Start", files)],
        "- **FR-001**: A user MUST be able to rename a cron trigger",
        &[],
        &["enabled or disabled"],
    );
}

#[test]
fn statuses_that_are_listed_may_be_met_already() {
    let remote = "package remote\n\nvar temporary = map[int]bool{\n\t429: true,\n\t500: true,\n\t503: true,\n}\n\n// AttemptAgain makes an attempt again for a status and reads Retry-After.\nfunc AttemptAgain(status int) bool { return temporary[status] }\n";
    let files: &[(&str, &str)] = &[
        ("remote/remote.go", remote),
        ("item/item.go", "package item\n\n// Other does something else.\nfunc Other() {}\n"),
    ];
    let sign = "FR-001 may be met already: `remote/remote.go` lists 429, 500 and 503 from line 4 on";
    let asked = "- **FR-001**: An attempt MUST be made again for the statuses 429, 500 and 503";
    check(&[("Start", files)], asked, &[sign], &[]);
    let with = "- **FR-001**: An attempt MUST be made again for the statuses 429, 500 and 503 and honour `Retry-After`";
    let shown = "FR-001, unless tests show it already, is shown by a new test";
    check(
        &[("Start", files)],
        with,
        &["from line 4 on, and says `Retry-After`; look there before building", shown],
        &[],
    );
    let test = "package remote\n\nfunc TestAttempt(t *testing.T) {\n\t// Retry-After\n\tfor _, status := range []int{429, 500, 503} {\n\t}\n}\n";
    let tested = [files, &[("remote/attempt_test.go", test)]].concat();
    let both = "and says `Retry-After`, and `remote/attempt_test.go` tests with the same; look there before building";
    check(&[("Start", &tested)], with, &[both], &[]);
    let more = "- **FR-001**: An attempt MUST be made again for the statuses 429, 500, 503 and 504";
    check(&[("Start", files)], more, &[], &["met already"]);
}

#[test]
fn a_test_of_a_namesake_covers_nothing() {
    let timer = "package x;\n/** Times calls. */\npublic class Timer {\n  void time() {}\n}\n";
    let other = timer.replace("package x", "package y").replace("Times calls", "Publishes micrometer tags");
    let test = "package x;\npublic class TimerTest {\n  @Test void times() {}\n}\n";
    let files: &[(&str, &str)] = &[
        ("metrics/src/main/java/x/Timer.java", timer),
        ("metrics/src/test/java/x/TimerTest.java", test),
        ("micrometer/src/main/java/y/Timer.java", &other),
    ];
    check(
        &[("Start", files)],
        "- **FR-001**: Micrometer tags MUST be published with a name",
        &["Extend `micrometer/src/main/java/y/Timer.java`"],
        &["`Timer.java` is tested by"],
    );
}

#[test]
fn a_case_goes_where_tests_of_the_same_are() {
    let remote = "package fetch\n\n// Remote fetches remote pages and retries.\nfunc Remote() int { return 1 }\n";
    let named = "package fetch\n\nfunc TestDecodeOptions(t *testing.T) {}\n";
    let alike = "package fetch\n\nfunc TestRemoteRetryAfterHeader(t *testing.T) {}\n";
    let files: &[(&str, &str)] =
        &[("fetch/remote.go", remote), ("fetch/remote_test.go", named), ("fetch/whole_test.go", alike)];
    let said = "- **FR-001**: Remote pages MUST be fetched with a retry after the time of the Retry-After header";
    check(&[("Start", files)], said, &["in `fetch/whole_test.go`."], &["in `fetch/remote_test.go`."]);
    let other = "- **FR-001**: Remote pages MUST be decoded";
    check(&[("Start", files)], other, &["in `fetch/remote_test.go`."], &["in `fetch/whole_test.go`."]);
}

#[test]
fn what_others_extend_is_tested_with_them() {
    let base = "package x;\n/** Registers the waiting time of a shelf as a metric. */\nclass AbstractShelfMetrics {\n  void registerWaitingTime() {}\n}\n";
    let user = "package x;\n/** Publishes. */\npublic class TaggedShelfMetrics extends AbstractShelfMetrics {\n  void bindTo() {}\n}\n";
    let test = "package x;\npublic class TaggedShelfMetricsTest {\n  @Test void binds() { new TaggedShelfMetrics().bindTo(); }\n}\n";
    let files: &[(&str, &str)] = &[
        ("m/src/main/java/x/AbstractShelfMetrics.java", base),
        ("m/src/main/java/x/TaggedShelfMetrics.java", user),
        ("m/src/test/java/x/TaggedShelfMetricsTest.java", test),
        ("m/src/main/java/x/Lamp.java", "package x;\npublic class Lamp {\n  void shine() {}\n}\n"),
    ];
    check(
        &[("Start", files)],
        "- **FR-001**: The metrics MUST register the waiting time of a shelf",
        &["in `m/src/test/java/x/TaggedShelfMetricsTest.java`"],
        &["AbstractShelfMetricsTest"],
    );
}

#[test]
fn a_pipeline_is_read_without_its_variables() {
    let pipeline = "jobs:\n  test:\n    steps:\n      - run: cargo test --workspace --all-features --manifest-path ${{ matrix.folder }}/Cargo.toml\n";
    let code = "/// Writes orders as rows.\npub fn write_orders() {}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn writes() {}\n}\n";
    let manifest = "[package]\nname = \"x\"\nversion = \"1.0.0\"\n";
    check(
        &[("Start", &[(".github/workflows/ci.yml", pipeline), ("src/orders.rs", code), ("Cargo.toml", manifest)])],
        "- **FR-001**: Orders MUST be written as rows with a header",
        &["- `cargo test --workspace --all-features` passes."],
        &["- `cargo test` passes."],
    );
}

#[test]
fn a_changelog_is_no_documentation_unless_it_is_asked_for() {
    let log = "# Changelog\n\n## Unreleased\n\nOptions of the proxy, the target, the documentation.\n";
    let files: &[(&str, &str)] = &[("src/proxy.ts", PROXY), ("docs/options.md", GUIDE), ("CHANGELOG.md", log)];
    let reference = "- **FR-001**: The proxy options MUST be documented in the configuration reference";
    check(&[("Start", files)], reference, &["`docs/options.md` with `server.proxy`"], &["`CHANGELOG.md`"]);
    let plan =
        ("docs/proxy.plan.md", "# Plan\n\n## Proxy options in the configuration reference, documented\n\nThe proxy.\n");
    let planned: Vec<(&str, &str)> = files.iter().copied().chain([plan]).collect();
    check(&[("Start", &planned)], reference, &["`docs/options.md` with `server.proxy`"], &["docs/proxy.plan.md"]);
    let release = "- **FR-001**: The changelog MUST name the proxy options";
    check(&[("Start", files)], release, &["Extend `CHANGELOG.md`"], &[]);
}

#[test]
fn numbers_that_bound_are_to_be_measured() {
    let files: &[(&str, &str)] = &[("src/proxy.ts", PROXY)];
    let bound = "- **FR-001**: The proxy MUST NOT become more than 5% slower";
    check(&[("Start", files)], bound, &["FR-001 says “NOT become more than 5%”; measure it before and after."], &[]);
    for (said, number) in [
        ("MUST NOT take more than 2 seconds", "NOT take more than 2 seconds"),
        ("MUST keep no more than 500 rows", "no more than 500 rows"),
        ("MUST NOT exceed 300 ms at p95", "NOT exceed 300 ms"),
        ("MUST answer in < 250 ms", "< 250 ms"),
    ] {
        check(
            &[("Start", files)],
            &format!("- **FR-001**: The proxy {said}"),
            &[&format!("FR-001 says “{number}”;")],
            &[],
        );
    }
    let scene = "- **FR-001**: The proxy MUST count its targets\n  - Given more than 10 requests, when one is left, then the proxy says 1";
    check(&[("Start", files)], scene, &["no requirement gives a number"], &["10 requests”"]);
}

#[test]
fn what_nobody_has_changed_for_years_is_a_risk() {
    let folder = repository(&[]);
    let commit = |path: &str, text: &str, date: &str, author: &str| {
        std::fs::write(folder.path().join(path), text).unwrap();
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "-q", "--date", date, "--author", author, "-m", "Work"]);
    };
    let (bob, eve) = ("Bob <bob@example.invalid>", "Eve <eve@example.invalid>");
    let export = "package x\n\n// ExportOrders writes orders.\nfunc ExportOrders() {}\n";
    let other = "package x\n\n// Other does something else.\nfunc Other() {}\n";
    commit("export.go", export, "2019-03-01T00:00:00", bob);
    commit("other.go", other, "2024-06-01T00:00:00", eve);
    let asked = "- **FR-001**: ExportOrders MUST write a header";
    let stale = "Nobody has changed `export.go` for 5 years, and none of its authors is still at work here.";
    let found = plan(folder.path(), asked);
    assert!(found.contains(stale), "{found}");
    assert!(found.contains("read `export.go` anew before extending it"), "{found}");
    // Who has left a file and not the project can be asked.
    commit("other.go", &other.replace("else", "other"), "2024-07-01T00:00:00", bob);
    let found = plan(folder.path(), asked);
    assert!(!found.contains("Nobody has changed"), "{found}");
}

#[test]
fn a_change_reaches_who_uses_what_is_named() {
    let cart = "/** A cart of a shop. */\nexport class Cart {\n  lines = 0\n}\n\n/** Rounds the weight of parcels to grams. */\nexport function roundWeight(weight: number) {\n  const grams = weight\n  return grams\n}\n";
    let paths: Vec<String> = (0..10).map(|index| format!("src/user{index}.ts")).collect();
    let user = "import { Cart } from './cart'\nexport const used = new Cart()\n";
    let mut files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), user)).collect();
    files.push(("src/cart.ts", cart));
    let reaches = "10 files use `cart.ts` and name its `Cart`, so a change of what it offers reaches them.";
    check(&[("Start", &files)], "- **FR-001**: `Cart` MUST count the lines of a cart", &[reaches], &[]);
    check(
        &[("Start", &files)],
        "- **FR-001**: The weight of parcels MUST be rounded to ten grams",
        &["at `roundWeight` (line 7)"],
        &["reaches them"],
    );
}

#[test]
fn what_measures_the_speed_of_the_touched_code_is_named() {
    let cart =
        "package x;\n/** Counts the lines of a cart. */\npublic class Cart {\n  int countLines() { return 0; }\n}\n";
    let other = "package x;\npublic class AllBenchmark {\n  void all() {}\n}\n";
    let bench = "package x;\npublic class CartBenchmark {\n  void lines() { new Cart().countLines(); }\n}\n";
    check(
        &[(
            "Start",
            &[
                ("src/main/java/x/Cart.java", cart),
                ("src/jmh/java/x/AllBenchmark.java", other),
                ("src/jmh/java/x/CartBenchmark.java", bench),
            ],
        )],
        "- **FR-001**: `Cart` MUST count the lines of a cart",
        &[
            "Speed is measured here by 2 benchmark files, of which `src/jmh/java/x/CartBenchmark.java` uses what is touched.",
        ],
        &[],
    );
}

#[test]
fn whoever_names_the_readme_means_no_other_document() {
    let code = "/** Draws a chart of orders, in the colours of `--palette`. */\nexport function drawChart() { return 'orders' }\n";
    check(
        &[(
            "Start",
            &[
                ("src/chart.ts", code),
                ("README.md", "# Charts\n\n## Usage\n\nA chart draws orders.\n"),
                ("docs/palette.md", "# Palettes\n\n## Colours\n\nThe palette of a chart: `--palette`.\n"),
            ],
        )],
        "- **FR-001**: `drawChart` MUST draw a palette with `--palette`\n- **FR-002**: The README MUST describe the palette of a chart",
        &["Extend `README.md`"],
        &["Extend `docs/palette.md`"],
    );
}

#[test]
fn what_must_stay_is_looked_after_where_something_else_is_extended() {
    let view = "/** Carries headers of a throttled response. */\nexport function carryHeaders() {\n  const headers = 'throttled response'\n  return headers\n}\n\n/** Refuses a request. */\nexport function refuseRequest() {\n  return 'Retry-After'\n}\n";
    check(
        &[("Start", &[("src/view.ts", view), ("src/other.ts", "export const a = 1\n")])],
        "- **FR-001**: A throttled response MUST carry headers with the limit\n- **FR-002**: A refused request MUST keep the header `Retry-After`",
        &[
            "Extend `src/view.ts` at `carryHeaders` (line 2) for FR-001;",
            "See that what FR-002 asks still holds at `refuseRequest` (line 8).",
        ],
        &["FR-002 starts at"],
    );
}
