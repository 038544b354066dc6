//! When people are busy, and when they are all free.

use portico_kernel::Timestamp;

/// A stretch of time in which somebody is busy: start and end, the end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Busy {
    /// The first instant.
    pub start: Timestamp,
    /// The instant after the last one.
    pub end: Timestamp,
}

/// Overlapping and adjoining stretches made one, in order; stretches without length are left out.
pub fn merge_busy(mut busy: Vec<Busy>) -> Vec<Busy> {
    busy.retain(|stretch| stretch.end > stretch.start);
    busy.sort_unstable();
    let mut merged: Vec<Busy> = Vec::with_capacity(busy.len());
    for stretch in busy {
        match merged.last_mut() {
            Some(last) if stretch.start <= last.end => last.end = last.end.max(stretch.end),
            _ => merged.push(stretch),
        }
    }
    merged
}

/// Starts within `hours` (the stretches in which people may meet, in order) at which all are free for `length_micros`, every
/// `step_micros`, at most `most`. `busy` must be merged.
pub fn free_slots(busy: &[Busy], hours: &[Busy], length_micros: i64, step_micros: i64, most: usize) -> Vec<Busy> {
    let mut slots = Vec::new();
    let mut next_busy = 0;
    for open in hours {
        let mut start = open.start;
        while start.0 + length_micros <= open.end.0 {
            if slots.len() >= most {
                return slots;
            }
            let end = Timestamp(start.0 + length_micros);
            while busy.get(next_busy).is_some_and(|stretch| stretch.end <= start) {
                next_busy += 1;
            }
            match busy.get(next_busy).filter(|stretch| stretch.start < end) {
                Some(clash) => {
                    // On to the first step at or after the end of what is in the way.
                    let steps = (clash.end.0 - start.0 + step_micros - 1) / step_micros;
                    start = Timestamp(start.0 + steps.max(1) * step_micros);
                }
                None => {
                    slots.push(Busy { start, end });
                    start = Timestamp(start.0 + step_micros);
                }
            }
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretches(pairs: &[(i64, i64)]) -> Vec<Busy> {
        pairs.iter().map(|(start, end)| Busy { start: Timestamp(*start), end: Timestamp(*end) }).collect()
    }

    #[test]
    fn overlapping_stretches_are_one() {
        for (given, expect) in [
            (vec![(5, 7), (1, 3), (2, 4)], vec![(1, 4), (5, 7)]),
            (vec![(1, 2), (2, 3)], vec![(1, 3)]),
            (vec![(1, 10), (2, 3)], vec![(1, 10)]),
            (vec![(4, 4), (6, 5)], vec![]),
        ] {
            assert_eq!(merge_busy(stretches(&given)), stretches(&expect), "{given:?}");
        }
    }

    #[test]
    fn slots_lie_between_what_is_busy() {
        let busy = stretches(&[(10, 20), (25, 31)]);
        let slots = free_slots(&busy, &stretches(&[(0, 50)]), 10, 5, 10);
        assert_eq!(slots, stretches(&[(0, 10), (35, 45), (40, 50)]));
        assert_eq!(free_slots(&busy, &stretches(&[(0, 50)]), 10, 5, 1).len(), 1);
        assert!(free_slots(&busy, &stretches(&[(12, 24)]), 5, 5, 9).is_empty());
    }
}
