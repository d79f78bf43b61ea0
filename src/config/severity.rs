//! How much a finding weighs.

/// Weight of a finding, the heaviest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must be mended; fails `groundplan check`.
    Error,
    /// Should be mended; fails `groundplan check`.
    Warning,
    /// Worth knowing.
    Information,
    /// A nudge.
    Hint,
}

/// What configuration says of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Never reported.
    Off,
    /// Reported as a hint.
    Hint,
    /// Reported as information.
    #[serde(alias = "info")]
    Information,
    /// Reported as a warning.
    #[serde(alias = "warn")]
    Warning,
    /// Reported as an error.
    Error,
}

impl Level {
    /// The severity, or `None` where the rule is off.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Hint => Some(Severity::Hint),
            Self::Information => Some(Severity::Information),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

impl Severity {
    /// One step lighter; a hint stays one.
    pub fn softer(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning => Self::Information,
            Self::Information | Self::Hint => Self::Hint,
        }
    }

    /// One step heavier, but a hint stays a hint.
    pub fn harder(self) -> Self {
        match self {
            Self::Error | Self::Warning => Self::Error,
            Self::Information => Self::Warning,
            Self::Hint => Self::Hint,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
            Self::Hint => "hint",
        }
    }
}
