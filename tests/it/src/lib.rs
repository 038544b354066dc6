//! The product through its HTTP door, on both databases, with the sandbox as Google: see `tests/it`.
