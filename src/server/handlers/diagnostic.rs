//! `textDocument/diagnostic`.

use tower_lsp::ls_types::{
    DocumentDiagnosticReport, DocumentDiagnosticReportResult, FullDocumentDiagnosticReport,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
};

use crate::server::diagnose;
use crate::server::session::Snapshot;

/// The findings of a document, or that they are as they were.
pub fn diagnostic(snapshot: Option<&Snapshot>, previous: Option<&str>) -> DocumentDiagnosticReportResult {
    let id = snapshot.map(|snapshot| {
        let upstream = snapshot.requirements.as_ref().and_then(|upstream| upstream.version).unwrap_or(-1);
        format!("{}.{}.{upstream}", snapshot.version, snapshot.disk)
    });
    let report = match id {
        Some(id) if previous == Some(&id) => {
            DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
            })
        }
        id => DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport {
                result_id: id,
                items: snapshot.map_or_else(Vec::new, diagnose::diagnostics),
            },
        }),
    };
    DocumentDiagnosticReportResult::Report(report)
}
