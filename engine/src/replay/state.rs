//! The whole state of a match as bits, for keyframes: columns byte by byte, past positions as steps from newer ones, and
//! of the slices what is not as the map began. What follows from the slices' health is left out.

use super::coder::{Bit, Coder, Numbers, Writer, Writing};
use super::ops;
use super::priors::{self, Chances};
use crate::map::Geometry;
use crate::world::PLAYERS;
use crate::world::state::{Block, HISTORY, Match, MatchState};
use bytemuck::Zeroable;
use std::cell::Cell;
use std::sync::LazyLock;

/// Chances of a keyframe's bits.
#[derive(Debug, Clone)]
pub(super) struct Model {
    same: [[Bit; 16]; 4],
    byte: [[Bit; 256]; 32],
    past: Numbers<2>,
    far: Bit,
    slice: [[Bit; 4]; 27],
    high: [Bit; 256],
    low: [Bit; 256],
}

impl Chances for Model {
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        self.same.each(f);
        self.byte.each(f);
        self.past.each(f);
        self.far.each(f);
        self.slice.each(f);
        self.high.each(f);
        self.low.each(f);
    }
}

impl Model {
    const NEW: Model = Model {
        same: [[Bit::EVEN; 16]; 4],
        byte: [[Bit::EVEN; 256]; 32],
        past: Numbers::NEW,
        far: Bit::EVEN,
        slice: [[Bit::EVEN; 4]; 27],
        high: [Bit::EVEN; 256],
        low: [Bit::EVEN; 256],
    };

    fn fresh() -> &'static Model {
        static FRESH: LazyLock<Box<Model>> = LazyLock::new(|| {
            let mut model = Box::new(Model::NEW);
            priors::load(&mut *model, ops::Model::chances());
            model
        });
        &FRESH
    }

    #[cfg(all(test, feature = "scenes"))]
    pub(super) fn boxed() -> Box<Model> {
        Box::new(Model::NEW)
    }
}

thread_local! {
    /// Kept by each thread, so that a keyframe allocates nothing.
    static MODEL: Cell<Option<Box<Model>>> = const { Cell::new(None) };
}

fn with_model<R>(work: impl FnOnce(&mut Model) -> R) -> R {
    MODEL.with(|cell| {
        let mut model = cell.take().unwrap_or_else(|| Box::new(Model::NEW));
        (*model).clone_from(Model::fresh());
        let result = work(&mut model);
        cell.set(Some(model));
        result
    })
}

/// The columns without those that follow from the slices, and without past positions, which are written apart.
fn bare(state: &MatchState) -> MatchState {
    let mut bare = *state;
    bare.sight_any = Zeroable::zeroed();
    bare.sight_full = Zeroable::zeroed();
    bare.solid_any = Zeroable::zeroed();
    bare.open = Zeroable::zeroed();
    bare.open_columns = Zeroable::zeroed();
    bare.past_x = Zeroable::zeroed();
    bare.past_y = Zeroable::zeroed();
    bare
}

/// Health of a slice as the map begins.
fn first_health(geometry: &Geometry, slice: usize) -> u16 {
    if geometry.missing[slice / 64] >> (slice % 64) & 1 == 1 { 0 } else { geometry.max_health[slice] }
}

/// Appends the state of a match. Blocks are written as they are, `scratch` is of their number.
pub(super) fn write(game: &Match, scratch: &mut [Block], out: &mut Vec<u8>) {
    let start = out.len();
    let mut writer = Writer::NEW;
    let mut state = game.state;
    scratch.copy_from_slice(&game.blocks);
    with_model(|model| {
        let mut coder = Writing { writer: &mut writer, out };
        code(&mut coder, model, game.map.geometry(), &mut state, scratch);
    });
    writer.finish(out, start);
}

/// Reads a state and the healths of its slices. Everything else of `blocks` stays.
pub(super) fn read<C: Coder>(coder: &mut C, geometry: &Geometry, state: &mut MatchState, blocks: &mut [Block]) {
    with_model(|model| code(coder, model, geometry, state, blocks));
}

/// Writes a state, or reads one into `state` and the healths of `blocks`. What follows from the health is zero then.
pub(super) fn code<C: Coder>(
    coder: &mut C,
    model: &mut Model,
    geometry: &Geometry,
    state: &mut MatchState,
    blocks: &mut [Block],
) {
    let mut columns = if C::WRITES { bare(state) } else { MatchState::zeroed() };
    let bytes = bytemuck::bytes_of_mut(&mut columns);
    let mut run = 0usize;
    for at in 0..bytes.len() {
        let back = |by: usize| if at >= by { bytes[at - by] } else { 0 };
        let (left, lane, row) = (back(1), back(4), back(32));
        let guess = if lane == row || at % 4 == 3 || left == back(5) { lane } else { row };
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
    past(coder, model, &mut columns, state);
    *state = columns;
    slices(coder, model, geometry, blocks);
}

/// Positions of the last ticks, from the newest back: each as many representable numbers away from where the two newer
/// ones lead, first from where the player is.
fn past<C: Coder>(coder: &mut C, model: &mut Model, columns: &mut MatchState, given: &MatchState) {
    let newest = (0..HISTORY).max_by_key(|place| (columns.past_tick[*place], *place)).unwrap_or(0);
    for slot in 0..PLAYERS {
        for axis in 0..2 {
            let (now, rows, given) = if axis == 0 {
                (columns.x[slot], &mut columns.past_x, &given.past_x)
            } else {
                (columns.y[slot], &mut columns.past_y, &given.past_y)
            };
            let (mut newer, mut new) = (now, now);
            for back in 0..HISTORY {
                let place = (newest + HISTORY - back) % HISTORY;
                let expected = new + (new - newer);
                let off = given[place][slot].to_bits().wrapping_sub(expected.to_bits()) as i32;
                // A step that is not small is written whole.
                let near = !coder.bit(&mut model.far, off.unsigned_abs() >= 1 << 16);
                rows[place][slot] = f32::from_bits(if near {
                    expected.to_bits().wrapping_add(model.past.code(coder, usize::from(back < 2), off) as u32)
                } else {
                    coder.word(given[place][slot].to_bits())
                });
                (newer, new) = (new, rows[place][slot]);
            }
        }
    }
}

/// Whole, damaged or gone, as it began: 0 to 2; then how much is left.
fn slices<C: Coder>(coder: &mut C, model: &mut Model, geometry: &Geometry, blocks: &mut [Block]) {
    let mut context = 0;
    for slice in 0..blocks.len() * 64 {
        let first = first_health(geometry, slice);
        let health = &mut blocks[slice / 64].health[slice % 64];
        if first == 0 || first == u16::MAX {
            // Padding, missing from the start, or border.
            *health = first;
            continue;
        }
        let kind = if *health == first {
            0
        } else if *health == 0 {
            2
        } else {
            1
        };
        let kind = coder.tree(&mut model.slice[context], 2, kind) as usize;
        context = context * 3 % 27 + kind.min(2);
        *health = match kind {
            0 => first,
            1 => {
                let high = coder.tree(&mut model.high, 8, u32::from(*health >> 8));
                (high << 8 | coder.tree(&mut model.low, 8, u32::from(*health & 0xFF))) as u16
            }
            _ => 0,
        };
    }
}
