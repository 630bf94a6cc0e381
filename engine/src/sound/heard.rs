//! What is told to a listener.

use bytemuck::{Pod, Zeroable};

/// Directions of a full turn that bearings are rounded to.
pub const DIRECTIONS: u32 = 64;
/// Steps of a cutoff.
pub const CUTOFFS: u32 = 64;

/// Flags of a [`Heard`].
pub mod own {
    /// The listener made the sound.
    pub const OWN: u8 = 1;
}

/// One sound for one listener, 12 bytes: all that this listener may be told of it.
///
/// Players are slots. Nothing here says who made the sound or where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Heard {
    /// Tick in which it is heard.
    pub tick: u32,
    /// Slot of the listener.
    pub listener: u8,
    /// [`crate::rules::SoundKind`] as a number.
    pub kind: u8,
    /// Loudness in 1/255, 1 to 255.
    pub gain: u8,
    /// Where it comes from, in 1/64 turns clockwise from `aim`, 0 to 63. 0 for what is heard from within the own body.
    pub bearing: u8,
    /// Low-pass cutoff, 0 to 63; see [`cutoff_hz`].
    pub cutoff: u8,
    /// The listener's aim in 1/64 turns clockwise from +x, as of `tick`: `aim + bearing` is a direction of the
    /// playfield.
    pub aim: u8,
    /// [`own`] bits.
    pub flags: u8,
    /// Always 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<Heard>() == 12);

impl Heard {
    /// With listener, kind, gain and bearing, and with cutoff, aim and flags.
    ///
    /// Four bytes at a time: written one by one and copied two at a time they would be waited for.
    #[inline(always)]
    pub(crate) fn new(tick: u32, first: [u8; 4], [cutoff, aim, flags]: [u8; 3]) -> Heard {
        let words = [tick, u32::from_ne_bytes(first), u32::from_ne_bytes([cutoff, aim, flags, 0])];
        bytemuck::cast(words)
    }
}

/// Tangents of the middles between neighbouring directions of an eighth of a turn.
const EDGES: [f32; 8] =
    [0.049_126_85, 0.148_336, 0.250_486_96, 0.357_805_72, 0.472_964_8, 0.599_376_9, 0.741_650_5, 0.906_347_2];

/// The direction of (x, y), 0 to 63: nearest 64th of a turn, clockwise on screen from +x. 0 for (0, 0).
///
/// By comparing slopes with the tangents of the edges between directions, so that no arctangent is needed.
///
/// Without a branch, for where sounds come from no processor guesses.
pub fn direction_of(x: f32, y: f32) -> u8 {
    let (ax, ay) = (x.abs(), y.abs());
    let steep = ay > ax;
    let (long, short) = if steep { (ay, ax) } else { (ax, ay) };
    let eighth = EDGES.iter().map(|edge| u8::from(short > long * edge)).sum::<u8>();
    // -n where the mask is all ones.
    let negated = |n: u8, mask: u8| (n ^ mask).wrapping_sub(mask);
    let all_if = |on: bool| u8::from(on).wrapping_neg();
    let quarter = negated(eighth, all_if(steep)).wrapping_add(u8::from(steep) << 4);
    let (left, up) = (x < 0.0, y < 0.0);
    negated(quarter, all_if(left != up)).wrapping_add(u8::from(left) << 5) & 63
}

/// Hz that a cutoff stands for: 0 is `least`, 63 is `open`, and steps between are equal ratios.
pub fn cutoff_hz(cutoff: u8, least: f32, open: f32) -> f32 {
    least * libm::powf(open / least, f32::from(cutoff.min(63)) / 63.0)
}

/// The middles between neighbouring cutoffs, Hz: a rule set's, computed once.
pub(crate) fn cutoff_edges(least: f32, open: f32) -> [f32; 63] {
    core::array::from_fn(|i| least * libm::powf(open / least, (i as f32 + 0.5) / 63.0))
}

/// The cutoff nearest to a frequency, 0 to 63.
pub(crate) fn cutoff_of(hz: f32, edges: &[f32; 63]) -> u8 {
    // They ascend. All of them at once: by halves each waits for the one before.
    edges.iter().fold(0, |sum, edge| sum + u8::from(*edge < hz))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_the_nearest_of_64() {
        for step in 0..6400 {
            // Not on the very edges, where either is nearest.
            let turns = (f64::from(step) + 0.37) / 6400.0;
            let angle = turns * core::f64::consts::TAU;
            let want = libm::round(turns * 64.0) as u32 % 64;
            let (x, y) = (libm::cos(angle) * 37.0, libm::sin(angle) * 37.0);
            assert_eq!(u32::from(direction_of(x as f32, y as f32)), want, "{turns}");
        }
        assert_eq!(
            [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)].map(|(x, y)| direction_of(x, y)),
            [0, 16, 32, 48]
        );
        assert_eq!(direction_of(0.0, 0.0), 0);
    }

    #[test]
    fn cutoffs_go_from_the_least_to_open() {
        let edges = cutoff_edges(300.0, 22_000.0);
        for cutoff in 0..64 {
            assert_eq!(cutoff_of(cutoff_hz(cutoff, 300.0, 22_000.0), &edges), cutoff);
        }
        assert_eq!((cutoff_of(1.0, &edges), cutoff_of(96_000.0, &edges)), (0, 63));
        assert!((cutoff_hz(63, 300.0, 22_000.0) - 22_000.0).abs() < 1.0);
    }
}
