//! Lines of sight, smoke and the visibility polygon: exact against the standing slices.

mod line;
pub mod polygon;
mod smoke;

pub(crate) use line::{Crossings, walk};
pub use line::{Grid, Slab, slab};
pub use polygon::{PolygonScratch, Sight, polygon};
pub use smoke::{SmokeDisc, smoke_depth, smoke_stops};
