//! Where bodies may appear.

use super::geometry::{Geometry, PLAYFIELD};
use super::{BODY_RADIUS, Spawn};
use crate::rules::Team;
use crate::{Error, Result};
use glam::Vec2;

/// How far a spawn is moved out of a wall that its body would touch, px.
const MAX_SHIFT: i32 = 12;
/// Covers the playfield from any point of it, px.
const WHOLE_FIELD: i32 = 480;
const LOWEST: Vec2 = Vec2::splat(BODY_RADIUS);
const HIGHEST: Vec2 = Vec2::new(PLAYFIELD.0 - BODY_RADIUS, PLAYFIELD.1 - BODY_RADIUS);

/// Where a team without a spawn appears, before it is moved to a free spot (rule book, section 1).
fn fallback(team: Team) -> Vec2 {
    match team {
        Team::Red => Vec2::new(50.0, 135.0),
        Team::Blue => Vec2::new(430.0, 135.0),
    }
}

/// Whether a body's centre may be here as far as the field's edges go; false for NaN.
pub(super) fn within_field(at: Vec2) -> bool {
    at.cmpge(LOWEST).all() && at.cmple(HIGHEST).all()
}

impl Geometry {
    /// Whether a body fits here when the match begins: within the field, and touching a standing slice at most.
    pub fn is_free(&self, at: Vec2) -> bool {
        self.fits(at, |s| self.stands_at_start(s))
    }

    /// [`Geometry::is_free`] among the slices that stand as `stands` says.
    fn fits(&self, at: Vec2, stands: impl Fn(usize) -> bool) -> bool {
        within_field(at)
            && self.slices_near(at, BODY_RADIUS).filter(|&s| stands(s)).all(|s| {
                let nearest = at.clamp(Vec2::new(self.x0[s], self.y0[s]), Vec2::new(self.x1[s], self.y1[s]));
                (at - nearest).length_squared() >= BODY_RADIUS * BODY_RADIUS
            })
    }

    /// The free spot nearest to `at`, clamped to the field, on a 1 px lattice through it, judged by the slices that
    /// stand when the match begins. Of equally near ones the upper, then the left one.
    ///
    /// `None` where no lattice point is free, and for coordinates that are not finite.
    pub fn nearest_free(&self, at: Vec2) -> Option<Vec2> {
        self.nearest_fit(at, |s| self.stands_at_start(s))
    }

    /// [`Geometry::nearest_free`] among the slices that stand as `stands` says.
    pub(crate) fn nearest_fit(&self, at: Vec2, stands: impl Fn(usize) -> bool) -> Option<Vec2> {
        nearest_within(at, WHOLE_FIELD, |at| self.fits(at, &stands))
    }

    /// Whether a point lies in a slice that stands when the match begins, edges included.
    fn is_inside_wall(&self, at: Vec2) -> bool {
        // A reach of 1 px brings in the cells on both sides when the point lies on a cell's edge.
        self.slices_near(at, 1.0)
            .filter(|&s| self.stands_at_start(s))
            .any(|s| (self.x0[s]..=self.x1[s]).contains(&at.x) && (self.y0[s]..=self.y1[s]).contains(&at.y))
    }
}

/// The nearest free spot on a 1 px lattice through `at` that is at most `reach` px away.
fn nearest_within(at: Vec2, reach: i32, is_free: impl Fn(Vec2) -> bool) -> Option<Vec2> {
    if !at.is_finite() {
        return None;
    }
    let at = at.clamp(LOWEST, HIGHEST);
    // Square rings outward; a corner of an inner ring may be farther than a side of the next, so the search goes
    // on until the rings themselves are farther than the best.
    let mut best: Option<(i32, i32, i32)> = None;
    for ring in 0..=reach {
        if best.is_some_and(|(distance, ..)| ring * ring > distance) {
            break;
        }
        for dy in -ring..=ring {
            let step = if dy.abs() == ring { 1 } else { 2 * ring };
            for dx in (-ring..=ring).step_by(step.max(1) as usize) {
                let key = (dx * dx + dy * dy, dy, dx);
                if key.0 <= reach * reach
                    && best.is_none_or(|best| key < best)
                    && is_free(at + Vec2::new(dx as f32, dy as f32))
                {
                    best = Some(key);
                }
            }
        }
    }
    best.map(|(_, dy, dx)| at + Vec2::new(dx as f32, dy as f32))
}

/// Checks spawns against the walls, moves those whose body would touch one, and supplies a team that has none.
///
/// `name` describes spawn `i` for messages.
pub(super) fn place(geometry: &Geometry, wanted: &[Spawn], name: impl Fn(usize) -> String) -> Result<Vec<Spawn>> {
    let mut spawns = Vec::with_capacity(wanted.len() + 2);
    for (i, spawn) in wanted.iter().enumerate() {
        if geometry.is_inside_wall(spawn.at) {
            return Err(Error::BadMap { reason: format!("{} stands inside a wall", name(i)) });
        }
        let Some(at) = nearest_within(spawn.at, MAX_SHIFT, |at| geometry.is_free(at)) else {
            return Err(Error::BadMap {
                reason: format!(
                    "{} has no free spot within {MAX_SHIFT} px for a body of radius {BODY_RADIUS} px",
                    name(i)
                ),
            });
        };
        spawns.push(Spawn { at, ..*spawn });
    }
    for team in [Team::Red, Team::Blue] {
        if spawns.iter().all(|spawn| spawn.team != team) {
            let at = geometry.nearest_free(fallback(team)).ok_or_else(|| Error::BadMap {
                reason: format!("there is no free spot for a {} player anywhere", team.name()),
            })?;
            spawns.push(Spawn { at, team });
        }
    }
    Ok(spawns)
}
