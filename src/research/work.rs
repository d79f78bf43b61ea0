//! What kind of work a requirement asks for, as its sentence says.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::pattern;

use super::wording::{is_clause_word, is_negative, subject};
use crate::document::Demand;

/// Kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Something that the product does.
    Code,
    /// Something that its documentation says.
    Documentation,
    /// Something that other work must leave as it is.
    Guard,
}

static DOCUMENTATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:be|is|are)\s+(?:also\s+|fully\s+)?(?:documented|described in)\b",
        r"|\b(?:must|shall|should|will)\s+(?:also\s+)?document\s+(?:the|how|what|which|all|each|every|that|its)\b",
        r"|^\s*(?:the\s+|our\s+)?(?:\w+\s+){0,2}(?:documentation|docs|changelog|release notes|readme|guide|manual)\b[^.;]{0,60}?",
        r"\b(?:must|shall|should|will)\s+(?:also\s+)?(?:name|mention|explain|describe|list|say|show|tell|include|note|cover|state|warn|be updated|be extended)\b",
        r"|\b(?:must|shall|should|will)\s+(?:be\s+)?(?:mentioned|named|noted|explained|listed|added|update|explain)\b.{0,40}\b(?:documentation|docs|changelog|release notes|readme|user guide|migration guide)\b",
        r"|^\s*document\s+(?:the|how|what|which|all|each|every|that|its)\b",
    ))
});

static GUARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:not|never)\s+(?:be\s+)?(?:affect|affected|break|broken|influence|influenced|interfere|disturb|disturbed|regress|alter|altered)\b",
        // Who must not change something is another matter: `A viewer MUST NOT change orders`.
        r"|\bnot\s+(?:change|be\s+changed)\s*(?:[.;,]|$)",
        r"|\bnothing\b.{0,60}\b(?:must|shall|should|may)\s+(?:be\s+)?(?:change|changed|break|broken)\b",
        r"|\b(?:remain|remains|stay|stays|be left)\s+(?:unchanged|unaffected|as (?:it is|they are))\b",
        r"|\b(?:keep|keeps|continue|continues)\s+(?:to\s+(?:work|apply|behave)|working)\b",
        r"|\b(?:must|shall|should)\s+(?:still|stay|remain|keep\s+(?:its|their))\b",
        // What is written out is there already.
        r"|\b(?:must|shall|should)\s+keep\s+the\s+(?:\w+\s+){0,2}`",
        r"|\bas\s+(?:today|before|now)\s*(?:[.;,]|$)|\bas\s+(?:they do|it does)\s+(?:today|now)\b",
        r"|\bbackwards?[- ]compatib",
    ))
});

static SHOWN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:dashboards?|frontend|ui|user interface|web (?:app|interface|page)|screens?|buttons?|dialogs?|modals?",
        r"|tooltips?|banners?|toasts?|sidebar|(?:the|a|each|every) (?:[\w'-]+ ){0,2}page)\b",
    ))
});

static SWITCHES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:on|off|enabled|disabled)\s+by\s+default\b|\bswitched\s+(?:on|off)\b",
        r"|\b(?:turns?|switch(?:es)?)\s+(?:[\w-]+\s+){1,4}(?:on|off)\b|\bopt(?:ed)?[- ](?:in|out)\b",
    ))
});

static KEEPS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bbe\s+(?:stored|persisted|saved)\b"));

/// Whether a requirement asks for what others rest on, whichever was written first: where they are switched, or kept.
pub fn prepares(demand: &Demand) -> bool {
    switches(demand) || asks_for(demand, &KEEPS)
}

/// Whether a requirement asks for a way to switch something on or off.
pub fn switches(demand: &Demand) -> bool {
    asks_for(demand, &SWITCHES)
}

/// Whether what a requirement wants to be built is said in some way.
fn asks_for(demand: &Demand, way: &Regex) -> bool {
    let about = subject(&demand.statement);
    let deed = demand.statement.trim().strip_prefix(&*about).unwrap_or(&demand.statement);
    // What stands in a condition is not asked for.
    let asked: Vec<&str> = deed.split_whitespace().take_while(|word| !is_clause_word(word)).collect();
    work(demand) == Work::Code && !is_negative(&demand.statement) && way.is_match(&asked.join(" "))
}

