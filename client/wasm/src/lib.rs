//! The engine as the browser's pages use it: maps, recordings and matches against bots, one of each at a time.
//!
//! `cargo build --release --target wasm32-unknown-unknown -p trespasser-browser`
//!
//! # Calls
//!
//! Bytes for a call go where [`reserve`] says. A call returns 0 and leaves its answer, JSON or plain columns, where
//! [`answer_at`] and [`answer_length`] say until the next call; or 1, with an error in JSON instead: `code`, `field`,
//! `limit` (the last two may be null) and `message`. A refused call has changed nothing.
//!
//! A panic is a bug and ends the instance: it traps with the panic's message as the answer, and the host makes a new
//! instance. There is one thread, and no memory is shared but these two buffers.

mod answer;
mod arena;
mod ground;
mod practice;
mod show;

use answer::{Answer, Fault};
use std::cell::{Cell, RefCell};
use std::sync::Once;

/// Bytes that a call takes at most: a recording of many hours.
const MOST_BYTES: usize = 64 << 20;

/// What the instance holds.
#[derive(Default)]
struct Engine {
    ground: ground::Ground,
    show: Option<show::Show>,
    practice: Option<practice::Practice>,
}

thread_local! {
    static ENGINE: RefCell<Engine> = RefCell::default();
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// Bytes of the input that the next call takes.
    static GIVEN: Cell<usize> = const { Cell::new(0) };
}

/// Leaves a panic's message as the answer: what is left of a message when the instance traps.
fn catch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            ANSWER.with(|answer| {
                if let Ok(mut answer) = answer.try_borrow_mut() {
                    *answer = info.to_string().into_bytes();
                }
            });
        }));
    });
}

fn call(work: impl FnOnce(&mut Engine, Vec<u8>) -> Result<Answer, Fault>) -> u32 {
    catch_panics();
    let given = GIVEN.take();
    let mut input = INPUT.take();
    input.truncate(given);
    let done = ENGINE.with_borrow_mut(|engine| work(engine, input));
    let (status, bytes) = match done {
        Ok(answer) => (0, answer.into_bytes()),
        Err(fault) => (1, fault.into_bytes()),
    };
    ANSWER.set(bytes);
    status
}

/// Makes room for so many bytes and returns where they go; 0 beyond 64 MiB.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: u32) -> *mut u8 {
    let length = length as usize;
    if length > MOST_BYTES {
        return std::ptr::null_mut();
    }
    GIVEN.set(length);
    INPUT.with_borrow_mut(|input| {
        input.clear();
        input.resize(length, 0);
        input.as_mut_ptr()
    })
}

/// Where the last call's answer lies.
#[unsafe(no_mangle)]
pub extern "C" fn answer_at() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}

/// Bytes of the last call's answer.
#[unsafe(no_mangle)]
pub extern "C" fn answer_length() -> u32 {
    ANSWER.with_borrow(|answer| answer.len() as u32)
}

/// Engine's version and what there is by name.
#[unsafe(no_mangle)]
pub extern "C" fn about() -> u32 {
    call(|_, _| Ok(ground::about()))
}

/// Panics, so that a test can see what becomes of a panic.
#[unsafe(no_mangle)]
pub extern "C" fn panic_for_test() -> u32 {
    call(|_, _| panic!("asked for by a test"))
}

/// A map from the bytes of a PNG. `reading`: 0 fine, 1 coarse. Answer: the map, with its picture's cells.
#[unsafe(no_mangle)]
pub extern "C" fn map_png(reading: u32) -> u32 {
    call(|engine, bytes| engine.ground.png(&bytes, reading))
}

/// A map from 1,296 bytes, one a cell, row by row: places in the palette that [`about`] lists.
#[unsafe(no_mangle)]
pub extern "C" fn map_cells(reading: u32) -> u32 {
    call(|engine, bytes| engine.ground.cells(&bytes, reading))
}

/// A map from JSON: `{walls: [{x, y, width, height, material}], spawns: [{x, y, team}]}`, px.
#[unsafe(no_mangle)]
pub extern "C" fn map_walls() -> u32 {
    call(|engine, bytes| engine.ground.walls(&bytes))
}

/// One of the engine's own maps, by its name.
#[unsafe(no_mangle)]
pub extern "C" fn map_builtin(reading: u32) -> u32 {
    call(|engine, bytes| engine.ground.builtin(&bytes, reading))
}

/// The PNG of 48 x 27 pixels of 1,296 cells.
#[unsafe(no_mangle)]
pub extern "C" fn png_of_cells() -> u32 {
    call(|_, bytes| ground::png_of_cells(&bytes))
}

/// The slices of the map, 7 little-endian f32 each: left, top, right, bottom (px), material, health in 1/64 points,
/// 1 if it stands when a match begins.
#[unsafe(no_mangle)]
pub extern "C" fn map_slices() -> u32 {
    call(|engine, _| engine.ground.slices())
}

