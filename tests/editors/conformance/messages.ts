// What the server sends: notifications and requests by method, results as "result:" + method.
import type * as P from 'vscode-languageserver-protocol';

export interface Messages {
  'textDocument/publishDiagnostics': P.PublishDiagnosticsParams;
  'window/workDoneProgress/create': P.WorkDoneProgressCreateParams;
  '$/progress': { token: P.ProgressToken; value: P.WorkDoneProgressBegin | P.WorkDoneProgressReport | P.WorkDoneProgressEnd };
  'workspace/applyEdit': P.ApplyWorkspaceEditParams;
  'workspace/configuration': P.ConfigurationParams;
  'workspace/codeLens/refresh': null;
  'workspace/diagnostic/refresh': null;
  'client/registerCapability': P.RegistrationParams;
  'window/showMessage': P.ShowMessageParams;
  'window/showMessageRequest': P.ShowMessageRequestParams;
  'window/showDocument': P.ShowDocumentParams;
  'window/logMessage': P.LogMessageParams;
  // Of our own, for clients that say that they take them.
  'groundplan/run': { uri: P.DocumentUri; state: 'running' | 'ended'; message: string; percentage: P.uinteger };
  'groundplan/propose': { uri: P.DocumentUri; title: string; before: string | null; after: string | null };
  'result:initialize': P.InitializeResult;
  'result:shutdown': null;
  'result:textDocument/codeAction': (P.Command | P.CodeAction)[] | null;
  'result:textDocument/codeLens': P.CodeLens[] | null;
  'result:textDocument/hover': P.Hover | null;
  'result:textDocument/completion': P.CompletionItem[] | null;
  'result:textDocument/definition': P.Location[] | null;
  'result:textDocument/references': P.Location[] | null;
  'result:textDocument/documentSymbol': P.DocumentSymbol[] | null;
  'result:textDocument/foldingRange': P.FoldingRange[] | null;
  'result:textDocument/diagnostic': P.DocumentDiagnosticReport;
  'result:workspace/executeCommand': P.LSPAny | null;
}
