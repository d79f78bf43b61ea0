//! Who answers the questions of a run.

pub mod evidence;
pub mod model;

use crate::research::{Answer, Question};

/// Answers questions; several threads ask at once.
pub trait Engine: Sync {
    /// Name and version, as the stamp records them.
    fn name(&self) -> String;

    /// Answers one question; an engine that finds nothing says what stays open.
    fn answer(&self, question: &Question) -> Answer;
}
