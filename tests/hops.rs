//! Where places lead by one step: what they hand out and hand on to, what implements them, where others act on the subject.

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
fn what_must_also_work_elsewhere_is_handed_on_there() {
    let proxy = "/** Proxies a request by its rule, with a timeout. */\nexport function proxyRequest(rule: string) {\n  const timeout = 1\n  return rule + timeout\n}\n";
    let preview = "import { proxyRequest } from './proxy'\n\n/** Starts the preview server. */\nexport function previewServer(rule: string) {\n  const server = proxyRequest(rule)\n  return server\n}\n";
    check(
        &[("Start", &[("src/proxy.ts", proxy), ("src/preview.ts", preview), ("src/other.ts", "export const a = 1\n")])],
        "- **FR-001**: A proxied request MUST be answered after the timeout of its rule\n- **FR-002**: The timeout MUST also work for the preview server",
        &[
            "1 existing file to extend; 1 existing file that hands on what is new.",
            "See that `src/preview.ts` at `previewServer` (line 4) hands on what is new for FR-002: it calls `proxyRequest`.",
            "Phase 2: nothing to extend but what is found amiss.",
        ],
        &["Extend `src/preview.ts`"],
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
