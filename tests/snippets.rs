//! Everything that a page tells somebody to type or to paste is there: files in their formats, settings, commands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use groundplan::check::find_rule;
use groundplan::config::{Owner, from_json, from_toml};
use groundplan::lsp::capabilities::COMMANDS;
use regex::Regex;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All pages that people read, with their paths.
fn pages() -> Vec<(PathBuf, String)> {
    let mut pages = vec![root().join("README.md"), root().join("editors/vscode/README.md")];
    for folder in ["docs", "docs/editors"] {
        let files = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(files.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    pages.sort();
    pages.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// Fenced blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.trim().to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// A constant pattern.
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

fn package() -> Value {
    serde_json::from_str(&read("editors/vscode/package.json")).unwrap()
}

#[test]
fn every_block_is_in_a_form_that_is_known_and_holds() {
    let known = ["sh", "markdown", "json", "toml", "lua", "elisp", "vim", "kak", "text", ""];
    let settings = package()["contributes"]["configuration"]["properties"].as_object().unwrap().clone();
    let mut seen = BTreeSet::new();
    for (path, page) in pages() {
        for (language, text) in blocks(&page) {
            let place = format!("{}:\n{text}", path.display());
            assert!(known.contains(&language.as_str()), "{language} in {place}");
            match language.as_str() {
                "json" => json(&text, &settings, &place),
                "toml" => toml_block(&path, &text, &place),
                "kak" => {
                    let (open, close) = (text.matches(['{', '[']).count(), text.matches(['}', ']']).count());
                    assert_eq!(open, close, "{place}");
                }
                _ => {}
            }
            seen.insert(language);
        }
    }
    for language in ["sh", "json", "toml", "lua", "elisp", "vim", "kak"] {
        assert!(seen.contains(language), "no page has {language} any more");
    }
}

/// JSON: settings of Visual Studio Code exist with that type, and what goes to the server is understood there.
fn json(text: &str, settings: &serde_json::Map<String, Value>, place: &str) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {place}"));
    for (key, said) in value.as_object().unwrap().iter().filter(|(key, _)| key.starts_with("groundplan.")) {
        let setting = settings.get(key).unwrap_or_else(|| panic!("there is no setting {key}: {place}"));
        let kind = match said {
            Value::String(_) => "string",
            Value::Object(_) => "object",
            Value::Array(_) => "array",
            _ => "boolean",
        };
        assert_eq!(setting["type"], kind, "{key}: {place}");
        let rules = said.as_object().filter(|_| key == "groundplan.rules");
        for rule in rules.into_iter().flat_map(|rules| rules.keys()) {
            assert!(find_rule(rule).is_some(), "there is no rule {rule}: {place}");
        }
    }
    for options in ["/lsp/groundplan/initialization_options", "/clients/groundplan/initializationOptions"] {
        let Some(options) = value.pointer(options) else { continue };
        let (layer, problems) = from_json(options);
        assert_eq!(problems, [], "{place}");
        for rule in layer.rule_names() {
            assert!(find_rule(rule).is_some(), "there is no rule {rule}: {place}");
        }
    }
}

/// TOML: configuration of an editor starts the server; any other is a configuration of ours without a problem.
fn toml_block(path: &Path, text: &str, place: &str) {
    let value: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error} in {place}"));
    if path.ends_with("docs/editors/helix.md") {
        if let Some(servers) = value.get("language-server") {
            let server = &servers["groundplan"];
            assert_eq!((server["command"].as_str(), server["args"][0].as_str()), (Some("groundplan"), Some("lsp")));
        }
        return;
    }
    let (layer, problems) = from_toml(text, Owner::User);
    assert_eq!(problems, [], "{place}");
    for rule in layer.rule_names() {
        assert!(find_rule(rule).is_some(), "there is no rule {rule}: {place}");
    }
}

#[test]
fn every_command_line_that_a_page_shows_is_one() {
    static CALL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?m)(?:^|`|\| )(?:GROUNDPLAN_\w+=\S+ )?groundplan ([a-z][a-z ]*)((?: [^`\n|#;&]*)?)")
    });
    static FLAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"--[a-z-]+"));
    let mut helps = std::collections::HashMap::new();
    let mut found = 0;
    for (path, page) in pages() {
        for call in CALL.captures_iter(&page) {
            let words: Vec<&str> = call[1].split(' ').filter(|word| !word.is_empty()).collect();
            let nested = words[0] == "runs" && words.len() > 1;
            let command: Vec<String> =
                words[..if nested { 2 } else { 1 }].iter().map(|word| (*word).to_owned()).collect();
            let help = helps.entry(command.clone()).or_insert_with(|| {
                let mut line = Command::new(env!("CARGO_BIN_EXE_groundplan"));
                let done = line.args(&command).arg("--help").output().unwrap();
                assert!(done.status.success(), "{}: there is no command {command:?}: {}", path.display(), &call[0]);
                String::from_utf8(done.stdout).unwrap()
            });
            for flag in FLAG.find_iter(&call[2]) {
                assert!(help.contains(flag.as_str()), "{}: {command:?} has no {}", path.display(), flag.as_str());
            }
            found += 1;
        }
    }
    assert!(found > 20, "{found}");
}

