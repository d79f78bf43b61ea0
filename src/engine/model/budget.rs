//! What a run may use, and what it has used.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::failure::{Cap, Failure};
use crate::config::Limits;

/// Tokens and requests that were used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    /// Requests that were sent, failed ones included.
    pub requests: u64,
    /// Tokens that were sent.
    pub sent: u64,
    /// Tokens of those that the provider had kept from an earlier request, and charges less for.
    pub cached: u64,
    /// Tokens that came back.
    pub received: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.sent += other.sent;
        self.cached += other.cached;
        self.received += other.received;
    }
}

impl Usage {
    /// All tokens.
    pub fn tokens(self) -> u64 {
        self.sent + self.received
    }
}

/// The caps of a run. A request reserves what it may need before it is sent, so that requests side by side cannot
/// exceed a cap together.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    started: Instant,
    tokens: AtomicU64,
    requests: AtomicU64,
}

/// What a request has reserved; gives back what it did not use.
#[derive(Debug)]
pub struct Reserved<'b> {
    budget: &'b Budget,
    tokens: u64,
}

impl Budget {
    /// A budget that starts now, with what an interrupted run has used before.
    pub fn new(limits: Limits, before: Usage) -> Self {
        Self {
            limits,
            started: Instant::now(),
            tokens: AtomicU64::new(before.tokens()),
            requests: AtomicU64::new(before.requests),
        }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reserves a request of so many tokens, the answer included.
    ///
    /// # Errors
    /// [`Failure::Budget`] where it would exceed a cap.
    pub fn reserve(&self, tokens: u64) -> Result<Reserved<'_>, Failure> {
        if self.left().is_zero() {
            return Err(Failure::Budget(Cap::Seconds(self.limits.seconds)));
        }
        let take = |counter: &AtomicU64, amount: u64, most: u64| {
            counter
                .try_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                    Some(used + amount).filter(|used| *used <= most)
                })
                .is_ok()
        };
        if !take(&self.requests, 1, self.limits.requests) {
            return Err(Failure::Budget(Cap::Requests(self.limits.requests)));
        }
        if !take(&self.tokens, tokens, self.limits.tokens) {
            return Err(Failure::Budget(Cap::Tokens(self.limits.tokens)));
        }
        Ok(Reserved { budget: self, tokens })
    }

    /// The time that is left.
    pub fn left(&self) -> Duration {
        Duration::from_secs(self.limits.seconds).saturating_sub(self.started.elapsed())
    }
}

impl Reserved<'_> {
    /// Says what was really used.
    pub fn settle(mut self, used: u64) {
        if used >= self.tokens {
            self.budget.tokens.fetch_add(used - self.tokens, Ordering::Relaxed);
            self.tokens = 0;
        } else {
            self.tokens -= used;
        }
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        self.budget.tokens.fetch_sub(self.tokens, Ordering::Relaxed);
    }
}

/// About how many tokens a text has; providers differ, and code has more than prose.
pub fn estimate(text: &str) -> u64 {
    (text.len() as u64).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_side_by_side_cannot_exceed_a_cap_together() {
        let limits = Limits { tokens: 100, requests: 3, ..Limits::default() };
        let budget = Budget::new(limits, Usage::default());
        let first = budget.reserve(60).unwrap();
        assert_eq!(budget.reserve(60).unwrap_err(), Failure::Budget(Cap::Tokens(100)));
        first.settle(10);
        drop(budget.reserve(90).unwrap());
        assert_eq!(budget.reserve(1).unwrap_err(), Failure::Budget(Cap::Requests(3)));
    }
}
