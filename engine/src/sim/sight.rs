//! Who sees whom (rule book, section 4), every tick, by exact lines.
//!
//! Team mates are known anyway, so at most 16 x 2 ordered pairs are asked for. Distance and cone come first; then up
//! to three lines each, to the centre and to the two points where tangents touch the body.

use crate::map::{BODY_RADIUS, Geometry, PLAYFIELD};
use crate::rules::Tuned;
use crate::vision::{Grid, Slab, SmokeDisc, smoke_stops};
use crate::world::state::{CLOUDS, Match, MatchState};

/// px that the outer points of a body lie inside its edge, so that a body flush with a wall is not hidden by touching
/// it.
const INSET: f32 = 0.05;

pub(super) fn run(game: &mut Match) {
    let Match { state, blocks, map, rules, blocker, .. } = game;
    let geometry: &Geometry = map.geometry();
    state.sees = [0; 8];
    let mut discs = [SmokeDisc { x: 0.0, y: 0.0, radius: 0.0, density: 0.0 }; CLOUDS];
    let mut count = 0;
    if state.clouds != 0 {
        for cloud in (0..CLOUDS).filter_map(|lane| super::cloud(state, rules, lane)) {
            discs[count] = cloud.disc;
            count += 1;
        }
    }
    let discs = &discs[..count];
    let smoke = &rules.rules.smoke;
    for viewer in MatchState::slots(state.alive) {
        if look(state, rules, viewer) {
            continue;
        }
        let (vx, vy) = (state.x[viewer], state.y[viewer]);
        let (sight, cone_cos) = (state.sight[viewer], state.cone_cos[viewer]);
        let (aim_x, aim_y) = (state.aim_x[viewer], state.aim_y[viewer]);
        let close = rules.rules.vision.close;
        let within = |dx: f32, dy: f32| {
            let d2 = dx * dx + dy * dy;
            if d2 <= close * close {
                return true;
            }
            d2 <= sight * sight && dx * aim_x + dy * aim_y >= cone_cos * d2.sqrt()
        };
        let grid = Grid { geometry, blocks, any: &state.sight_any, full: &state.sight_full };
        let targets = state.enemies(viewer) & state.placed;
        let mut seen = 0u8;
        for target in MatchState::slots(targets) {
            let (dx, dy) = (state.x[target] - vx, state.y[target] - vy);
            let d2 = dx * dx + dy * dy;
            let far = sight + BODY_RADIUS;
            if d2 > far * far {
                continue;
            }
            // A point of the body is at most its radius from the centre, so its way along the aim is at most that much
            // longer, and its distance at most that much shorter.
            let d = d2.sqrt();
            let outside = dx * aim_x + dy * aim_y + BODY_RADIUS < cone_cos * d - cone_cos.abs() * BODY_RADIUS;
            if outside && d > close + BODY_RADIUS {
                continue;
            }
            let mut clear = |point: usize, px: f32, py: f32| {
                if !within(px - vx, py - vy) {
                    return false;
                }
                // A body on the border has its far side outside the field, where nothing is.
                let (px, py) = (px.clamp(0.0, PLAYFIELD.0), py.clamp(0.0, PLAYFIELD.1));
                let last = blocker[viewer][target][point];
                if last != u16::MAX && grid.stops(&Slab::new(vx, vy, px - vx, py - vy), last) {
                    return false;
                }
                match grid.sight_stop(vx, vy, px, py) {
                    Some(slice) => {
                        blocker[viewer][target][point] = slice;
                        false
                    }
                    None => {
                        discs.is_empty() || !smoke_stops(discs, smoke.edge, smoke.unit, smoke.depth, (vx, vy), (px, py))
                    }
                }
            };
            let visible = clear(0, vx + dx, vy + dy) || {
                // Where tangents from the viewer touch a circle of radius r about the target: at r^2/d towards the
                // viewer and r sqrt(1 - r^2/d^2) to either side.
                let r = BODY_RADIUS - INSET;
                d2 > r * r && {
                    let back = r * r / d2;
                    let side = r * ((d2 - r * r) / d2).sqrt() / d;
                    let (bx, by) = (vx + dx - dx * back, vy + dy - dy * back);
                    clear(1, bx - dy * side, by + dx * side) || clear(2, bx + dy * side, by - dx * side)
                }
            };
            seen |= u8::from(visible) << target;
        }
        state.sees[viewer] = seen;
    }
}

/// Sight distance and cone, stretched by mouse look and shortened by a flash. True: the player is blind.
fn look(state: &mut MatchState, rules: &Tuned, slot: usize) -> bool {
    stretch(state, rules, slot);
    let flash = super::impairment(state, rules, slot);
    state.sight[slot] *= 1.0 - flash.visual;
    flash.blind
}

fn stretch(state: &mut MatchState, rules: &Tuned, slot: usize) {
    let vision = &rules.rules.vision;
    state.sight[slot] = vision.distance;
    state.cone_cos[slot] = rules.cone_cos;
    let Some(rule) = &vision.look else { return };
    let (dx, dy) = (state.cursor_x[slot] - state.x[slot], state.cursor_y[slot] - state.y[slot]);
    let cursor = (dx * dx + dy * dy).sqrt();
    if cursor <= rule.near {
        return;
    }
    let share = ((cursor - rule.near) / (rule.far - rule.near)).min(1.0);
    state.sight[slot] = vision.distance + (rule.distance - vision.distance) * share;
    state.cone_cos[slot] = libm::cosf((vision.cone + (rule.cone - vision.cone) * share) * 0.5);
}