#[test]
fn commands_of_every_editor_exist() {
    let named: BTreeSet<&str> = COMMANDS.iter().copied().collect();
    let clients = [
        "editors/vscode/src/commands.ts",
        "editors/vscode/src/server.ts",
        "editors/neovim/lua/groundplan/init.lua",
        "editors/neovim/lua/groundplan/runs.lua",
        "editors/emacs/groundplan.el",
    ];
    let mut used = BTreeSet::new();
    for file in clients {
        let text = read(file);
        for name in pattern(r#"['"](groundplan\.[a-zA-Z]+)['"]"#).captures_iter(&text) {
            let name = name[1].to_owned();
            let module = file.ends_with(".lua")
                && root().join("editors/neovim/lua").join(name.replace('.', "/") + ".lua").exists();
            let context = ["groundplan.toml", "groundplan.key"].contains(&name.as_str());
            assert!(named.contains(name.as_str()) || module || context, "{file}: {name}");
            used.insert(name);
        }
    }
    for name in &named {
        assert!(used.contains(*name), "no editor uses {name}");
    }

    // Neovim: what pages and help show after :Groundplan.
    let names = read("editors/neovim/lua/groundplan/init.lua");
    let subcommands: BTreeSet<String> = pattern(r"(?m)^  ([a-z]+) = (?:\{ 'groundplan|function)")
        .captures_iter(&names)
        .map(|name| name[1].to_owned())
        .collect();
    assert!(subcommands.len() > 8, "{subcommands:?}");
    for page in ["docs/editors/neovim.md", "editors/neovim/doc/groundplan.txt"] {
        let text = read(page);
        let shown: BTreeSet<String> =
            pattern(r":Groundplan ([a-z]+)\b").captures_iter(&text).map(|name| name[1].to_owned()).collect();
        assert!(shown.len() > 6 && shown.is_subset(&subcommands), "{page}: {shown:?}");
    }

    // Emacs: commands and keys of the table.
    let (lisp, page) = (read("editors/emacs/groundplan.el"), read("docs/editors/emacs.md"));
    let rows = pattern(r"(?m)^\| `(groundplan-[a-z-]+)` \| `([^`]+)` \|");
    assert_eq!(rows.captures_iter(&page).count(), 8);
    for row in rows.captures_iter(&page) {
        assert!(lisp.contains(&format!("(defun {} (", &row[1])), "{}", &row[1]);
        assert!(lisp.contains(&format!("(kbd \"{}\") #'{})", &row[2], &row[1])), "{} {}", &row[1], &row[2]);
    }

    // Visual Studio Code: titles of the table, and settings of its own page.
    let package = package();
    let titles: BTreeSet<&str> = package["contributes"]["commands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|command| command["title"].as_str().unwrap())
        .collect();
    // Each of its commands is registered.
    let deeds = read("editors/vscode/src/commands.ts");
    for command in package["contributes"]["commands"].as_array().unwrap() {
        let name = command["command"].as_str().unwrap().trim_start_matches("groundplan.").to_owned();
        assert!(pattern(&format!(r"(?m)^    {name}: ")).is_match(&deeds), "{name} is not registered");
    }
    let page = read("docs/editors/vscode.md");
    let table = page.split("| command |").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut shown = 0;
    for row in pattern(r"(?m)^\| ([A-Z][^|]+) \|").captures_iter(table) {
        for title in row[1].split(", ") {
            assert!(titles.contains(title.trim()), "there is no command “{title}”");
            shown += 1;
        }
    }
    // All but the two of the comparison and the one that looks at the runs again.
    assert_eq!(shown + 3, titles.len(), "{titles:?}");
    let settings = package["contributes"]["configuration"]["properties"].as_object().unwrap();
    for (path, page) in pages() {
        for name in pattern(r"`(groundplan\.[a-z]+(?:\.[a-z]+)*)`").captures_iter(&page) {
            let name = &name[1];
            assert!(
                settings.contains_key(name) || name == "groundplan.toml" || named.contains(name),
                "{}: there is no setting {name}",
                path.display()
            );
        }
    }
}

#[test]
fn pictures_and_pages_that_pages_lead_to_exist() {
    for (path, page) in pages() {
        for link in pattern(r"\]\(([^)#: ]+)(?:#[^)]*)?\)").captures_iter(&page) {
            let target = path.parent().unwrap().join(&link[1]);
            let example = page[..link.get(0).unwrap().start()].matches("```").count() % 2 == 1;
            assert!(example || target.exists(), "{} leads to {}", path.display(), &link[1]);
        }
    }
}
