//! The columns of a match by name: for tools that compare states and say where two of them part.
//!
//! The table is made from the fields of `MatchState` in their order; that it covers the struct without a gap or an
//! overlap is proved when it is compiled. The walls' blocks follow as three columns: health by slice, and the two
//! bitsets by block.

use super::input::{Buttons, InputCmd};
use super::state::{Block, MatchState};
use core::mem::offset_of;

/// What a lane of a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum LaneKind {
    /// Unsigned, 1 byte; where the name is a set's, bit = slot.
    U8 = 1,
    /// Unsigned, 2 bytes.
    U16 = 2,
    /// Signed, 2 bytes.
    I16 = 3,
    /// Unsigned, 4 bytes.
    U32 = 4,
    /// Signed, 4 bytes.
    I32 = 5,
    /// A set or a seed, 8 bytes, told in hexadecimal.
    U64 = 6,
    /// 4 bytes.
    F32 = 7,
    /// Held or pressed buttons, 2 bytes, told in hexadecimal.
    Buttons = 8,
    /// [`InputCmd`], 16 bytes.
    Input = 9,
}

impl LaneKind {
    /// The kind with this number, if there is one.
    pub fn from_number(n: u8) -> Option<LaneKind> {
        use LaneKind::*;
        [U8, U16, I16, U32, I32, U64, F32, Buttons, Input].get((n as usize).wrapping_sub(1)).copied()
    }

    /// Bytes of a lane, 1 to 16.
    pub const fn bytes(self) -> usize {
        match self {
            LaneKind::U8 => 1,
            LaneKind::U16 | LaneKind::I16 | LaneKind::Buttons => 2,
            LaneKind::U32 | LaneKind::I32 | LaneKind::F32 => 4,
            LaneKind::U64 => 8,
            LaneKind::Input => 16,
        }
    }

    /// The value of a lane as a person reads it; floats with their bits where that says more. Bytes that are not as many
    /// as a lane has are told as they are.
    pub fn text(self, lane: &[u8]) -> String {
        fn get<const N: usize>(lane: &[u8]) -> Option<[u8; N]> {
            lane.try_into().ok()
        }
        let text = match self {
            LaneKind::U8 => get(lane).map(|b| u8::from_le_bytes(b).to_string()),
            LaneKind::U16 => get(lane).map(|b| u16::from_le_bytes(b).to_string()),
            LaneKind::I16 => get(lane).map(|b| i16::from_le_bytes(b).to_string()),
            LaneKind::U32 => get(lane).map(|b| u32::from_le_bytes(b).to_string()),
            LaneKind::I32 => get(lane).map(|b| i32::from_le_bytes(b).to_string()),
            LaneKind::U64 => get(lane).map(|b| format!("{:#x}", u64::from_le_bytes(b))),
            LaneKind::F32 => {
                get(lane).map(|b| format!("{:?} ({:#010x})", f32::from_le_bytes(b), u32::from_le_bytes(b)))
            }
            LaneKind::Buttons => get(lane).map(|b| format!("{:#x}", u16::from_le_bytes(b))),
            LaneKind::Input => get::<16>(lane).map(|b| {
                let i: InputCmd = bytemuck::cast(b);
                format!(
                    "input {} (ack {}, held {:#x}, taps {:#x}, cursor {}/16, {}/16)",
                    i.sequence, i.ack_tick, i.held.0, i.taps.0, i.cursor_x, i.cursor_y
                )
            }),
        };
        text.unwrap_or_else(|| format!("{lane:02x?}"))
    }
}

/// A column: its name, what its lanes are, how many, and in rows of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// As the field is called; `walls.` before those of the walls.
    pub name: &'static str,
    /// What each lane is.
    pub kind: LaneKind,
    /// Lanes of the innermost array: 8 for `[[u8; 8]; 5]`. Of the walls' columns all there are: 0 here.
    pub row: u16,
    /// Bytes from the state's beginning, and how many; of the walls' columns 0.
    offset: u16,
    bytes: u16,
}

/// Name of a lane: `[3]`, or `[2][3]` in a column of rows; nothing where there is one lane.
pub fn lane_text(lane: usize, lanes: usize, row: usize) -> String {
    if lanes == 1 {
        String::new()
    } else if row == 0 || row >= lanes {
        format!("[{lane}]")
    } else {
        format!("[{}][{}]", lane / row, lane % row)
    }
}

/// What the table needs to know of a field's type.
trait Lane {
    const KIND: LaneKind;
    /// Lanes of the innermost array.
    const ROW: u16 = 1;
    const IS_LANE: bool = true;
}

macro_rules! lanes {
    ($($t:ty => $kind:ident),*) => { $(impl Lane for $t { const KIND: LaneKind = LaneKind::$kind; })* };
}
lanes!(u8 => U8, u16 => U16, i16 => I16, u32 => U32, i32 => I32, u64 => U64, f32 => F32, Buttons => Buttons, InputCmd => Input);

