//! Programs that groundplan asks: run to their end, within a time, stopped by a cancel.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{Cancel, Cancelled};
use crate::config::MODEL_KEY;

/// The time that the pipes of a program that has ended are waited for.
const LINGERING: Duration = Duration::from_secs(5);

/// What a program said.
#[derive(Debug)]
pub(super) struct Said {
    /// Whether it ended well.
    pub succeeded: bool,
    /// Its standard output; what is no UTF-8 in it is replaced.
    pub out: String,
    /// Its standard error.
    pub error: String,
}

/// Why a program said nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    /// It was stopped, as was asked.
    #[error("cancelled")]
    Cancelled(#[from] Cancelled),
    /// It could not be started.
    #[error("{0}")]
    NotStarted(#[from] std::io::Error),
    /// It took too long, and was stopped.
    #[error("no answer within {} seconds", .0.as_secs())]
    TooLong(Duration),
}

/// Runs a program without input; one that takes longer than `limit` is stopped.
pub(super) fn ask(command: &mut Command, limit: Option<Duration>, cancel: &Cancel) -> Result<Said, Silence> {
    let started = Instant::now();
    // The key of a model is no business of git's or of a package client's.
    command.env_remove(MODEL_KEY);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let out = read(child.stdout.take());
    let error = read(child.stderr.take());
    let mut ended: Option<(bool, Instant)> = None;
    loop {
        if ended.is_none() {
            ended = child.try_wait()?.map(|status| (status.success(), Instant::now()));
        }
        match ended {
            Some((succeeded, _)) if out.is_finished() && error.is_finished() => {
                let (out, error) = (out.join().unwrap_or_default(), error.join().unwrap_or_default());
                return Ok(Said { succeeded, out, error });
            }
            // Something that it has started holds its pipes.
            Some((_, since)) if since.elapsed() > LINGERING => return Err(Silence::TooLong(LINGERING)),
            _ => {}
        }
        if cancel.is_cancelled() {
            stop(&mut child);
            return Err(Cancelled.into());
        }
        if let Some(limit) = limit.filter(|limit| started.elapsed() > *limit) {
            stop(&mut child);
            return Err(Silence::TooLong(limit));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn stop(child: &mut Child) {
    // It may have ended in between, which is what is wanted.
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads a pipe to its end on a thread of its own, so that neither pipe can fill up and hold the program.
fn read(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is kept.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
