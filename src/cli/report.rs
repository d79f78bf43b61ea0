//! Findings as text for people, JSON, SARIF and GitHub's log commands.

use std::io::IsTerminal;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::check::{DOCS, find_rule, rules};
use crate::config::Severity;
use crate::text::{Encoding, Text};

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// With the lines that they stand on
    Human,
    /// One JSON array
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Log commands of GitHub Actions
    Github,
}

/// A finding with the text that it stands in.
#[derive(Debug)]
pub struct Finding {
    /// The file, as the user named it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The rule.
    pub rule: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// Where.
    pub range: Range<usize>,
    /// What.
    pub message: String,
    /// Other places: file, range, message, text.
    pub related: Vec<(String, Range<usize>, String, String)>,
    /// What the first quick fix would do.
    pub fix: Option<String>,
}

/// All findings in one format; ends with a line break unless it is empty.
pub fn render(format: Format, findings: &[Finding]) -> String {
    match format {
        Format::Human => findings.iter().map(human).collect(),
        Format::Json => pretty(&Value::Array(findings.iter().map(json).collect())),
        Format::Sarif => pretty(&sarif(findings)),
        Format::Github => findings.iter().map(github).collect(),
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn human(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Information => Level::INFO,
        Severity::Hint => Level::NOTE,
    };
    let title = level.primary_title(finding.message.clone()).id(finding.rule);
    let within = |text: &str, range: &Range<usize>| range.start.min(text.len())..range.end.min(text.len());
    let mut snippet = Snippet::source(finding.text.as_str())
        .path(finding.path.as_str())
        .annotation(AnnotationKind::Primary.span(within(&finding.text, &finding.range)));
    for (path, range, message, text) in &finding.related {
        if *path == finding.path {
            snippet = snippet.annotation(AnnotationKind::Context.span(within(text, range)).label(message.as_str()));
        }
    }
    let mut group = title.element(snippet);
    for (path, range, message, text) in finding.related.iter().filter(|(path, ..)| *path != finding.path) {
        group = group.element(Level::NOTE.message(message.as_str())).element(
            Snippet::source(text.as_str())
                .path(path.as_str())
                .annotation(AnnotationKind::Context.span(within(text, range))),
        );
    }
    if let Some(fix) = &finding.fix {
        group = group.element(Level::HELP.message(format!("in an editor: {fix}")));
    }
    if finding.rule.starts_with("changed-") {
        let again = format!("or research it anew: groundplan plan {}", finding.path);
        group = group.element(Level::HELP.message(again));
    }
    let renderer = if std::io::stdout().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group]) + "\n\n"
}

/// One-based line and column, columns in characters.
fn position(text: &Text, offset: usize) -> (u32, u32) {
    let position = text.position(offset, Encoding::Utf32);
    (position.line + 1, position.character + 1)
}

fn json(finding: &Finding) -> Value {
    let place = |text: &str, range: &Range<usize>| {
        let text = Text::new(text);
        let ((line, column), (end_line, end_column)) = (position(&text, range.start), position(&text, range.end));
        json!({ "start": { "line": line, "column": column }, "end": { "line": end_line, "column": end_column } })
    };
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|(path, range, message, text)| json!({ "path": path, "range": place(text, range), "message": message }))
        .collect();
    json!({
        "path": finding.path,
        "rule": finding.rule,
        "severity": finding.severity.name(),
        "message": finding.message,
        "range": place(&finding.text, &finding.range),
        "url": format!("{DOCS}{}.md", finding.rule),
        "related": related,
        "fix": finding.fix,
    })
}

fn sarif(findings: &[Finding]) -> Value {
    let level = |severity: Severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information | Severity::Hint => "note",
    };
    let all: Vec<Value> = rules()
        .iter()
        .map(|rule| {
            let summary = rule.page.lines().nth(2).unwrap_or_default();
            json!({
                "id": rule.name,
                "shortDescription": { "text": summary },
                "helpUri": format!("{DOCS}{}.md", rule.name),
                "help": { "text": rule.page, "markdown": rule.page },
                "defaultConfiguration": { "level": level(rule.severity) },
            })
        })
        .collect();
    let location = |path: &str, text: &str, range: &Range<usize>| {
        let text = Text::new(text);
        let ((line, column), (end_line, end_column)) = (position(&text, range.start), position(&text, range.end));
        json!({
            "physicalLocation": {
                "artifactLocation": { "uri": path.replace('\\', "/") },
                "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
            }
        })
    };
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let related: Vec<Value> = finding
                .related
                .iter()
                .map(|(path, range, message, text)| {
                    let mut place = location(path, text, range);
                    place["message"] = json!({ "text": message });
                    place
                })
                .collect();
            json!({
                "ruleId": finding.rule,
                "ruleIndex": rules().iter().position(|rule| rule.name == finding.rule),
                "level": level(finding.severity),
                "message": { "text": finding.message },
                "locations": [location(&finding.path, &finding.text, &finding.range)],
                "relatedLocations": related,
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "groundplan",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": all,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn github(finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information | Severity::Hint => "notice",
    };
    let text = Text::new(&finding.text);
    let ((line, column), (end_line, end_column)) =
        (position(&text, finding.range.start), position(&text, finding.range.end));
    let title = find_rule(finding.rule).map_or("", |rule| rule.name);
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    format!(
        "::{command} file={},line={line},endLine={end_line},col={column},endColumn={end_column},title={title}::{}\n",
        property(&finding.path),
        data(&finding.message)
    )
}
