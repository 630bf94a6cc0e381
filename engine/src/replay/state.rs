//! The whole state of a match as bits, for keyframes: columns byte by byte, and of the slices what is not as the map
//! began. What follows from the slices' health is left out.

use super::coder::{Bit, Coder, Writer, Writing};
use crate::map::Geometry;
use crate::world::state::{Block, Match, MatchState};
use bytemuck::Zeroable;

/// Chances of a keyframe's bits.
struct Model {
    same: Box<[[Bit; 16]; 4]>,
    byte: Box<[[Bit; 256]; 32]>,
    changed: [Bit; 4],
    gone: [Bit; 2],
    high: [Bit; 256],
}

impl Model {
    fn new() -> Model {
        Model {
            same: Box::new([[Bit::EVEN; 16]; 4]),
            byte: Box::new([[Bit::EVEN; 256]; 32]),
            changed: [Bit::EVEN; 4],
            gone: [Bit::EVEN; 2],
            high: [Bit::EVEN; 256],
        }
    }
}

/// The columns without those that follow from the slices.
fn bare(state: &MatchState) -> MatchState {
    let mut bare = *state;
    bare.sight_any = Zeroable::zeroed();
    bare.sight_full = Zeroable::zeroed();
    bare.solid_any = Zeroable::zeroed();
    bare.open = Zeroable::zeroed();
    bare.open_columns = Zeroable::zeroed();
    bare
}

/// Health of a slice as the map begins.
fn first_health(geometry: &Geometry, slice: usize) -> u16 {
    if geometry.missing[slice / 64] >> (slice % 64) & 1 == 1 { 0 } else { geometry.max_health[slice] }
}

/// Appends the state of a match.
pub(super) fn write(game: &Match, out: &mut Vec<u8>) {
    let start = out.len();
    let mut writer = Writer::NEW;
    let (mut state, mut blocks) = (game.state, game.blocks.clone());
    code(&mut Writing { writer: &mut writer, out }, game.map.geometry(), &mut state, &mut blocks);
    writer.finish(out, start);
}

/// Writes a state, or reads one into `state` and the healths of `blocks`. What follows from the health is zero then.
pub(super) fn code<C: Coder>(coder: &mut C, geometry: &Geometry, state: &mut MatchState, blocks: &mut [Block]) {
    let mut model = Model::new();
    let mut columns = if C::WRITES { bare(state) } else { MatchState::zeroed() };
    let bytes = bytemuck::bytes_of_mut(&mut columns);
    let mut run = 0usize;
    for at in 0..bytes.len() {
        let back = |by: usize| if at >= by { bytes[at - by] } else { 0 };
        let (left, lane, row) = (back(1), back(4), back(32));
        let guess = if lane == row {
            lane
        } else if at % 4 == 3 || left == back(5) {
            lane
        } else {
            row
        };
        let context = run.min(3) << 2 | usize::from(lane == row) << 1 | usize::from(guess == 0);
        let given = bytes[at];
        let same = coder.bit(&mut model.same[at % 4][context], given == guess);
        bytes[at] = if same {
            run += 1;
            guess
        } else {
            run = 0;
            let context =
                (at % 4) << 3 | usize::from(guess == 0) << 2 | usize::from(left == 0) << 1 | usize::from(lane == 0);
            coder.tree(&mut model.byte[context], 8, given.into()) as u8
        };
    }
    *state = columns;
    let mut before = 0;
    for slice in 0..blocks.len() * 64 {
        let first = first_health(geometry, slice);
        let health = &mut blocks[slice / 64].health[slice % 64];
        if geometry.max_health[slice] == 0 {
            // Padding.
            *health = first;
            continue;
        }
        let changed = coder.bit(&mut model.changed[before], *health != first);
        before = (before << 1 | usize::from(changed)) & 3;
        if !changed {
            *health = first;
            continue;
        }
        let gone = coder.bit(&mut model.gone[usize::from(first == 0)], *health == 0);
        *health = if gone {
            0
        } else {
            let high = coder.tree(&mut model.high, 8, u32::from(*health >> 8));
            (high << 8 | coder.plain(8, u32::from(*health & 0xFF))) as u16
        };
    }
}