/// 1,296 bytes: 1 where the middle of a cell has a clear line from a point, px, however far.
#[unsafe(no_mangle)]
pub extern "C" fn map_sight(x: f32, y: f32) -> u32 {
    call(|engine, _| engine.ground.sight(x, y))
}

/// 1,296 little-endian f32: gain of a sound of a kind (by number) made at a point, px.
#[unsafe(no_mangle)]
pub extern "C" fn map_sound(kind: u32, x: f32, y: f32) -> u32 {
    call(|engine, _| engine.ground.sound(kind, x, y))
}

/// What a map's author wants to know: who reaches whom, what spawns see of each other, how far teams have.
#[unsafe(no_mangle)]
pub extern "C" fn map_checks() -> u32 {
    call(|engine, _| engine.ground.checks())
}

/// Opens a recording on the engine's own map or the loaded one that it was made on, at its beginning.
#[unsafe(no_mangle)]
pub extern "C" fn show_open() -> u32 {
    call(|engine, bytes| {
        let (show, answer) = show::Show::open(bytes, &engine.ground)?;
        engine.show = Some(show);
        Ok(answer)
    })
}

/// Plays some ticks. Answer: `{tick, ended, checks: [{tick, expected, found}]}`.
#[unsafe(no_mangle)]
pub extern "C" fn show_step(ticks: u32) -> u32 {
    call(|engine, _| show::of(&mut engine.show)?.step(ticks))
}

/// Comes nearer to a tick by `most` ticks at most, from the nearest keyframe on if that is nearer than where it is.
#[unsafe(no_mangle)]
pub extern "C" fn show_seek(tick: u32, most: u32) -> u32 {
    call(|engine, _| show::of(&mut engine.show)?.seek(tick, most))
}

/// What is to be drawn and heard, as the player in a slot knows it; -1: all of it.
#[unsafe(no_mangle)]
pub extern "C" fn show_frame(viewer: i32) -> u32 {
    call(|engine, _| show::of(&mut engine.show)?.frame(viewer))
}

/// As [`map_slices`], of the map that the recording is played on.
#[unsafe(no_mangle)]
pub extern "C" fn show_slices() -> u32 {
    call(|engine, _| Ok(ground::slices_of(show::of(&mut engine.show)?.arena.view()?.map())))
}

/// Health of all slices, little-endian u16 in 1/64 points, as the player in a slot knows it; -1: as it is.
#[unsafe(no_mangle)]
pub extern "C" fn show_walls(viewer: i32) -> u32 {
    call(|engine, _| show::of(&mut engine.show)?.arena.walls(viewer))
}

/// Corners of what the player in a slot sees, little-endian f32 x and y, px; nothing for the dead and the absent.
#[unsafe(no_mangle)]
pub extern "C" fn show_polygon(slot: u32) -> u32 {
    call(|engine, _| show::of(&mut engine.show)?.arena.polygon(slot))
}

/// 1,296 little-endian f32: gain of a sound of a kind made at a point now, px.
#[unsafe(no_mangle)]
pub extern "C" fn show_sound(kind: u32, x: f32, y: f32) -> u32 {
    call(|engine, _| show::of(&mut engine.show)?.arena.sound(kind, x, y))
}

/// Plays the whole recording beside the one that is looked at, under a guard, some ticks a call, and tells kills,
/// evidence and hashes found in them.
#[unsafe(no_mangle)]
pub extern "C" fn show_scan(ticks: u32) -> u32 {
    call(|engine, _| show::of(&mut engine.show)?.scan(ticks))
}

/// A match on the loaded map. JSON: `{bots, skill, seed, team, primary, secondary, support}`.
#[unsafe(no_mangle)]
pub extern "C" fn play_begin() -> u32 {
    call(|engine, bytes| {
        let (practice, answer) = practice::Practice::begin(&bytes, &engine.ground)?;
        engine.practice = Some(practice);
        Ok(answer)
    })
}

/// One tick, 1/60 s, with the player's buttons, presses and cursor, px.
#[unsafe(no_mangle)]
pub extern "C" fn play_step(held: u32, taps: u32, x: f32, y: f32) -> u32 {
    call(|engine, _| practice::of(&mut engine.practice)?.step(held, taps, x, y))
}

/// As [`show_frame`], of the match against bots; `own`: 1 as the player knows it, 0 all of it.
#[unsafe(no_mangle)]
pub extern "C" fn play_frame(own: u32) -> u32 {
    call(|engine, _| practice::of(&mut engine.practice)?.frame(own == 1))
}

/// As [`show_walls`].
#[unsafe(no_mangle)]
pub extern "C" fn play_walls(viewer: i32) -> u32 {
    call(|engine, _| practice::of(&mut engine.practice)?.arena.walls(viewer))
}

/// As [`show_polygon`].
#[unsafe(no_mangle)]
pub extern "C" fn play_polygon(slot: u32) -> u32 {
    call(|engine, _| practice::of(&mut engine.practice)?.arena.polygon(slot))
}
