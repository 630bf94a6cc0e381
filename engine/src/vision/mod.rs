//! Lines of sight and the visibility polygon: exact against the standing slices.

mod line;
pub mod polygon;

pub(crate) use line::Crossings;
pub use line::{Grid, Slab, slab};
pub use polygon::{PolygonScratch, Sight, polygon};
