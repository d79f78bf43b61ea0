//! Where settings that requirements ask for are kept, built and tested.

mod support;

use support::plans::check;

#[test]
fn a_setting_belongs_beside_its_siblings() {
    let settings = "DEFAULTS = {\n    'THROTTLE_RATES': {},\n    'THROTTLE_CLASSES': [],\n    'PAGE_SIZE': 10,\n}\n";
    let code =
        "class Throttle:\n    \"\"\"Throttles requests of a user.\"\"\"\n    def wait(self):\n        return 1\n";
    check(
        &[("Start", &[("app/settings.py", settings), ("app/throttle.py", code)])],
        "- **FR-001**: A throttle MUST send its wait time to the user if `THROTTLE_HEADERS` is true",
        &["Extend `app/settings.py` beside `THROTTLE_CLASSES` (line 3) for FR-001; likely place."],
        &[],
    );
}

#[test]
fn a_setting_goes_to_its_group() {
    let settings = "DEFAULTS = {\n    # Policies\n    'DEFAULT_THROTTLE_CLASSES': [],\n\n    # Throttling\n    'THROTTLE_RATES': {},\n    'NUM_PROXIES': None,\n\n    # Pages\n    'PAGE_SIZE': None,\n}\n";
    let throttling =
        "class Throttle:\n    \"\"\"Refuses requests.\"\"\"\n\n    def allow(self):\n        return True\n";
    check(
        &[("Start", &[("app/settings.py", settings), ("app/throttling.py", throttling)])],
        "- **FR-001**: A setting `THROTTLE_HEADERS` MUST turn the headers of throttled requests on",
        &["Extend `app/settings.py` beside `NUM_PROXIES` (line 7) for FR-001"],
        &[],
    );
}

#[test]
fn what_a_setting_does_shows_where_that_is_tested() {
    let settings = "DEFAULTS = {\n    # Policies\n    'DEFAULT_THROTTLE_CLASSES': [],\n\n    # Throttling\n    'THROTTLE_RATES': {},\n    'NUM_PROXIES': None,\n}\n";
    let throttling = "class Throttle:\n    \"\"\"Refuses requests.\"\"\"\n\n    def throttled_response(self):\n        \"\"\"The response of a throttled view, with headers.\"\"\"\n        return {'limit': 1}\n";
    let test = "from app.throttling import Throttle\n\ndef test_throttled_response():\n    assert Throttle().throttled_response()\n";
    let files: &[(&str, &str)] = &[
        ("app/settings.py", settings),
        ("app/throttling.py", throttling),
        ("tests/test_throttling.py", test),
        ("tests/test_settings.py", "from app import settings\n\ndef test_settings():\n    assert settings.DEFAULTS\n"),
    ];
    check(
        &[("Start", files)],
        "- **FR-001**: The response of a throttled view MUST carry headers with the limit\n- **FR-002**: A setting `THROTTLE_HEADERS` MUST turn the headers on\n- **FR-003**: When the setting is off, a throttled response MUST NOT carry the limit",
        &[
            "Extend `app/settings.py` beside `NUM_PROXIES` (line 7) for FR-002",
            "FR-002 is shown by a new test `test_turn_headers_on` in `tests/test_throttling.py`",
            "`test_throttled_response_not_carry_limit_setting_off`",
        ],
        &["`app/throttling.py` for FR-002", "FR-001 and FR-002"],
    );
}

#[test]
fn whoever_added_the_last_switch_is_followed() {
    let settings = "DEFAULTS = {\n    'THROTTLE_RATES': {},\n    'THROTTLE_CLASSES': [],\n}\n";
    let switch = settings.replace("}\n", "").replace("[],", "[],\n    'COERCE_NUMBERS': False,") + "}\n";
    let other = switch.replace("False,\n", "False,\n    'PAGE_SIZE': 10,\n");
    let guide = "# Settings\n\n## COERCE_NUMBERS\n\nTurns numbers to text.\n";
    let code =
        "class Throttle:\n    \"\"\"Throttles requests of a user.\"\"\"\n    def wait(self):\n        return 1\n";
    check(
        &[
            ("Start", &[("app/settings.py", settings), ("app/throttle.py", code)]),
            ("Numbers are texts (#9)", &[("app/settings.py", &switch), ("docs/settings.md", guide)]),
            ("Pages have a size", &[("app/settings.py", &other)]),
            // Another value is no new setting.
            ("Turn numbers to text", &[("app/settings.py", &other.replace("False", "True"))]),
        ],
        "- **FR-001**: A setting `THROTTLE_HEADERS` MUST turn the headers on",
        &[
            "FR-001 can follow commit",
            "“Numbers are texts (#9)”",
            "it changed `settings.py`; the text in `docs/settings.md`.",
        ],
        &["“Pages have a size”", "“Turn numbers to text”"],
    );
}

#[test]
fn a_switch_in_a_type_follows_the_last_one_there() {
    let config = "package shop;\n/** Configuration of a gate. */\npublic class GateConfig {\n    private int size;\n    int getSize() { return size; }\n}\n";
    let switch = config.replace("size;\n    int", "size;\n    private boolean fairCalls;\n    int");
    let gate = "package shop;\npublic class Gate {\n    void open() {}\n}\n";
    check(
        &[
            ("Start", &[("src/main/java/shop/GateConfig.java", config), ("src/main/java/shop/Gate.java", gate)]),
            (
                "Calls wait in a row",
                &[
                    ("src/main/java/shop/GateConfig.java", &switch),
                    ("src/main/java/shop/Gate.java", &gate.replace("open() {}", "open() { wait(); }")),
                ],
            ),
        ],
        "- **FR-001**: Counting MUST be switched on in the configuration of a gate, and off by default",
        &[
            "new test `countingOffByDefault`",
            "new test `countingSwitchedOnInConfigurationOfGate`",
            "“Calls wait in a row”",
            "it changed `GateConfig.java` and `src/main/java/shop/Gate.java`.",
        ],
        &[],
    );
}

#[test]
fn a_setting_in_small_letters_is_one_where_it_is_called_so() {
    let config =
        "class Config:\n    csv_encoding: str = 'utf-8'\n    csv_header: bool = True\n    page_size: int = 10\n";
    let export =
        "def write_rows(rows):\n    \"\"\"Writes rows of orders, each with its delimiter.\"\"\"\n    return rows\n";
    let before = config.replace("    csv_header: bool = True\n", "    LIMIT_OF_ROWS = 5\n");
    check(
        &[
            ("Start", &[("shop/config.py", &before), ("shop/export.py", export)]),
            ("Tables have a head", &[("shop/config.py", config)]),
            ("Limit rows", &[("shop/config.py", &format!("{config}    LIMIT_OF_ROWS = 6\n"))]),
        ],
        "- **FR-001**: The setting `csv_delimiter` in `shop.toml` MUST give the delimiter between two columns",
        &["Extend `shop/config.py` beside `csv_encoding` (line 2) for FR-001", "“Tables have a head”"],
        &["“Limit rows”"],
    );
}
