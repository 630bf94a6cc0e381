//! Sound: straight through the walls, and the way round them (rule book, section 8).
//!
//! A sound reaches a listener twice. Straight through, every slice crossed muffles it by its material and remaining
//! health ([`muffling`]). Round the corners it travels over the grid of 10 px cells ([`Wave`]), paying for its length
//! and for every quarter turn. The louder of the two is heard, from where it arrives. What is told of it is a
//! [`Heard`]: kind, loudness, bearing and cutoff, all of them coarse, and never a place.
//!
//! # How little a sound tells
//!
//! | what | rounded to |
//! | --- | --- |
//! | the place of a sound, before anything is computed | middles of 4 px squares |
//! | gain | 255 steps |
//! | bearing | 64 directions of the playfield, and the aim likewise: their difference is sent |
//! | cutoff | 64 steps |
//!
//! A listener who turns on the spot learns nothing more, for a bearing is rounded before the aim is taken off it; one
//! who walks about or hears a sound a thousand times learns the 4 px square at best, for all places in it give the
//! same bytes. A slice that is heard breaking is known by itself, by its event (rule book, section 9).

mod heard;
mod round;
mod straight;
mod walk;

pub use heard::{CUTOFFS, DIRECTIONS, Heard, cutoff_hz, direction_of, own};
pub(crate) use heard::{cutoff_edges, cutoff_of};
pub(crate) use round::{Cell, UNIT_PX, Way, cell_of, least_length};
pub use round::{Column, DIAGONAL, LAYERS, LONGEST, Layer, Part, Row, UNIT, Wave, Width, Window};
pub(crate) use straight::attenuation_all;
pub use straight::{attenuation, muffling};
