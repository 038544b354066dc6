//! The simulation of the two-way sync: Portico and a Google in one process, on virtual time, from a seed.
//!
//! A *history* is a random sequence of edits on both sides, faults, crashes and waits. At its end everything comes to rest,
//! and then both sides must be equal, no edit may be lost unless a conflict keeps it, nothing may exist twice, nobody may
//! have been mailed twice for one act, and the journal may have no gap. The same seed gives the same history.

mod check;
mod connection;
mod dump;
mod edits;
mod google_side;
mod history;
mod mortal_clock;
mod portico_side;
mod post;
mod scene;
mod sharing;
mod stage;
mod transport;

pub use history::{Edition, Outcome, play, play_on};