impl<T: Lane, const N: usize> Lane for [T; N] {
    const KIND: LaneKind = T::KIND;
    const ROW: u16 = if T::IS_LANE { N as u16 } else { T::ROW };
    const IS_LANE: bool = false;
}

/// A column from a field's name and place; the type comes from the reference.
const fn column<T: Lane>(name: &'static str, offset: usize, _: fn(&MatchState) -> &T) -> Column {
    assert!(size_of::<T>().is_multiple_of(T::KIND.bytes()));
    Column { name, kind: T::KIND, row: T::ROW, offset: offset as u16, bytes: size_of::<T>() as u16 }
}

const fn wall(name: &'static str, kind: LaneKind) -> Column {
    Column { name, kind, row: 0, offset: 0, bytes: 0 }
}

macro_rules! columns {
    ($($field:ident)*) => {
        /// Columns of `MatchState`.
        const FIELDS: usize = [$(stringify!($field)),*].len();
        /// All columns: the state's in their order, then the walls'.
        static COLUMNS: [Column; FIELDS + 3] = [
            $(column(stringify!($field), offset_of!(MatchState, $field), |s| &s.$field),)*
            wall("walls.health", LaneKind::U16),
            wall("walls.gone", LaneKind::U64),
            wall("walls.clear", LaneKind::U64),
        ];
        /// The same again, as constants that the proof can read.
        const PLACES: [(usize, usize); FIELDS] = [
            $({
                let column = column("", offset_of!(MatchState, $field), |s| &s.$field);
                (column.offset as usize, column.bytes as usize)
            },)*
        ];
        // Whoever adds a field to the state must name it here: destructuring without `..` names all there are.
        const _: fn(&MatchState) = |state| { let MatchState { $($field: _),* } = state; };
    };
}

columns! {
    x y vx vy aim_x aim_y cursor_x cursor_y sight cone_cos health credit held pressed host_taps gait hand sees queue_len
    repeats debt killer seed tick walls_version joined alive blue aiming placed heard asks over winner spare kill_target
    team_kills spare2 reload silence heat weapon ammo reserve cooldown generation last_sequence ack_tick death_tick
    damage_tick invulnerable_until kills deaths damage_dealt dropped ignored loadout serial charge host_throw spawn_tick
    flash_tick flash stride stride_gait flying left_owner px py pvx pvy flown reach fuse born number pweapon owner pteam
    level cloud_x cloud_y cloud_born cloud_number clouds spare5 past_x past_y past_tick sight_any sight_full solid_any
    open open_columns queue spare3
}

// Each column begins where the one before ends, the first at 0, and the last ends where the struct does.
const _: () = {
    let (mut at, mut end) = (0, 0);
    while at < FIELDS {
        assert!(PLACES[at].0 == end, "the columns are named in the order of the fields, without a gap");
        end += PLACES[at].1;
        at += 1;
    }
    assert!(end == size_of::<MatchState>());
};

/// Where two states part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of the first column that differs, in the order of [`Columns::all`].
    pub column: usize,
    /// First lane that differs.
    pub lane: usize,
    /// The lane's bytes in either.
    pub values: [Vec<u8>; 2],
}

impl core::fmt::Display for Difference {
    /// `column health, lane [3]: 4096 against 4000`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let column = &COLUMNS[self.column];
        let lanes = if column.bytes == 0 { usize::MAX } else { column.bytes as usize / column.kind.bytes() };
        let lane = lane_text(self.lane, lanes, column.row.into());
        let [a, b] = self.values.each_ref().map(|value| column.kind.text(value));
        write!(f, "column {}{}{lane}: {a} against {b}", column.name, if lane.is_empty() { "" } else { ", lane " })
    }
}

/// The columns of a match at one moment, to be read.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    state: &'a MatchState,
    blocks: &'a [Block],
}

