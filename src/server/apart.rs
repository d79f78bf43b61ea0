//! Writes a plan into a file of its own: through the client where the file is open or the client creates files, else
//! on disk.

use std::path::PathBuf;

use tokio::time::timeout;
use tower_lsp::ls_types::{
    CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp, ShowDocumentParams, TextDocumentEdit,
    TextEdit, Uri, WorkspaceEdit,
};

use super::jobs::{APPLY, Ending, Job};
use super::session::{Snapshot, lock};
use crate::document::Document;
use crate::lsp;
use crate::plan::{self, Section};
use crate::run::{Researched, today, write_atomically};

impl Job {
    /// Writes the plan into its own file: through the client where it is open or the client creates files, else on disk.
    pub(super) async fn write_apart(
        &self,
        snapshot: &Snapshot,
        done: &Researched,
        sections: &[Section],
        path: PathBuf,
    ) -> Ending {
        let Some(uri) = Uri::from_file_path(&path) else {
            return Ending::Failed("the document has no path".to_owned());
        };
        let open = lock(&self.shared.session).snapshot(&uri);
        let before = match (&open, std::fs::read_to_string(&path)) {
            (Some(open), _) => (*open.document).clone(),
            (None, Ok(text)) => Document::parse(&text),
            (None, Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Document::parse(&beginning(snapshot)),
            // What cannot be read is not replaced.
            (None, Err(error)) => return Ending::Failed(format!("cannot read {}: {error}", path.display())),
        };
        let (document, kept) = match done.write_sections(sections, &before, &snapshot.project.relative(&path), &today())
        {
            Ok(written) => written,
            Err(error) => return Ending::Failed(error.to_string()),
        };
        let text = document.text().to_string();
        let sections = sections.len() - kept.len();
        let written = if let Some(open) = open {
            let whole = Range { start: Position::default(), end: open.lines().position(open.document.text().len()) };
            let edits = vec![TextEdit { range: whole, new_text: text }];
            let edit = lsp::workspace_edit(&uri, Some(open.version), edits, open.client.document_changes);
            self.apply("plan", edit).await
        } else if !path.exists() && snapshot.client.creates_files {
            self.apply("new plan", created(&uri, text)).await
        } else {
            write_atomically(&path, &text).map(|()| true).map_err(|error| error.to_string())
        };
        match written {
            Ok(true) => {}
            Ok(false) => return Ending::Failed(format!("the editor refused to write {}", path.display())),
            Err(_) if self.run.flag.is_cancelled() => return Ending::Cancelled { sections: 0 },
            Err(reason) => return Ending::Failed(reason),
        }
        if snapshot.client.shows_documents {
            let show = ShowDocumentParams { uri, external: Some(false), take_focus: Some(true), selection: None };
            // The plan is written whether it can be shown or not.
            let _ = timeout(APPLY, self.shared.client.show_document(show)).await;
        }
        Ending::Written { sections, kept }
    }
}

fn beginning(snapshot: &Snapshot) -> String {
    let name =
        snapshot.path.as_ref().and_then(|path| path.file_name()).and_then(|name| name.to_str()).unwrap_or_default();
    let title =
        snapshot.document.sections().first().filter(|section| section.level == 1).map_or("", |section| &section.title);
    snapshot.project.plan_template().map_or_else(String::new, |template| plan::file_text(&template, name, title))
}

/// An edit that creates a file with its text.
fn created(uri: &Uri, text: String) -> WorkspaceEdit {
    let create = CreateFile {
        uri: uri.clone(),
        options: Some(CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) }),
        annotation_id: None,
    };
    let edit = TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri: uri.clone(), version: None },
        edits: vec![OneOf::Left(TextEdit { range: Range::default(), new_text: text })],
    };
    let operations = vec![DocumentChangeOperation::Op(ResourceOp::Create(create)), DocumentChangeOperation::Edit(edit)];
    WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(operations)), ..WorkspaceEdit::default() }
}