/// Whether a sentence speaks of what is seen in a browser or a window.
pub fn is_shown(said: &str) -> bool {
    SHOWN.is_match(said)
}

/// What kind of work a requirement asks for.
pub fn work(demand: &Demand) -> Work {
    let said = demand.summary();
    let criteria = &demand.criteria;
    let told = || !criteria.is_empty() && criteria.iter().all(|criterion| DOCUMENTATION.is_match(&criterion.text));
    let is_named_so = || {
        let title = demand.title.as_deref().unwrap_or_default().trim().to_lowercase();
        matches!(&*title, "documentation" | "docs" | "user documentation" | "changelog" | "release notes")
    };
    // The title of a requirement without a sentence of its own names its subject only.
    let only_title = demand.statement.is_empty() || demand.statement.trim_start().to_lowercase().starts_with("as a");
    match () {
        () if DOCUMENTATION.is_match(&said) || only_title && (told() || is_named_so()) => Work::Documentation,
        () if GUARD.is_match(&said) => Work::Guard,
        () => Work::Code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn check(statement: &str, expected: Work) {
        let document = Document::parse(&format!("## Requirements\n\n- **FR-001**: {statement}\n"));
        let demand = document.requirements().next().unwrap();
        assert_eq!(work(demand), expected, "{statement}");
    }

    #[test]
    fn what_is_switched_or_kept_comes_before_what_rests_on_it() {
        let prepares = |statement: &str| {
            let document = Document::parse(&format!("## Requirements\n\n- **FR-001**: {statement}\n"));
            prepares(document.requirements().next().unwrap())
        };
        assert!(prepares("The measurement MUST be switched on in the configuration, and off by default."));
        assert!(prepares("A setting MUST turn the headers on."));
        assert!(prepares("A setting MUST switch live rates on; it is off by default."));
        assert!(prepares("The limit MUST be stored with the others."));
        assert!(!prepares("The clock MUST NOT be read when measurement is off."));
        assert!(!prepares("The light MUST go on."));
        assert!(!prepares("Users MUST see a banner when the limiter is switched off."));
        assert!(!prepares("The banner MUST NOT be stored."));
    }

    #[test]
    fn sentences_say_what_they_ask_for() {
        check("The options MUST be documented in the configuration reference.", Work::Documentation);
        check("The maintainers MUST document how a cache is cleared.", Work::Documentation);
        check("The README MUST name the new flag.", Work::Documentation);
        check("The throttling guide MUST describe the setting.", Work::Documentation);
        check("The callback MUST be named in the changelog.", Work::Documentation);
        check("The flag MUST be mentioned in the release notes.", Work::Documentation);
        check("The documentation of the server options MUST explain the limit.", Work::Documentation);
        check("The changelog of axum MUST name the new limit.", Work::Documentation);
        check("The reference counts MUST be written to disk.", Work::Code);
        check("The manual approval step MUST block a deployment.", Work::Code);
        check("The docs endpoint MUST answer 404.", Work::Code);
        check("A worker MUST extend a lock in manual mode.", Work::Code);
        check("A viewer MUST NOT change orders.", Work::Code);
        check("Order ids MUST NOT be changed by an import.", Work::Code);
        check("Nothing in `axum-core` MUST change.", Work::Guard);
        check("Replaying of tasks MUST NOT change.", Work::Guard);
        check("The system MUST let users upload documents.", Work::Code);
        check("The system MUST document-merge two files.", Work::Code);
        check("WebSocket connections MUST NOT be affected by the timeout.", Work::Guard);
        check("Existing routes MUST keep working.", Work::Guard);
        check("The change MUST be backwards compatible.", Work::Guard);
        check("A paused cron MUST NOT create workflow runs.", Work::Code);
        check("The server MUST keep 5 backups.", Work::Code);
        check("A throttled response MUST keep its `Retry-After` header.", Work::Guard);
        check("The event MUST be published as today.", Work::Guard);
        check("Refused responses MUST keep the header `Retry-After`.", Work::Guard);
        check("The server MUST keep the connection open.", Work::Code);
        check("Requests MUST still be answered by the fallback.", Work::Guard);
    }
}
