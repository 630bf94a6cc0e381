//! Each stage of a tick, on the ticks of a scene in which it has work: the engine at every level of this processor, the
//! naive reference, and peers where somebody else does the same; what the figures mean is in benches/NOTES.md.

#[path = "../../../engine/tests/reference/book.rs"]
#[allow(missing_docs, unreachable_pub, dead_code, clippy::unwrap_used)]
mod book;
#[path = "../../../engine/tests/reference/bullet.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod bullet;
#[path = "../../../engine/tests/reference/sight.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod sight;
#[path = "../../../engine/tests/reference/sound.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod sound;
#[path = "all.rs"]
mod stages;
#[path = "../../../engine/tests/reference/walk.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod walk;
#[path = "../../../engine/tests/reference/walls.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod walls;

use trespasser_benches::suite::Suite;

fn main() {
    let mut suite = Suite::from_args("stages");
    stages::run(&mut suite);
    suite.finish();
}
