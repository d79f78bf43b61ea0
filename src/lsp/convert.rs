//! Places, diagnostics and edits in the protocol's words.

use std::collections::HashMap;
use std::ops::Range as Bytes;

use tower_lsp::ls_types::{
    CodeAction, CodeActionKind, CodeDescription, Command, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DocumentChanges, Documentation, Location, MarkupContent, MarkupKind, NumberOrString, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};

use crate::check::{self, DOCS, Fix};
use crate::config::Severity;
use crate::text::{Edit, Encoding, Position as Place, Text};

/// A text with the client's unit of columns.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'t> {
    /// The text.
    pub text: &'t Text,
    /// The unit.
    pub encoding: Encoding,
}

impl Lines<'_> {
    /// The byte offset of a position.
    pub fn offset(&self, position: Position) -> usize {
        self.text.offset(Place { line: position.line, character: position.character }, self.encoding)
    }

    /// The bytes of a range; a range that ends before it starts is empty.
    pub fn bytes(&self, range: Range) -> Bytes<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }

    /// The position of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        let place = self.text.position(offset, self.encoding);
        Position { line: place.line, character: place.character }
    }

    /// The range of bytes.
    pub fn range(&self, bytes: &Bytes<usize>) -> Range {
        Range { start: self.position(bytes.start), end: self.position(bytes.end) }
    }
}

/// A finding as the client shows it. `related` gives the file of the requirements document with its lines.
pub fn diagnostic(
    found: &check::Diagnostic,
    lines: Lines<'_>,
    uri: &Uri,
    related: Option<(&Uri, Lines<'_>)>,
    with_related: bool,
) -> Diagnostic {
    let information = found.related.iter().filter_map(|other| {
        let (uri, lines) = match other.file {
            check::File::This => (uri, lines),
            check::File::Requirements => related?,
        };
        Some(DiagnosticRelatedInformation {
            location: Location { uri: uri.clone(), range: lines.range(&other.range) },
            message: other.message.clone(),
        })
    });
    let information: Vec<_> = if with_related { information.collect() } else { Vec::new() };
    Diagnostic {
        range: lines.range(&found.range),
        severity: Some(severity(found.severity)),
        code: Some(NumberOrString::String(found.rule.to_owned())),
        code_description: format!("{DOCS}{}.md", found.rule).parse().ok().map(|href| CodeDescription { href }),
        source: Some("groundplan".to_owned()),
        message: found.message.clone(),
        related_information: (!information.is_empty()).then_some(information),
        ..Diagnostic::default()
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Information => DiagnosticSeverity::INFORMATION,
        Severity::Hint => DiagnosticSeverity::HINT,
    }
}

/// One edit.
pub fn text_edit(edit: &Edit, lines: Lines<'_>) -> TextEdit {
    TextEdit { range: lines.range(&edit.range), new_text: edit.text.clone() }
}

/// Edits of one document; with its version where the client guards by it.
pub fn workspace_edit(uri: &Uri, version: Option<i32>, edits: Vec<TextEdit>, with_version: bool) -> WorkspaceEdit {
    if with_version {
        let text_document = OptionalVersionedTextDocumentIdentifier { uri: uri.clone(), version };
        let edits = edits.into_iter().map(OneOf::Left).collect();
        let changes = DocumentChanges::Edits(vec![TextDocumentEdit { text_document, edits }]);
        return WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() };
    }
    WorkspaceEdit { changes: Some(HashMap::from([(uri.clone(), edits)])), ..WorkspaceEdit::default() }
}

/// A quick fix.
pub fn code_action_edit(fix: &Fix, preferred: bool, diagnostic: Diagnostic, edit: WorkspaceEdit) -> CodeAction {
    CodeAction {
        title: fix.title.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic]),
        edit: Some(edit),
        is_preferred: preferred.then_some(true),
        ..CodeAction::default()
    }
}

/// An action that executes a command.
pub fn code_action(title: String, kind: &'static str, command: Command) -> CodeAction {
    CodeAction { title, kind: Some(CodeActionKind::new(kind)), command: Some(command), ..CodeAction::default() }
}

/// A location.
pub fn location(uri: &Uri, lines: Lines<'_>, bytes: &Bytes<usize>) -> Location {
    Location { uri: uri.clone(), range: lines.range(bytes) }
}

/// Markdown beside a completion.
pub fn documentation(markdown: String) -> Documentation {
    Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: markdown })
}
