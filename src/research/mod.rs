//! What is asked, what was found, and where it was read.

mod agenda;
mod area;
mod finding;
mod heading;
mod referral;
mod sources;
mod verify;
mod wording;
mod work;

pub use agenda::{Agenda, Question, Subject, Topic, agenda};
pub use area::Area;
pub use finding::{
    Action, Answer, Case, Choice, Claim, Comparable, Component, Facet, Followed, Home, Risk, RiskKind, Standing,
    Strength, SymbolRef, TestRun, Way,
};
pub use heading::heading;
pub use referral::Referral;
pub use sources::{SourceId, Sources};
pub use verify::{Verified, verify};
pub use wording::{ask, deed, is_negative, joined, plural, sentence, subject};
pub use work::{Work, is_shown, prepares, switches, work};
