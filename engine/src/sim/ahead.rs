//! Memory of the match that is stepped next, asked for while this one's tick is played: of many matches, none is left in
//! the caches when its turn comes. Only what every tick touches: some 50 lines of the state, 18 of what is known of
//! sight and walls, 17 of what is told to whom, and the links' own in ticks in which they write.
//!
//! Asking changes nothing, and costs an instruction or two a line.

use crate::net::Knowledge;
use crate::simd::ask;
use crate::vision::SightChanges;
use crate::world::state::{Match, MatchState};
use core::mem::offset_of;

/// The columns that every tick reads, and the rows of the grid.
#[inline(never)]
pub(super) fn state(next: &Match) {
    ask(&next.state, 0..offset_of!(MatchState, px));
    ask(&next.state, offset_of!(MatchState, solid_any)..size_of::<MatchState>());
}

/// What was found out about sight, and what players know.
#[inline(never)]
pub(super) fn sight(next: &Match) {
    ask(&next.sight, 0..size_of_val(&next.sight));
    ask(&next.changes, 0..size_of::<SightChanges>());
    if let Some(net) = &next.net {
        ask(&net.knowledge, 0..size_of::<Knowledge>());
        ask(&net.links, 0..size_of_val(&net.links));
    }
}

/// The links, if they write in the next tick.
#[inline(never)]
pub(super) fn net(next: &Match) {
    let Some(net) = next.net.as_ref().filter(|net| net.writes_in(next.state.tick + 1)) else { return };
    for link in net.links.iter().flatten() {
        ask(&**link, 0..size_of_val(&**link));
    }
}
