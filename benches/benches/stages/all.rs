//! All stages in the order of the tick.

mod air;
mod body;
mod course;
mod ground;
mod hands;
mod matter;
mod movement;
mod rapier;
mod senses;
mod shots;
mod told;

use std::panic::{AssertUnwindSafe, catch_unwind};
use trespasser_benches::suite::Suite;

/// Asks the contenders of some stages.
type Part = fn(&mut Suite);

pub(crate) fn run(suite: &mut Suite) {
    suite.bias(
        &[
            "everything is warm in the first-level cache: the same ticks again and again",
            "naive versions and peers find what they are asked prepared (untimed), but as records and lists, not columns",
            "the walls are axis-aligned slices on a 10 px grid, which our grid is made for; rapier2d and matter-js take any shape",
            "rapier2d's and matter-js's structures are built untimed; a wall that breaks would have to be taken out of them",
        ],
        &[
            "our stages are clocked tick by tick within a whole step, some 40 ns each; the others once over all ticks",
            "our stages take inputs, tell events and book damage besides; the others do the one thing that is compared",
            "rapier2d and matter-js get the walls merged into few cuboids; rapier2d's ray casts end at the first thing hit",
            "matter-js approximates a circle of 6 px by ten corners, and has no clock within",
        ],
    );
    let parts: [(&str, Part); 7] = [
        ("movement", movement::run),
        ("weapons", hands::run),
        ("shots", shots::run),
        ("projectiles, blasts, clouds", air::run),
        ("walls, life", body::run),
        ("sight, sounds", senses::run),
        ("knowledge, send", told::run),
    ];
    // Where one part's contenders disagree the others are still asked: all that is wrong is told in one run.
    let failed: Vec<&str> = parts
        .into_iter()
        .filter(|(_, part)| catch_unwind(AssertUnwindSafe(|| part(suite))).is_err())
        .map(|(name, _)| name)
        .collect();
    assert!(failed.is_empty(), "contenders disagree, see above: {failed:?}");
}
