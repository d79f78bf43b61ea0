//! Progress that begins when the client has agreed to it and ends whatever happens.

use std::time::Duration;

use tokio::time::timeout;
use tower_lsp::Client;
use tower_lsp::ls_types::notification::Progress as ProgressNotification;
use tower_lsp::ls_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressEnd,
    WorkDoneProgressReport,
};

/// A client that does not answer in this time gets no progress (Emacs 28 can leave the answer unread).
const AGREE: Duration = Duration::from_secs(2);

/// Progress of one job. Dropping it ends it.
#[derive(Debug)]
pub struct Progress {
    client: Client,
    token: Option<ProgressToken>,
    last: (String, u32),
}

impl Progress {
    /// Progress that nobody sees, for a job that ends before the client has agreed to any.
    pub fn silent(client: &Client) -> Self {
        Self { client: client.clone(), token: None, last: Default::default() }
    }

    /// Begins under the client's own token, or under ours if the client agrees to it.
    pub async fn begin(
        client: &Client,
        ours: ProgressToken,
        theirs: Option<ProgressToken>,
        shown: bool,
        title: &str,
    ) -> Self {
        let mut progress = Self::silent(client);
        progress.token = match theirs {
            Some(token) => Some(token),
            None if shown => {
                let agreed = timeout(AGREE, client.create_work_done_progress(ours.clone())).await;
                matches!(agreed, Ok(Ok(()))).then_some(ours)
            }
            None => None,
        };
        progress
            .send(WorkDoneProgress::Begin(WorkDoneProgressBegin {
                title: title.to_owned(),
                cancellable: Some(true),
                message: None,
                percentage: Some(0),
            }))
            .await;
        progress
    }

    /// Tells how far the job is. A client that was given a percentage drops messages without one.
    pub async fn report(&mut self, message: &str, percentage: u32) {
        let percentage = percentage.max(self.last.1).min(100);
        if self.last == (message.to_owned(), percentage) {
            return;
        }
        self.last = (message.to_owned(), percentage);
        self.send(WorkDoneProgress::Report(WorkDoneProgressReport {
            cancellable: Some(true),
            message: Some(message.to_owned()),
            percentage: Some(percentage),
        }))
        .await;
    }

    /// Ends with a last word.
    pub async fn end(mut self, message: &str) {
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message.to_owned()) })).await;
        self.token = None;
    }

    async fn send(&self, value: WorkDoneProgress) {
        if let Some(token) = self.token.clone() {
            let params = ProgressParams { token, value: ProgressParamsValue::WorkDone(value) };
            self.client.send_notification::<ProgressNotification>(params).await;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(token) = self.token.take() {
            let client = self.client.clone();
            let value = ProgressParamsValue::WorkDone(WorkDoneProgress::End(WorkDoneProgressEnd { message: None }));
            // Without a runtime the process is ending, and the client with it.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move {
                    client.send_notification::<ProgressNotification>(ProgressParams { token, value }).await;
                });
            }
        }
    }
}
