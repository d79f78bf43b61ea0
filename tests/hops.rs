//! Where places lead by one step, what is met already by what stands there, and where its tests go.

mod support;

use support::plans::check;

const ITEM: &str = "package item\n\n// Other does something else.\nfunc Other() {}\n";

#[test]
fn what_only_hands_on_is_looked_after() {
    let outer = "package shop\n\n// FetchQuote gets a quote for an order.\nfunc (s *Shop) FetchQuote(order string) string {\n\tname := order\n\treturn s.quotes.ReadRemoteQuote(name)\n}\n";
    let inner = "package quotes\n\n// ReadRemoteQuote reads a quote from a remote server with retries and a delay between attempts.\nfunc (c *Client) ReadRemoteQuote(order string) string {\n\tretries, delay, attempts := 1, 2, 3\n\treturn order\n}\n";
    let files: &[(&str, &str)] = &[("shop/shop.go", outer), ("remote/retries.go", inner), ("item/item.go", ITEM)];
    check(
        &[("Start", files)],
        "- **FR-001**: `FetchQuote` MUST accept the retries of a remote read and the delay between attempts",
        &[
            "Extend `remote/retries.go` at `Client.ReadRemoteQuote` (line 4)",
            "See that `shop/shop.go` at `Shop.FetchQuote` (line 4) hands on what is new for FR-001: it calls `Client.ReadRemoteQuote`.",
        ],
        &["Extend `shop/shop.go`"],
    );
}

#[test]
fn what_is_handed_out_is_the_place() {
    let client = "package sdk\n\n// Events returns what sends refused events again.\nfunc (c *Client) Events() legacy.EventClient {\n\treturn c.legacy.Event()\n}\n";
    let events =
        "package legacy\n\n// EventClient pushes events.\ntype EventClient interface {\n\tPush(event string)\n}\n";
    check(
        &[("Start", &[("sdk/client.go", client), ("legacy/push.go", events), ("item/item.go", ITEM)])],
        "- **FR-001**: Refused events MUST be sent again by the client",
        &[
            "Extend `legacy/push.go` at `EventClient` (line 4)",
            "`Client.Events` of `sdk/client.go` hands out its `EventClient`",
        ],
        &["Extend `sdk/client.go`"],
    );
}

#[test]
fn constants_of_the_subject_lead_to_what_acts_on_them() {
    let limits = "package store\n\n// Defaults sets the limit on events of a tenant.\nfunc Defaults() int { return LimitOfEVENTS }\n";
    let ingest = "package ingest\n\nimport \"x/store\"\n\n// Ingest takes what comes.\nfunc Ingest(n int) bool {\n\treturn n < store.LimitOfEVENTS\n}\n";
    let files: &[(&str, &str)] =
        &[("store/event_limit.go", limits), ("ingest/ingest.go", ingest), ("item/item.go", ITEM)];
    check(
        &[("Start", files)],
        "# Limits on events\n\n## Requirements\n\n- **FR-001**: Events above the limit of a tenant MUST be refused",
        &[
            "Extend `ingest/ingest.go` at `Ingest` (line 6)",
            "line 7 acts on `LimitOfEVENTS`, as `store/event_limit.go` does",
        ],
        &[],
    );
}

#[test]
fn an_interface_gives_way_to_what_implements_it() {
    let interface = "package x;\n/** A shelf that counts the books which readers borrow. */\npublic interface Shelf {\n  void countBorrowedBooks();\n}\n";
    let implemented = "package x;\n/** Counts the books which readers borrow. */\npublic class WoodenShelf implements Shelf {\n  public void countBorrowedBooks() { int borrowed = 1; }\n}\n";
    let files: &[(&str, &str)] = &[
        ("m/src/main/java/x/Shelf.java", interface),
        ("m/src/main/java/x/WoodenShelf.java", implemented),
        ("m/src/main/java/x/Lamp.java", "package x;\npublic class Lamp {\n  void shine() {}\n}\n"),
    ];
    let asked = "- **FR-001**: The borrowed books of a shelf MUST be counted for readers";
    check(
        &[("Start", files)],
        asked,
        &["Extend `m/src/main/java/x/WoodenShelf.java`"],
        &["Extend `m/src/main/java/x/Shelf.java`"],
    );
    let named = "- **FR-001**: An author of a `Shelf` MUST be able to count the borrowed books for readers";
    check(&[("Start", files)], named, &["Extend `m/src/main/java/x/Shelf.java`"], &[]);
}

#[test]
fn statuses_that_are_listed_may_be_met_already() {
    let remote = "package remote\n\nvar temporary = map[int]bool{\n\t429: true,\n\t500: true,\n\t503: true,\n}\n\n// AttemptAgain makes an attempt again for a status and reads Retry-After.\nfunc AttemptAgain(status int) bool { return temporary[status] }\n";
    let files: &[(&str, &str)] = &[("remote/remote.go", remote), ("item/item.go", ITEM)];
    let sign = "FR-001 may be met already: `remote/remote.go` lists 429, 500 and 503 from line 4 on";
    let asked = "- **FR-001**: An attempt MUST be made again for the statuses 429, 500 and 503";
    check(&[("Start", files)], asked, &[sign], &[]);
    let with = "- **FR-001**: An attempt MUST be made again for the statuses 429, 500 and 503 and honour `Retry-After`";
    check(&[("Start", files)], with, &["from line 4 on, and says `Retry-After`; look there before building"], &[]);
    let more = "- **FR-001**: An attempt MUST be made again for the statuses 429, 500, 503 and 504";
    check(&[("Start", files)], more, &[], &["met already"]);
}

#[test]
fn a_setting_goes_to_its_group() {
    let settings = "DEFAULTS = {\n    # Policies\n    'DEFAULT_THROTTLE_CLASSES': [],\n\n    # Throttling\n    'THROTTLE_RATES': {},\n    'NUM_PROXIES': None,\n\n    # Pages\n    'PAGE_SIZE': None,\n}\n";
    let throttling =
        "class Throttle:\n    \"\"\"Refuses requests.\"\"\"\n\n    def allow(self):\n        return True\n";
    check(
        &[("Start", &[("app/settings.py", settings), ("app/throttling.py", throttling)])],
        "- **FR-001**: A setting `THROTTLE_HEADERS` MUST turn the headers of throttled requests on",
        &["Extend `app/settings.py` at `NUM_PROXIES` (line 7) for FR-001"],
        &[],
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
