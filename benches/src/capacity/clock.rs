//! The stages' shares of a tick, by the clock.

use std::time::Instant;
use trespasser::sim::{Stage, StageProbe};

/// Stages of a tick.
pub(super) const STAGES: usize = Stage::ALL.len();

/// Nanoseconds by stage within a tick of the world.
pub(super) struct Clock {
    last: Instant,
    pub(super) sums: [u64; STAGES],
}

impl StageProbe for Clock {
    #[inline]
    fn begin(&mut self) {
        self.last = Instant::now();
    }

    #[inline]
    fn end(&mut self, stage: Stage) {
        let now = Instant::now();
        self.sums[stage as usize] += (now - self.last).as_nanos() as u64;
        self.last = now;
    }
}

impl Clock {
    pub(super) fn new() -> Clock {
        Clock { last: Instant::now(), sums: [0; STAGES] }
    }

    /// Nanoseconds between two readings with nothing in between, to be taken off each stage. The least of many means:
    /// other programs only ever add to it.
    pub(super) fn own_cost() -> f64 {
        const READINGS: u32 = 1000;
        let mean = |_| {
            let mut clock = Clock::new();
            for _ in 0..READINGS {
                clock.end(Stage::Movement);
            }
            clock.sums[0] as f64 / f64::from(READINGS)
        };
        (0..200).map(mean).fold(f64::MAX, f64::min)
    }
}
