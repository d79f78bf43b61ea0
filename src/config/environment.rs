//! The model that the environment names: how an editor hands over what its user has chosen, and how a job chooses one.

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};

use super::{Config, Key, Limits, Model, Provider};

/// The model's name, or `none` for a session without one.
const MODEL: &str = "GROUNDPLAN_MODEL";
/// Whose protocol it speaks.
const PROVIDER: &str = "GROUNDPLAN_MODEL_PROVIDER";
/// Its base address.
const ENDPOINT: &str = "GROUNDPLAN_MODEL_ENDPOINT";
/// Its key.
pub const KEY: &str = "GROUNDPLAN_MODEL_KEY";
/// Anything but `0`: nothing leaves the machine, neither to a model nor to a package registry.
const OFFLINE: &str = "GROUNDPLAN_OFFLINE";

impl Config {
    /// Obeys `GROUNDPLAN_OFFLINE`, and takes the model that `GROUNDPLAN_MODEL` names before the one of the user's file, whose limits stay in force;
    /// gives what is wrong with the variables.
    pub fn obey_environment(&mut self, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
        let variable =
            |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        if variable(OFFLINE).is_some_and(|value| value != "0") {
            self.model = None;
            self.registries = Some(false);
            return None;
        }
        let name = variable(MODEL)?;
        if name.eq_ignore_ascii_case("none") {
            self.model = None;
            return None;
        }
        let said = variable(PROVIDER);
        let provider = match said.as_deref().map(|said| Provider::deserialize(StrDeserializer::<Error>::new(said))) {
            None => None,
            Some(Ok(provider)) => Some(provider),
            Some(Err(error)) => {
                self.model = None;
                return Some(format!("{PROVIDER}: {error}; no model is asked"));
            }
        };
        let before = self.model.take();
        let same = before.as_ref().filter(|model| model.name == name);
        self.model = Some(Model {
            synthesis: name.clone(),
            tools: same.and_then(|model| model.tools),
            name,
            provider,
            endpoint: variable(ENDPOINT),
            key: variable(KEY).map_or(Key::Usual, |_| Key::Env(KEY.to_owned())),
            limits: before.map_or_else(Limits::default, |model| model.limits),
        });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Owner, from_toml};

    fn chosen(file: &str, variables: &[(&str, &str)]) -> (Option<Model>, Option<String>) {
        let (layer, problems) = from_toml(file, Owner::User);
        assert_eq!(problems, []);
        let mut config = Config::layered([&layer]);
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let problem = config.obey_environment(find);
        (config.model, problem)
    }

    #[test]
    fn the_environment_stands_before_the_file_and_keeps_its_limits() {
        let file = "model.name = 'a'\nmodel.endpoint = 'http://x/'\nmodel.limits.tokens = 5\n";
        assert_eq!(chosen(file, &[]).0.map(|model| model.name), Some("a".into()));
        assert_eq!(chosen(file, &[("GROUNDPLAN_MODEL", "none")]), (None, None));
        assert_eq!(chosen(file, &[("GROUNDPLAN_MODEL", "b"), ("GROUNDPLAN_OFFLINE", "1")]), (None, None));
        let (model, problem) = chosen(
            file,
            &[
                ("GROUNDPLAN_MODEL", "b"),
                ("GROUNDPLAN_MODEL_PROVIDER", "openai-responses"),
                ("GROUNDPLAN_MODEL_KEY", "k"),
            ],
        );
        let model = model.unwrap();
        assert_eq!((model.name.as_str(), model.synthesis.as_str(), model.endpoint, problem), ("b", "b", None, None));
        assert_eq!((model.provider, model.limits.tokens), (Some(Provider::OpenaiResponses), 5));
        assert_eq!(model.key, Key::Env("GROUNDPLAN_MODEL_KEY".into()));
    }

    #[test]
    fn a_provider_that_is_none_is_said_and_nothing_is_asked() {
        let (model, problem) = chosen("", &[("GROUNDPLAN_MODEL", "b"), ("GROUNDPLAN_MODEL_PROVIDER", "openia")]);
        assert_eq!(model, None);
        assert!(problem.unwrap().starts_with("GROUNDPLAN_MODEL_PROVIDER: unknown variant `openia`, expected one of"));
    }
}
