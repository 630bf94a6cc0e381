//! Floor, walls slice by slice, shots and what flies.

use super::{CRACK, DIM, FLOOR, NORMAL, Plan, SHOT, SMALL, TEXT, TRACE, team_ink};
use crate::canvas::{Canvas, Ink, faded, mixed};
use trespasser::map::{BODY_RADIUS, CELL, PLAYFIELD, SLICES_PER_WALL};
use trespasser::rules::Material;
use trespasser::world::{MatchView, PLAYERS};
use trespasser::{EventKind, Vec2};

const GRID: Ink = [255, 255, 255, 10];
const GRID_BOLD: Ink = [255, 255, 255, 20];
const LAMP: Ink = [255, 240, 170, 255];

impl Plan<'_> {
    pub(crate) fn floor(&self, canvas: &mut Canvas) {
        canvas.rect(Vec2::ZERO, Vec2::new(PLAYFIELD.0, PLAYFIELD.1), FLOOR);
        for column in 0..=(PLAYFIELD.0 / CELL) as u32 {
            let (x, ink) = (column as f32 * CELL, if column % 4 == 0 { GRID_BOLD } else { GRID });
            canvas.line(&[Vec2::new(x, 0.0), Vec2::new(x, PLAYFIELD.1)], 0.34, ink);
        }
        for row in 0..=(PLAYFIELD.1 / CELL) as u32 {
            let (y, ink) = (row as f32 * CELL, if row % 4 == 0 { GRID_BOLD } else { GRID });
            canvas.line(&[Vec2::new(0.0, y), Vec2::new(PLAYFIELD.0, y)], 0.34, ink);
        }
        let map = self.view.map();
        for &lamp in map.lights() {
            for ring in 1..=12 {
                canvas.disc(lamp, ring as f32 * 2.0, faded(LAMP, 0.012));
            }
        }
        for spawn in map.spawns() {
            canvas.disc(spawn.at, BODY_RADIUS, faded(team_ink(spawn.team), 0.10));
            canvas.arc(spawn.at, BODY_RADIUS, 1.0, 0.5, faded(team_ink(spawn.team), 0.45));
        }
    }

    pub(crate) fn walls(&self, canvas: &mut Canvas) {
        let geometry = self.view.map().geometry();
        for wall in &geometry.walls {
            for slice in wall.first_slice as usize..wall.first_slice as usize + SLICES_PER_WALL {
                let Some(left) = health(self.view, slice) else { continue };
                let at = Vec2::new(geometry.x0[slice], geometry.y0[slice]);
                let size = Vec2::new(geometry.x1[slice], geometry.y1[slice]) - at;
                slice_at(canvas, at, size, wall.material, left);
            }
        }
    }

    /// From the shooter to the impact, the older the fainter.
    pub(crate) fn shots(&self, canvas: &mut Canvas) {
        let mut muzzles = [None; PLAYERS];
        for event in self.recent {
            let age = self.view.tick().saturating_sub(event.tick);
            if age > TRACE {
                continue;
            }
            let share = 1.0 - age as f32 / TRACE as f32;
            let at = Vec2::new(event.x, event.y);
            let slot = usize::from(event.actor);
            match EventKind::from_number(event.kind) {
                Some(EventKind::Fired) if slot < PLAYERS => {
                    muzzles[slot] = Some(at);
                    canvas.disc(at, 1.6, faded(SHOT, 0.7 * share));
                }
                Some(EventKind::HitWall | EventKind::HitPlayer | EventKind::Miss) if slot < PLAYERS => {
                    if let Some(muzzle) = muzzles[slot] {
                        canvas.line(&[muzzle, at], 0.5, faded(SHOT, 0.75 * share));
                    }
                    if EventKind::from_number(event.kind) != Some(EventKind::Miss) {
                        canvas.disc(at, 1.3, faded(SHOT, share));
                    }
                }
                _ => {}
            }
        }
    }

    /// What flies, its last 0.1 s of way, and its name.
    pub(crate) fn projectiles(&self, canvas: &mut Canvas) {
        for flying in self.view.projectiles() {
            let ink = team_ink(flying.team);
            canvas.line(&[flying.position - flying.velocity * 0.1, flying.position], 1.0, faded(ink, 0.6));
            canvas.disc(flying.position, 2.6, CRACK);
            canvas.disc(flying.position, 2.0, ink);
            canvas.disc(flying.position, 0.8, TEXT);
            let at = flying.position + Vec2::new(4.0, -6.0);
            canvas.label(at, SMALL, mixed(ink, TEXT, 0.5), CRACK, flying.weapon.name());
        }
    }
}

