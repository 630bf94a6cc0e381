//! Memory asked for before it is needed: of many matches, none is left in the caches when its turn comes. Of the match that
//! is stepped next, while this one's tick is played, what every tick touches; of this one what only this tick will.
//!
//! A little after most stages: a processor waits for some twenty lines at a time, and for one more it stands still.
//!
//! Asking changes nothing, and costs an instruction or two a line.

use super::movement;
use crate::simd::ask;
use crate::vision::SightChanges;
use crate::world::state::{Match, MatchState};
use core::mem::offset_of;

/// Where the rest is, and the first of the columns that every tick reads.
#[inline(never)]
pub(super) fn begin(next: &Match) {
    ask(next, offset_of!(Match, blocks)..offset_of!(Match, sight));
    ask(&next.state, 0..512);
}

/// On with the columns.
#[inline(never)]
pub(super) fn columns(next: &Match) {
    let state = &next.state;
    ask(state, 512..offset_of!(MatchState, px));
    ask(&state.clouds, 0..1);
}

/// The input that each player's turn it is to, and where positions will be remembered.
#[inline(never)]
pub(super) fn inputs(next: &Match) {
    let state = &next.state;
    for queue in &state.queue {
        ask(queue, 0..1);
    }
    movement::ask(state, &next.rules);
}

/// The rows of the grid.
#[inline(never)]
pub(super) fn rows(next: &Match) {
    ask(&next.state, offset_of!(MatchState, sight_any)..offset_of!(MatchState, queue));
}

/// What was found out about sight.
#[inline(never)]
pub(super) fn sight(next: &Match) {
    ask(&next.sight, 0..size_of_val(&next.sight));
    ask(&next.changes, 0..size_of::<SightChanges>());
}

/// Which slices stand, and how well: sounds and shots go through them.
#[inline(never)]
pub(super) fn slices(next: &Match) {
    next.blocks.first().inspect(|first| ask(*first, 0..size_of_val(&*next.blocks)));
}

/// What players know, and where the next events go.
#[inline(never)]
pub(super) fn knowledge(next: &Match) {
    next.events.ask();
    next.heard.ask();
    next.net.as_ref().inspect(|net| net.ask());
}

/// The links.
#[inline(never)]
pub(super) fn links(next: &Match) {
    next.net.as_ref().inspect(|net| net.ask_links(next.state.tick + 1));
}

/// Of the match whose tick it is: what its links will look at.
#[inline(never)]
pub(super) fn lists(game: &Match) {
    game.net.as_ref().inspect(|net| net.ask_lists(game));
}
