//! The four areas of research.

/// An area; every run answers questions in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Area {
    /// What serves each domain best here.
    Technology,
    /// Where the requirements meet existing code.
    System,
    /// What must be built and where it goes.
    Design,
    /// How the project tests and what must be tested.
    Testing,
}

impl Area {
    /// All areas, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Technology, Self::System, Self::Design, Self::Testing];

    /// Its name in progress, ledger and stamp.
    pub fn name(self) -> &'static str {
        match self {
            Self::Technology => "technology",
            Self::System => "system",
            Self::Design => "design",
            Self::Testing => "testing",
        }
    }
}
