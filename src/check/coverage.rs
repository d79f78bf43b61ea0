//! Which phases of a plan serve which requirement.

use std::collections::HashMap;

use super::Context;

impl<'a> Context<'a> {
    /// Indices of the phases that name each requirement, by its id; one that no phase names is not in it.
    pub fn coverage(&self) -> HashMap<&'a str, Vec<usize>> {
        let sections = self.document.sections();
        let phases: Vec<_> = self.phases.iter().map(|phase| sections[phase.section].range.clone()).collect();
        let mut served: HashMap<&str, Vec<usize>> = HashMap::new();
        for mention in self.document.mentions() {
            // Phases stand one after the other, so the last that starts before is the only one that can hold it.
            let after = phases.partition_point(|phase| phase.start <= mention.range.start);
            let Some(index) = after.checked_sub(1).filter(|&index| phases[index].contains(&mention.range.start)) else {
                continue;
            };
            if let Some(demand) = self.demanded(mention.id) {
                let numbers = served.entry(&*demand.id).or_default();
                if numbers.last() != Some(&index) {
                    numbers.push(index);
                }
            }
        }
        served
    }
}
