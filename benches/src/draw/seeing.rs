//! Sight: polygons, tiles, who sees whom and why not, smoke.

use super::contour::{Field, toward};
use super::{BLOCKED, CRACK, Plan, SEEN, TEXT, name_of, team_ink};
use crate::canvas::{Canvas, Ink, faded, mixed};
use trespasser::Vec2;
use trespasser::map::BODY_RADIUS;
use trespasser::world::PlayerView;

/// Tiles are this wide and high, px, and this many a row.
const TILE: f32 = 8.0;
const TILES: usize = 60;
/// px between places where the depth of smoke is asked for.
const STEP: f32 = 1.0;
/// Depths with a line of their own; the one where sight ends is the rules'.
const DEPTHS: [f32; 3] = [0.1, 0.25, 1.0];
/// From no smoke to much of it.
pub(crate) const SMOKE: [Ink; 2] = [[70, 62, 92, 255], [214, 206, 226, 255]];
/// Where sight ends in smoke.
pub const END: Ink = [255, 236, 140, 255];

/// How far a look at somebody gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Look {
    /// To this point of their body.
    Seen(Vec2),
    /// To this point on the way to their middle, and what stops it there.
    Stopped(Vec2, &'static str),
}

impl Plan<'_> {
    pub(crate) fn polygons(&self, canvas: &mut Canvas) {
        let mut corners = Vec::new();
        for player in self.viewers() {
            self.view.polygon(player.id.slot(), &mut corners);
            canvas.polygon(&corners, faded(team_ink(player.team), 0.15));
            canvas.outline(&corners, 0.4, faded(team_ink(player.team), 0.45));
        }
    }

    pub(crate) fn tiles(&self, canvas: &mut Canvas) {
        for player in self.viewers() {
            let tiles = self.view.tiles(player.id.slot());
            for bit in (0..TILES * 34).filter(|bit| tiles[bit / 64] >> (bit % 64) & 1 == 1) {
                let at = Vec2::new((bit % TILES) as f32, (bit / TILES) as f32) * TILE;
                tile(canvas, at, team_ink(player.team));
            }
        }
    }

    pub(crate) fn lines(&self, canvas: &mut Canvas) {
        for viewer in self.viewers() {
            let enemies = self.players.iter().filter(|other| other.alive && other.team != viewer.team);
            for target in enemies {
                let way = target.position - viewer.position;
                let along = way.normalize_or_zero();
                if way.length() <= 2.0 * BODY_RADIUS {
                    continue;
                }
                match self.look(viewer, target) {
                    Look::Seen(at) => {
                        let along = (at - viewer.position).normalize_or_zero();
                        // To one side of the middle, so that two who see each other have two lines.
                        let aside = if self.one.is_none() { along.perp() * 1.2 } else { Vec2::ZERO };
                        // The body's edge may be nearer than its middle.
                        let short = if at == target.position { BODY_RADIUS + 2.5 } else { 0.0 };
                        let from = viewer.position + along * (BODY_RADIUS + 2.5) + aside;
                        canvas.arrow(from, at - along * short + aside, 0.8, SEEN);
                    }
                    Look::Stopped(at, why) if self.one.is_some() => {
                        let from = viewer.position + along * (BODY_RADIUS + 2.5);
                        let to = target.position - along * (BODY_RADIUS + 2.5);
                        canvas.line(&[from, at], 0.8, BLOCKED);
                        canvas.dashes(at, to, (2.0, 3.0), 0.5, faded(BLOCKED, 0.6));
                        stop(canvas, at);
                        let aside = Vec2::new(0.0, if along.y <= 0.0 { -6.0 } else { 6.0 });
                        self.label(canvas, at + aside, mixed(BLOCKED, TEXT, 0.4), why);
                    }
                    Look::Stopped(..) => {}
                }
            }
        }
    }

    /// The simulation says who is seen; this finds a line that shows it.
    pub(crate) fn look(&self, viewer: &PlayerView, target: &PlayerView) -> Look {
        let (view, eye) = (self.view, viewer.position);
        let way = target.position - eye;
        let enough = view.rules().smoke.depth;
        if view.sees(viewer.id.slot()) >> target.id.slot() & 1 == 1 {
            let across = way.normalize_or_zero().perp() * BODY_RADIUS;
            // From the middle outwards, to both sides.
            let points = (0..=32).map(|n| target.position + across * (n / 2) as f32 / 16.1 * (1 - n % 2 * 2) as f32);
            let clear = |at: &Vec2| view.line_is_clear(eye, *at) && view.smoke_between(eye, *at) < enough;
            return Look::Seen(points.into_iter().find(clear).unwrap_or(target.position));
        }
        let at = |share: f32| eye + way * share;
        if viewer.blind {
            return Look::Stopped(at(0.0), "blind");
        }
        let near = way.length() <= view.rules().vision.close;
        let angle = libm::acosf(viewer.facing.dot(way.normalize_or_zero()).clamp(-1.0, 1.0));
        if angle > viewer.cone * 0.5 && !near {
            return Look::Stopped(at((BODY_RADIUS + 12.0) / way.length()), "outside cone");
        }
        // Both only end sooner the farther a line goes.
        let last = |fine: &dyn Fn(f32) -> bool| {
            let (mut low, mut high) = (0.0, 1.0);
            if fine(high) {
                return f32::INFINITY;
            }
            for _ in 0..20 {
                let middle = (low + high) * 0.5;
                (low, high) = if fine(middle) { (middle, high) } else { (low, middle) };
            }
            low
        };
        let ends = [
            (last(&|share| view.line_is_clear(eye, at(share))), "wall"),
            (last(&|share| view.smoke_between(eye, at(share)) < enough), "smoke"),
            (viewer.sight / way.length(), "too far"),
        ];
        let (share, why) = ends.into_iter().fold((1.0, ""), |best, end| if end.0 < best.0 { end } else { best });
        Look::Stopped(at(share), why)
    }

    pub(crate) fn smoke(&self, canvas: &mut Canvas) {
        let (smoke, view) = (&self.view.rules().smoke, self.view);
        if view.clouds().next().is_none() {
            return;
        }
        let one = self.one.filter(|one| one.alive);
        if let Some(one) = one {
            let depth = Field::new(self.part, STEP, |at| view.smoke_between(one.position, at));
            depth.runs(|depth| (depth > 0.02).then(|| depth_ink(depth)), |at, size, ink| canvas.rect(at, size, ink));
            for level in DEPTHS {
                canvas.pieces(&depth.contour(level, 20, |_| true), 0.4, faded(TEXT, 0.55));
            }
            let end = depth.contour(smoke.depth, 20, |_| true);
            canvas.pieces(&end, 0.9, END);
            // Lines of a dense cloud hug each other: those of a thin one carry the labels, above each other.
            if let Some(thin) = view.clouds().find(|cloud| cloud.disc.density < 0.3) {
                let way = Vec2::new(thin.disc.x, thin.disc.y) - one.position;
                let levels = [DEPTHS[0], DEPTHS[1], smoke.depth, DEPTHS[2]];
                for (n, level) in levels.into_iter().enumerate() {
                    let direction = Vec2::from_angle(0.08 * n as f32 - 0.34).rotate(way.normalize_or_zero());
                    if let Some(at) = toward(&depth.contour(level, 20, |_| true), one.position, direction) {
                        let ink = if level == smoke.depth { END } else { TEXT };
                        self.label(canvas, at, ink, &level.to_string());
                    }
                }
            }
        }
        for cloud in view.clouds() {
            let middle = Vec2::new(cloud.disc.x, cloud.disc.y);
            if one.is_none() {
                // Denser towards the middle, as its opacity is.
                for ring in 1..=12 {
                    let radius = cloud.disc.radius * (13 - ring) as f32 / 12.0;
                    canvas.disc(middle, radius, faded(SMOKE[1], 0.05 * cloud.disc.density));
                }
                canvas.disc(middle, cloud.disc.radius, faded(SMOKE[1], 0.25 * cloud.disc.density));
            }
            canvas.arc(middle, cloud.disc.radius, 1.0, 0.6, faded(TEXT, 0.6));
        }
    }

    /// Who is seen, in words.
    pub(crate) fn sight_notes(&self) -> Vec<String> {
        let Some(viewer) = self.one.filter(|one| one.alive) else { return Vec::new() };
        let enemies = self.players.iter().filter(|other| other.alive && other.team != viewer.team);
        let (mut seen, mut hidden) = (Vec::new(), Vec::new());
        for target in enemies {
            match self.look(&viewer, target) {
                Look::Seen(at) => {
                    let depth = self.view.smoke_between(viewer.position, at);
                    let name = name_of(target);
                    seen.push(if depth > 0.0 { format!("{name} (smoke of {depth:.2})") } else { name });
                }
                Look::Stopped(_, why) => hidden.push(format!("{} ({why})", name_of(target))),
            }
        }
        let list = |names: Vec<String>| if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
        vec![format!("{} sees {}", name_of(&viewer), list(seen)), format!("and not {}", list(hidden))]
    }
}

pub(crate) fn tile(canvas: &mut Canvas, at: Vec2, team: Ink) {
    canvas.rect(at + Vec2::splat(0.5), Vec2::splat(TILE - 1.0), faded(team, 0.16));
}

/// A mark where a line of sight ends.
pub(crate) fn stop(canvas: &mut Canvas, at: Vec2) {
    for side in [-1.0, 1.0] {
        let diagonal = Vec2::new(1.8, 1.8 * side);
        canvas.line(&[at - diagonal, at + diagonal], 1.9, CRACK);
    }
    for side in [-1.0, 1.0] {
        let diagonal = Vec2::new(1.8, 1.8 * side);
        canvas.line(&[at - diagonal, at + diagonal], 0.9, BLOCKED);
    }
}

/// By the square root, so that thin smoke is told apart; in 24 steps.
pub(crate) fn depth_ink(depth: f32) -> Ink {
    let share = ((depth / 4.0).min(1.0).sqrt() * 24.0).round() / 24.0;
    faded(mixed(SMOKE[0], SMOKE[1], share), 0.25 + 0.5 * share)
}
