//! Signal: the file defines, uses or bears a name that the requirement writes out.

use super::super::kin;
use super::query::Query;
use crate::workspace::{Language, Workspace};

/// Weights of defining a name, bearing it as a file, and using it.
const DEFINES: f32 = 1.0;
const BEARS: f32 = 0.8;
const USES: f32 = 0.3;

/// For each file, what it has to do with the names of the query; a name that many files have says little.
pub fn scores(workspace: &Workspace, query: &Query) -> Vec<f32> {
    let mut scores = vec![0.0; workspace.files.len()];
    for name in &query.names {
        // Of a file's name, what stands before its ending.
        let bare = name.rsplit_once('.').filter(|_| Language::of_path(name).is_some() || name.contains('/'));
        let bare = bare.map_or(name.as_str(), |(bare, _)| bare);
        let last = bare.rsplit(['.', ':', '/']).find(|part| part.len() > 2).unwrap_or(bare);
        let word = workspace.index.words().find(last);
        let voices: Vec<(usize, f32)> = workspace
            .files
            .iter()
            .enumerate()
            .filter_map(|(index, file)| {
                let ends = file.path.strip_suffix(name.as_str());
                let bears =
                    ends.is_some_and(|rest| rest.is_empty() || rest.ends_with('/')) || kin::stem(&file.path) == last;
                let uses = word.is_some_and(|word| file.line_of(word).is_some());
                let defines = uses && file.symbols.iter().any(|symbol| symbol.name == last);
                let voice = if defines {
                    DEFINES
                } else if bears {
                    BEARS
                } else if uses {
                    USES
                } else {
                    return None;
                };
                Some((index, voice))
            })
            .collect();
        let rarity = (1.0 + workspace.files.len() as f32 / voices.len().max(1) as f32).ln();
        for (file, voice) in voices {
            scores[file] += voice * rarity;
        }
    }
    scores
}
