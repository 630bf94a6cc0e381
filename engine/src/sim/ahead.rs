//! Memory asked for before it is needed: of many matches, none is left in the caches when its turn comes. Of the match that
//! is stepped next, while this one's tick is played, what every tick touches; of this one what only this tick will.
//!
//! Asking changes nothing, and costs an instruction or two a line.

use super::movement;
use crate::simd::ask;
use crate::vision::SightChanges;
use crate::world::state::{Block, Match, MatchState};
use core::mem::offset_of;

/// The columns that every tick reads, the rows of the grid, the input that each player's turn it is to, and where the rest is.
#[inline(never)]
pub(super) fn state(next: &Match) {
    let state = &next.state;
    ask(next, offset_of!(Match, blocks)..offset_of!(Match, sight));
    ask(state, 0..offset_of!(MatchState, px));
    ask(&state.clouds, 0..1);
    ask(state, offset_of!(MatchState, sight_any)..offset_of!(MatchState, queue));
    for queue in &state.queue {
        ask(queue, 0..1);
    }
    movement::ask(state, &next.rules);
}

/// What was found out about sight, what players know, and which slices stand.
#[inline(never)]
pub(super) fn sight(next: &Match) {
    ask(&next.sight, 0..size_of_val(&next.sight));
    ask(&next.changes, 0..size_of::<SightChanges>());
    for block in &next.blocks {
        ask(block, offset_of!(Block, gone)..offset_of!(Block, gone) + 1);
    }
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