fn material_ink(material: Material) -> Ink {
    match material {
        Material::Concrete => [128, 131, 138, 255],
        Material::Metal => [88, 100, 116, 255],
        Material::Wood => [160, 108, 62, 255],
        Material::Glass => [134, 206, 226, 255],
        Material::Border => [60, 60, 66, 255],
    }
}

/// How much of a slice's health is left, 0 to 1; `None`: never there.
fn health(view: &MatchView<'_>, slice: usize) -> Option<f32> {
    let geometry = view.map().geometry();
    if geometry.missing[slice / 64] >> (slice % 64) & 1 == 1 {
        return None;
    }
    Some(f32::from(view.slice_health(slice)) / f32::from(geometry.max_health[slice].max(1)))
}

/// One slice in the four states of the rule book: none, light, medium, heavy; and the rubble of a destroyed one.
fn slice_at(canvas: &mut Canvas, at: Vec2, size: Vec2, material: Material, left: f32) {
    let ink = material_ink(material);
    let point = |x: f32, y: f32| at + size * Vec2::new(x, y);
    if left <= 0.0 {
        canvas.rect(at, size, faded(ink, 0.10));
        for (x, y) in [(0.3, 0.12), (0.7, 0.35), (0.25, 0.62), (0.65, 0.86)] {
            canvas.disc(point(x, y), 0.45, faded(ink, 0.55));
        }
        return;
    }
    let state = match left {
        left if left > 0.75 => 0,
        left if left > 0.5 => 1,
        left if left > 0.25 => 2,
        _ => 3,
    };
    let body = mixed(ink, CRACK, [0.0, 0.18, 0.36, 0.54][state]);
    let opacity = if material == Material::Glass { 0.85 } else { 1.0 };
    canvas.rect(at, size, faded(body, opacity));
    // A seam on the far sides tells neighbours apart.
    canvas.rect(at, Vec2::new(size.x, 0.3), faded([255, 255, 255, 255], 0.14));
    canvas.rect(at, Vec2::new(0.3, size.y), faded([255, 255, 255, 255], 0.08));
    canvas.rect(point(0.0, 1.0) - Vec2::new(0.0, 0.34), Vec2::new(size.x, 0.34), faded(CRACK, 0.5));
    canvas.rect(point(1.0, 0.0) - Vec2::new(0.34, 0.0), Vec2::new(0.34, size.y), faded(CRACK, 0.35));
    const CRACKS: [&[(f32, f32)]; 3] = [
        &[(0.1, 0.30), (0.5, 0.42), (0.9, 0.36)],
        &[(0.1, 0.62), (0.45, 0.70), (0.9, 0.58)],
        &[(0.5, 0.08), (0.42, 0.45), (0.6, 0.92)],
    ];
    for crack in &CRACKS[..state] {
        let line: Vec<Vec2> = crack.iter().map(|&(x, y)| point(x, y)).collect();
        canvas.line(&line, 0.4, faded(CRACK, 0.9));
    }
}

/// A legend's row of a material in all its states, 10 px high and wide.
pub(crate) fn sample(canvas: &mut Canvas, at: Vec2, material: Material) {
    for (n, left) in [1.0, 0.7, 0.4, 0.1, 0.0].into_iter().enumerate() {
        slice_at(canvas, at + Vec2::new(n as f32 * 2.0, 0.0), Vec2::new(2.0, 10.0), material, left);
    }
}

/// Text of a legend, 10 px high rows.
pub(crate) fn caption(canvas: &mut Canvas, at: Vec2, text: &str) {
    canvas.text(at + Vec2::new(0.0, (10.0 - canvas.text_height(NORMAL)) * 0.5), NORMAL, DIM, text);
}
