//! What waits to be written: bounded, and never a response dropped for progress or log lines.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::transport::frame;

/// Messages in the queue from which on the client is behind, so that newer progress takes the place of older.
const BEHIND: usize = 16;
/// Messages in the queue beyond which droppable ones are dropped.
const CROWDED: usize = 256;
/// Messages in the queue beyond which nothing more is read.
const FULL: usize = 4096;

/// How much a message matters when the client does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// Must arrive.
    Must,
    /// Only the newest of this key matters to a client that is behind.
    Newest(String),
    /// May be dropped when the queue is crowded.
    Droppable,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(Weight, Vec<u8>)>,
    writing: bool,
    closed: bool,
}

/// The queue and its writer thread's end of it.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    inner: Arc<(Mutex<Queue>, Condvar)>,
}

impl Outbox {
    /// Adds a message.
    pub fn push(&self, weight: Weight, body: &[u8]) {
        let (queue, signal) = &*self.inner;
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            return;
        }
        if let Weight::Newest(_) = &weight
            && queue.waiting.len() >= BEHIND
            && let Some(waiting) = queue.waiting.iter_mut().find(|(other, _)| *other == weight)
        {
            waiting.1 = frame(body);
            return;
        }
        if weight == Weight::Droppable && queue.waiting.len() >= CROWDED {
            return;
        }
        queue.waiting.push_back((weight, frame(body)));
        signal.notify_all();
    }

    /// Waits until the queue has room; the reader calls it, so a client that does not read is not read from.
    pub fn wait_for_room(&self) {
        let (queue, signal) = &*self.inner;
        let mut guard = queue.lock().unwrap_or_else(PoisonError::into_inner);
        while guard.waiting.len() >= FULL && !guard.closed {
            guard = signal.wait_timeout(guard, Duration::from_millis(100)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Writes what is queued until [`Outbox::close`]; runs on a thread of its own.
    pub fn write_to(&self, mut out: impl Write) {
        let (queue, signal) = &*self.inner;
        loop {
            let mut guard = queue.lock().unwrap_or_else(PoisonError::into_inner);
            guard.writing = false;
            signal.notify_all();
            while guard.waiting.is_empty() {
                if guard.closed {
                    return;
                }
                guard = signal.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
            let batch: Vec<u8> = guard.waiting.drain(..).flat_map(|(_, bytes)| bytes).collect();
            guard.writing = true;
            drop(guard);
            if out.write_all(&batch).and_then(|()| out.flush()).is_err() {
                let mut guard = queue.lock().unwrap_or_else(PoisonError::into_inner);
                guard.closed = true;
                guard.writing = false;
                signal.notify_all();
                return;
            }
        }
    }

    /// Takes no more waiting for granted: ends the writer once all is written, or after `limit`.
    pub fn close(&self, limit: Duration) {
        let (queue, signal) = &*self.inner;
        let until = Instant::now() + limit;
        let mut guard = queue.lock().unwrap_or_else(PoisonError::into_inner);
        guard.closed = true;
        signal.notify_all();
        while (!guard.waiting.is_empty() || guard.writing) && Instant::now() < until {
            guard = signal.wait_timeout(guard, Duration::from_millis(20)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_gives_way_and_responses_do_not() {
        let outbox = Outbox::default();
        for n in 0..CROWDED * 2 {
            outbox.push(Weight::Newest("p".into()), format!("p{n}").as_bytes());
            outbox.push(Weight::Droppable, b"log");
            outbox.push(Weight::Must, b"response");
        }
        let closing = outbox.clone();
        let writer = std::thread::spawn(move || {
            let mut out = Vec::new();
            outbox.write_to(&mut out);
            String::from_utf8_lossy(&out).into_owned()
        });
        closing.close(Duration::from_secs(5));
        let out = writer.join().unwrap();
        assert_eq!(out.matches("response").count(), CROWDED * 2);
        assert_eq!(out.matches("p511").count(), 1);
        assert!(out.matches("log").count() <= CROWDED);
    }
}
