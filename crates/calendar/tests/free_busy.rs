//! Free time never meets busy time, and none of it is missed.

use portico_calendar::{Busy, free_slots, merge_busy};
use portico_kernel::Timestamp;
use proptest::{collection::vec, prelude::*};

fn stretches(most: usize) -> impl Strategy<Value = Vec<Busy>> {
    vec((0_i64..200, 0_i64..30), 0..most).prop_map(|pairs| {
        pairs
            .into_iter()
            .map(|(start, length)| Busy { start: Timestamp(start), end: Timestamp(start + length) })
            .collect()
    })
}

fn is_busy(busy: &[Busy], at: i64) -> bool {
    busy.iter().any(|stretch| (stretch.start.0..stretch.end.0).contains(&at))
}

proptest! {
    #[test]
    fn merging_changes_no_instant(busy in stretches(12)) {
        let merged = merge_busy(busy.clone());
        for at in 0..240 {
            prop_assert_eq!(is_busy(&merged, at), is_busy(&busy, at), "at {}", at);
        }
        prop_assert!(merged.windows(2).all(|pair| pair[0].end < pair[1].start));
        prop_assert_eq!(merge_busy(merged.clone()), merged);
    }

    #[test]
    fn slots_are_exactly_the_free_steps(busy in stretches(8), hours in stretches(4), length in 1_i64..12, step in 1_i64..6) {
        let (busy, hours) = (merge_busy(busy), merge_busy(hours));
        let slots = free_slots(&busy, &hours, length, step, usize::MAX);
        let mut expected = Vec::new();
        for open in &hours {
            let mut start = open.start.0;
            while start + length <= open.end.0 {
                if !(start..start + length).any(|at| is_busy(&busy, at)) {
                    expected.push(Busy { start: Timestamp(start), end: Timestamp(start + length) });
                }
                start += step;
            }
        }
        prop_assert_eq!(&slots, &expected);
        prop_assert_eq!(free_slots(&busy, &hours, length, step, 2), expected.into_iter().take(2).collect::<Vec<_>>());
    }
}
