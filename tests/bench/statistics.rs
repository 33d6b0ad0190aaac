//! Whether two samples can be told apart: Cliff's delta with a bootstrap interval. Pure; a seed gives the same
//! interval again.

/// How often one sample's values lie above the other's, less how often below: 0 where nothing tells them apart,
/// 1 where every value of the one is greater. With the interval in which it lies 95 times of 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Effect {
    pub(crate) delta: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Effect {
    /// Of `one` against `other`.
    pub(crate) fn between(one: &[f64], other: &[f64], resamples: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut deltas: Vec<f64> = (0..resamples)
            .map(|_| cliffs_delta(&resample(one, &mut random), &resample(other, &mut random)))
            .collect();
        deltas.sort_by(f64::total_cmp);
        let at = |per_mille: usize| deltas[(deltas.len() * per_mille / 1_000).min(deltas.len() - 1)];
        Self { delta: cliffs_delta(one, other), low: at(25), high: at(975) }
    }

    /// Whether chance alone does not explain it.
    pub(crate) fn is_seen(self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// `SplitMix64`.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below as u64).expect("below a length")
    }

    /// Any order is as likely as any other.
    pub(crate) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

fn resample(values: &[f64], random: &mut Random) -> Vec<f64> {
    values.iter().map(|_| values[random.below(values.len())]).collect()
}

fn cliffs_delta(one: &[f64], other: &[f64]) -> f64 {
    let mut sorted = other.to_vec();
    sorted.sort_by(f64::total_cmp);
    let balance: f64 = one
        .iter()
        .map(|value| {
            let below = sorted.partition_point(|other| other < value);
            let not_above = sorted.partition_point(|other| other <= value);
            count(below) - count(sorted.len() - not_above)
        })
        .sum();
    balance / (count(one.len()) * count(other.len()))
}

fn count(of: usize) -> f64 {
    f64::from(u32::try_from(of).expect("not that many"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many values about a middle, by a seed.
    fn sample(count: usize, middle: f64, seed: u64) -> Vec<f64> {
        let mut random = Random(seed);
        (0..count)
            .map(|_| middle + f64::from(u32::try_from(random.below(1_000)).expect("small")) / 1_000.0)
            .collect()
    }

    fn is(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 1e-9
    }

    #[test]
    fn delta_counts_pairs() {
        assert!(is(cliffs_delta(&[2.0, 3.0], &[1.0, 1.5]), 1.0));
        assert!(is(cliffs_delta(&[1.0, 2.0], &[1.0, 2.0]), 0.0));
        assert!(is(cliffs_delta(&[1.0], &[2.0, 3.0]), -1.0));
        // Above one, equal to one, below two.
        assert!(is(cliffs_delta(&[2.0], &[1.0, 2.0, 3.0, 4.0]), -0.25));
    }

    #[test]
    fn samples_of_one_kind_are_not_told_apart_and_shifted_ones_are() {
        let (one, other) = (sample(500, 4.0, 1), sample(500, 4.0, 2));
        let same = Effect::between(&one, &other, 400, 3);
        assert!(!same.is_seen() && same.delta.abs() < 0.1, "{same:?}");
        let shifted = Effect::between(&sample(500, 4.2, 4), &other, 400, 3);
        assert!(shifted.is_seen() && shifted.low > 0.2 && shifted.delta < shifted.high, "{shifted:?}");
        let turned = Effect::between(&other, &sample(500, 4.2, 4), 400, 3);
        assert!(is(turned.delta, -shifted.delta) && turned.is_seen());
    }

    #[test]
    fn a_seed_gives_the_same_interval_and_a_shuffle_keeps_every_value() {
        let (one, other) = (sample(50, 1.0, 1), sample(50, 1.0, 2));
        assert_eq!(Effect::between(&one, &other, 100, 7), Effect::between(&one, &other, 100, 7));
        let mut values: Vec<usize> = (0..100).collect();
        Random(1).shuffle(&mut values);
        assert_ne!(values, (0..100).collect::<Vec<_>>());
        values.sort_unstable();
        assert_eq!(values, (0..100).collect::<Vec<_>>());
    }
}
