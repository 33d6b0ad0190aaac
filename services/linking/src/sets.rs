//! Which of some things are tied together, directly or over others.

/// Disjoint sets of the numbers below a length.
#[derive(Debug)]
pub struct Sets(Vec<usize>);

impl Sets {
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self((0..length).collect())
    }

    pub fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    pub fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }

    pub fn join_all(&mut self, members: &[usize]) {
        members.windows(2).for_each(|pair| self.join(pair[0], pair[1]));
    }
}