impl<'a> Columns<'a> {
    #[inline(always)]
    pub(crate) fn new(state: &'a MatchState, blocks: &'a [Block]) -> Columns<'a> {
        Columns { state, blocks }
    }

    /// All columns there are, the same for every match.
    pub fn all() -> &'static [Column] {
        &COLUMNS
    }

    /// Number of the column of that name.
    pub fn find(name: &str) -> Option<usize> {
        COLUMNS.iter().position(|column| column.name == name)
    }

    /// Where in a saved match ([`super::World::save`]) a column's bytes begin, and how many they are; `None` for the walls',
    /// which lie in blocks, and beyond the last.
    pub fn place_in_save(column: usize) -> Option<core::ops::Range<usize>> {
        let column = COLUMNS.get(column).filter(|column| column.bytes > 0)?;
        let begin = super::save::HEADER + usize::from(column.offset);
        Some(begin..begin + usize::from(column.bytes))
    }

    /// Tick of the match.
    pub fn tick(&self) -> u32 {
        self.state.tick
    }

    /// Lanes of a column of this match; 0 beyond the last.
    pub fn lanes(&self, column: usize) -> usize {
        let Some(at) = COLUMNS.get(column) else { return 0 };
        match column.checked_sub(FIELDS) {
            None => usize::from(at.bytes) / at.kind.bytes(),
            Some(0) => self.blocks.len() * 64,
            Some(_) => self.blocks.len(),
        }
    }

    /// Writes a column's bytes, little-endian, into `out`, replacing what is there: nothing beyond the last column.
    pub fn read(&self, column: usize, out: &mut Vec<u8>) {
        out.clear();
        let Some(at) = COLUMNS.get(column) else { return };
        match column.checked_sub(FIELDS) {
            None => {
                let begin = usize::from(at.offset);
                out.extend_from_slice(&bytemuck::bytes_of(self.state)[begin..begin + usize::from(at.bytes)]);
            }
            Some(0) => self.blocks.iter().for_each(|b| out.extend_from_slice(bytemuck::cast_slice(&b.health))),
            Some(1) => self.blocks.iter().for_each(|b| out.extend_from_slice(&b.gone.to_le_bytes())),
            Some(_) => self.blocks.iter().for_each(|b| out.extend_from_slice(&b.clear.to_le_bytes())),
        }
    }

    /// Where this state and another of the same map part: the first lane of the first column that differs. States of maps
    /// of different size are compared as far as both reach.
    pub fn first_difference(&self, other: &Columns<'_>) -> Option<Difference> {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        COLUMNS.iter().enumerate().find_map(|(number, column)| {
            self.read(number, &mut a);
            other.read(number, &mut b);
            let lane = first_lane(column.kind, &a, &b)?;
            let width = column.kind.bytes();
            let value = |bytes: &[u8]| bytes[lane * width..(lane + 1) * width].to_vec();
            Some(Difference { column: number, lane, values: [value(&a), value(&b)] })
        })
    }
}

/// The first lane in which two columns of one kind differ, as far as both reach.
pub fn first_lane(kind: LaneKind, a: &[u8], b: &[u8]) -> Option<usize> {
    if a == b {
        return None;
    }
    let width = kind.bytes();
    a.chunks_exact(width).zip(b.chunks_exact(width)).position(|(a, b)| a != b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    #[test]
    fn every_byte_of_the_state_is_a_lane_that_is_found_and_named() {
        let blocks = [Block { health: [0; 64], gone: 0, clear: 0 }; 2];
        let zero = MatchState::zeroed();
        let mut seen = std::collections::BTreeSet::new();
        for byte in 0..size_of::<MatchState>() {
            let mut state = zero;
            bytemuck::bytes_of_mut(&mut state)[byte] = 1;
            let difference =
                Columns::new(&state, &blocks).first_difference(&Columns::new(&zero, &blocks)).expect("differs");
            let column = &Columns::all()[difference.column];
            let begin = usize::from(column.offset) + difference.lane * column.kind.bytes();
            assert!((begin..begin + column.kind.bytes()).contains(&byte), "byte {byte}: {difference}");
            assert!(difference.to_string().contains(column.name));
            seen.insert(difference.column);
        }
        assert_eq!(seen.len(), FIELDS);
    }

    #[test]
    fn walls_are_columns_too() {
        let state = MatchState::zeroed();
        let blocks = [Block { health: [0; 64], gone: 0, clear: 0 }; 2];
        let text = |change: fn(&mut [Block; 2])| {
            let mut other = blocks;
            change(&mut other);
            let (a, b) = (Columns::new(&state, &blocks), Columns::new(&state, &other));
            a.first_difference(&b).map(|difference| difference.to_string())
        };
        assert_eq!(text(|_| {}), None);
        assert_eq!(text(|b| b[1].health[3] = 9).as_deref(), Some("column walls.health, lane [67]: 0 against 9"));
        assert_eq!(text(|b| b[1].gone = 4).as_deref(), Some("column walls.gone, lane [1]: 0x0 against 0x4"));
        assert_eq!(text(|b| b[0].clear = 1).as_deref(), Some("column walls.clear, lane [0]: 0x0 against 0x1"));
    }

    #[test]
    fn lanes_are_named_by_row_and_told_by_kind() {
        let find = |name| Columns::all()[Columns::find(name).expect(name)];
        assert_eq!((find("weapon").row, find("weapon").kind), (8, LaneKind::U8));
        assert_eq!((find("loadout").row, find("queue").row, find("tick").row), (5, 12, 1));
        assert_eq!(lane_text(13, 40, 8), "[1][5]");
        assert_eq!(lane_text(3, 8, 8), "[3]");
        assert_eq!(lane_text(0, 1, 1), "");
        assert_eq!(LaneKind::F32.text(&1.5f32.to_le_bytes()), "1.5 (0x3fc00000)");
        assert_eq!(LaneKind::I16.text(&(-2i16).to_le_bytes()), "-2");
        assert_eq!(LaneKind::U16.text(&[1]), "[01]");
        for n in 1..=9 {
            assert_eq!(LaneKind::from_number(n).map(|kind| kind as u8), Some(n));
        }
        assert_eq!((LaneKind::from_number(0), LaneKind::from_number(10)), (None, None));
    }
}
