//! What a run may use, and what it has used.

use std::sync::{Mutex, MutexGuard, PoisonError};
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
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    tokens: u64,
    reserved: u64,
    requests: u64,
}

/// What a request has reserved; gives back what it did not use.
#[derive(Debug)]
pub struct Reserved<'b> {
    budget: &'b Budget,
    tokens: u64,
    /// What is used however the request ends.
    sent: u64,
}

/// Why nothing could be reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// A cap is reached.
    Over(Failure),
    /// Others hold so much that it does not fit; they may give some of it back.
    Later,
}

impl Budget {
    /// A budget that starts now, with what an interrupted run has used before.
    pub fn new(limits: Limits, before: Usage) -> Self {
        let used = Used { tokens: before.tokens(), reserved: 0, requests: before.requests };
        Self { limits, started: Instant::now(), used: Mutex::new(used) }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves a request of so many tokens, the answer included.
    ///
    /// # Errors
    /// [`Denied`] where it would exceed a cap.
    pub fn reserve(&self, tokens: u64) -> Result<Reserved<'_>, Denied> {
        let limits = &self.limits;
        let over = |cap| Err(Denied::Over(Failure::Budget(cap)));
        if self.left().is_zero() {
            return over(Cap::Seconds(limits.seconds));
        }
        let mut used = self.used();
        if used.tokens + tokens > limits.tokens {
            return over(Cap::Tokens(limits.tokens));
        }
        if used.requests >= limits.requests {
            return over(Cap::Requests(limits.requests));
        }
        if used.tokens + used.reserved + tokens > limits.tokens {
            return Err(Denied::Later);
        }
        used.reserved += tokens;
        used.requests += 1;
        Ok(Reserved { budget: self, tokens, sent: 0 })
    }

    /// The time that is left.
    pub fn left(&self) -> Duration {
        Duration::from_secs(self.limits.seconds).saturating_sub(self.started.elapsed())
    }
}

impl Reserved<'_> {
    /// Says that so much is used, however the request ends.
    pub fn sent(&mut self, tokens: u64) {
        self.sent = tokens;
    }
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        let mut used = self.budget.used();
        used.reserved -= self.tokens;
        used.tokens += self.sent;
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
        let mut first = budget.reserve(60).unwrap();
        // It may give some back, and a request that was turned away is none.
        assert_eq!(budget.reserve(60).unwrap_err(), Denied::Later);
        first.sent(10);
        drop(first);
        drop(budget.reserve(90).unwrap());
        assert_eq!(budget.reserve(91).unwrap_err(), Denied::Over(Failure::Budget(Cap::Tokens(100))));
        drop(budget.reserve(1).unwrap());
        assert_eq!(budget.reserve(1).unwrap_err(), Denied::Over(Failure::Budget(Cap::Requests(3))));
    }
}
