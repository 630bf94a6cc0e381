//! Lines of sight: exact against the standing slices.

mod line;

pub(crate) use line::Crossings;
pub use line::{Grid, Slab, slab};
