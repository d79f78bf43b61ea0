//! What a source file imports, as it writes it.

use tree_sitter::Node;

use super::Language;

/// Adds the imports of one import node.
pub(super) fn read(language: Language, node: Node<'_>, text: &str, out: &mut Vec<String>) {
    let source = &text[node.byte_range()];
    match language {
        Language::Rust => {
            if let Some(argument) = node.child_by_field_name("argument") {
                expand("", &text[argument.byte_range()], out);
            }
        }
        Language::Python => python(source, out),
        Language::JavaScript | Language::TypeScript | Language::Tsx => {
            if node.kind() == "call_expression" {
                let called = node.child_by_field_name("function").map(|called| &text[called.byte_range()]);
                if matches!(called, Some("require" | "import")) {
                    out.extend(quoted(source));
                }
            } else if let Some(from) = node.child_by_field_name("source") {
                out.extend(quoted(&text[from.byte_range()]));
            }
        }
        Language::Go => out.extend(quoted(source)),
        Language::Java => {
            let name = source.trim_start_matches("import").trim().trim_start_matches("static ").trim_end_matches(';');
            out.push(name.trim().to_owned());
        }
        Language::CSharp => {
            let name = source.trim_start_matches("global ").trim_start_matches("using").trim().trim_end_matches(';');
            out.push(name.rsplit('=').next().unwrap_or(name).trim().trim_start_matches("static ").to_owned());
        }
        Language::C | Language::Cpp => {
            if let Some(path) = node.child_by_field_name("path") {
                out.push(text[path.byte_range()].trim_matches(['"', '<', '>']).to_owned());
            }
        }
        Language::Ruby => {
            let called = node.child_by_field_name("method").map(|called| &text[called.byte_range()]);
            match called {
                Some("require") => out.extend(quoted(source)),
                Some("require_relative") => out.extend(quoted(source).map(|path| format!("./{path}"))),
                _ => {}
            }
        }
        Language::Php => {
            if node.kind() == "namespace_use_declaration" {
                let names = source.trim_start_matches("use").trim().trim_end_matches(';');
                out.extend(names.split(',').map(|name| name.split(" as ").next().unwrap_or(name).trim().to_owned()));
            } else {
                out.extend(quoted(source).map(|path| format!("./{}", path.trim_start_matches('/'))));
            }
        }
    }
}

/// `a::{b, c::d}` → `a::b`, `a::c::d`; names after `as` and globs are dropped.
fn expand(prefix: &str, tree: &str, out: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree).trim().trim_end_matches("::*");
        let path = if path == "self" { prefix.trim_end_matches("::").to_owned() } else { format!("{prefix}{path}") };
        if !path.is_empty() && path != "*" {
            out.push(path);
        }
        return;
    };
    let head = format!("{prefix}{}", tree[..open].trim());
    let inner = tree[open + 1..].strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&head, &inner[start..at], out);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        expand(&head, &inner[start..], out);
    }
}

fn python(source: &str, out: &mut Vec<String>) {
    let clean =
        |name: &str| name.split(" as ").next().unwrap_or(name).trim_matches(['(', ')', ' ', '\n', '\\']).to_owned();
    if let Some(rest) = source.strip_prefix("from") {
        let Some((module, names)) = rest.split_once(" import ").or_else(|| rest.split_once(" import(")) else { return };
        let module = module.trim();
        out.push(module.to_owned());
        let dot = if module.ends_with('.') { "" } else { "." };
        let names = names.split(',').map(clean).filter(|name| !name.is_empty() && name != "*");
        out.extend(names.map(|name| format!("{module}{dot}{name}")));
    } else if let Some(names) = source.strip_prefix("import") {
        out.extend(names.split(',').map(clean));
    }
}

fn quoted(source: &str) -> impl Iterator<Item = String> {
    let found = source.find(['"', '\'', '`']).and_then(|open| {
        let quote = source[open..].chars().next()?;
        let close = source[open + 1..].find(quote)?;
        Some(source[open + 1..open + 1 + close].to_owned())
    });
    found.filter(|path| !path.is_empty()).into_iter()
}
