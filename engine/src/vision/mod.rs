//! Lines of sight: exact against the standing slices.

mod line;

pub use line::{Grid, Slab, slab};
