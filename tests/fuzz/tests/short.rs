//! A short run of every target.

use std::path::Path;

use portico_fuzz::{TARGETS, run};

#[test]
fn no_target_panics_on_a_thousand_altered_inputs() {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).to_path_buf();
    for target in TARGETS {
        let read = run(target, 1, &kept, &mut |count| count < 1_000).unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(read, 1_000, "{}", target.name);
    }
}
