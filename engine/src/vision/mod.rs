//! Lines of sight, bodies in sight, smoke and the visibility polygon: exact against the standing slices.

mod body;
mod changes;
mod line;
pub mod polygon;
mod smoke;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use body::{Eye, Hints, LANES, MOST_LEEWAY, NO_HINTS, Pairs, Seen, visible_point, within_reach};
pub(crate) use changes::{SightChanges, regions};
pub(crate) use line::{Crossings, columns_of};
pub use line::{Grid, Slab, Stop, slab};
pub use polygon::{PolygonScratch, Sight, polygon, polygon_in_smoke};
pub use smoke::{Smoke, SmokeDisc, smoke_depth, smoke_stops};
