//! What a run tells while it works.

use crate::research::Area;

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Facts about the workspace are read.
    Facts {
        /// Which.
        stage: String,
        /// How many are done.
        done: usize,
        /// Of how many.
        total: usize,
    },
    /// A question was answered.
    Answered {
        /// Its area.
        area: Area,
        /// Its number in the area, from 1.
        number: usize,
        /// Questions of the area.
        of: usize,
        /// The question.
        text: String,
        /// Answered questions of all areas.
        done: usize,
        /// Questions of all areas.
        total: usize,
    },
}

/// Listens to a run; called from several threads.
pub trait Progress: Sync {
    /// Takes note of a step.
    fn report(&self, event: &Event);
}

impl<F: Fn(&Event) + Sync> Progress for F {
    fn report(&self, event: &Event) {
        self(event);
    }
}

impl Event {
    /// One line for it: `system 2/5: what exists for “export orders”`.
    pub fn message(&self) -> String {
        match self {
            Self::Facts { stage, done, total } if *total > 1 => format!("reading {stage} {done}/{total}"),
            Self::Facts { stage, .. } => format!("reading {stage}"),
            Self::Answered { area, number, of, text, .. } => format!("{} {number}/{of}: {text}", area.name()),
        }
    }

    /// How far the run is, in percent; reading facts is the first half.
    pub fn percentage(&self) -> u32 {
        let share = |done: &usize, total: &usize, of: usize| (done * of / (*total).max(1)) as u32;
        match self {
            Self::Facts { stage, done, total } if stage == "files" => share(done, total, 45),
            Self::Facts { .. } => 45,
            Self::Answered { done, total, .. } => 50 + share(done, total, 35),
        }
    }
}
