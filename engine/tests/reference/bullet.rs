//! Section 5: what a bullet meets, in which order, and what it does there.

use crate::book::{self, BODY, HEIGHT, WIDTH};
use crate::walls::Slice;
use trespasser::Weapon;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Thing {
    Slice(usize),
    Body(usize),
}

#[derive(Debug, Clone, Copy)]
pub struct Impact {
    pub thing: Thing,
    /// px from the shooter's centre.
    pub at: f64,
    /// Points dealt.
    pub damage: f64,
}

/// Everything on the way, nearest first. `None`: a touch or a tie that rounding decides.
fn meetings(
    slices: &[Slice],
    bodies: &[(usize, (f64, f64))],
    from: (f64, f64),
    dir: (f64, f64),
    end: f64,
) -> Option<Vec<(f64, Thing)>> {
    let to = (from.0 + dir.0 * end, from.1 + dir.1 * end);
    let mut met = Vec::new();
    for (i, slice) in slices.iter().enumerate().filter(|(_, s)| s.stands()) {
        let (inside, at) = slice.crossed(from, to);
        if inside.abs() < 0.02 {
            return None;
        }
        if inside > 0.0 {
            met.push((at, Thing::Slice(i)));
        }
    }
    for &(body, centre) in bodies {
        let (ox, oy) = (centre.0 - from.0, centre.1 - from.1);
        let along = ox * dir.0 + oy * dir.1;
        let beside = (ox * dir.1 - oy * dir.0).abs();
        if (beside - BODY).abs() < 0.01 {
            return None;
        }
        if beside > BODY {
            continue;
        }
        let half = (BODY * BODY - beside * beside).sqrt();
        if (along + half).abs() < 0.01 || (along - half - end).abs() < 0.01 {
            return None;
        }
        if along + half > 0.0 && along - half < end {
            met.push(((along - half).max(0.0), Thing::Body(body)));
        }
    }
    met.sort_by(|a, b| a.0.total_cmp(&b.0));
    if met.windows(2).any(|pair| pair[1].0 - pair[0].0 < 0.005) {
        return None;
    }
    Some(met)
}

/// Share of the damage left after `flown` px.
pub fn falloff(weapon: Weapon, flown: f64, legacy: bool) -> f64 {
    if legacy {
        return 1.0;
    }
    if weapon == Weapon::Shotgun {
        return if flown <= 10.0 {
            1.0
        } else if flown <= 20.0 {
            0.5
        } else {
            0.25
        };
    }
    let range = book::row_of(weapon).range;
    let full = 0.7 * range;
    if flown <= full { 1.0 } else { (1.0 - 0.7 * (flown - full) / (range - full)).max(0.3) }
}

/// The flight of one bullet or pellet from the shooter's centre along a unit direction.
///
/// Damage at a place is (base x what penetrations left, less what soft walls took) x falloff, where a wall that took n
/// points took n / falloff of the whole. The slices of one wall
/// are one penetration. `None` where rounding decides.
pub fn fly(
    slices: &[Slice],
    bodies: &[(usize, (f64, f64))],
    from: (f64, f64),
    dir: (f64, f64),
    weapon: Weapon,
    legacy: bool,
) -> Option<Vec<Impact>> {
    let row = book::row_of(weapon);
    let shotgun = weapon == Weapon::Shotgun;
    let start = if shotgun { 8.0 } else { 0.0 };
    let base = if shotgun { row.damage / 8.0 } else { row.damage };
    // Outside is border.
    let to_edge = |p: f64, d: f64, size: f64| if d > 0.0 { (size - p) / d } else { p / -d };
    let mut end = start + row.range;
    if dir.0 != 0.0 {
        end = end.min(to_edge(from.0, dir.0, WIDTH));
    }
    if dir.1 != 0.0 {
        end = end.min(to_edge(from.1, dir.1, HEIGHT));
    }
    let met = meetings(slices, bodies, from, dir, end)?;

    let anti_material = weapon == Weapon::AntiMaterialRifle;
    let (mut walls_through, mut bodies_through) = (0, 0);
    let mut taken_by_soft_walls = 0.0;
    let mut in_wall = None;
    let mut impacts = Vec::new();
    for (at, thing) in met {
        let kept = [1.0, 0.8, 0.6, 0.4][walls_through + bodies_through];
        let flown = (at - start).max(0.0);
        if shotgun && [10.0f64, 20.0].iter().any(|edge| (flown - edge).abs() < 0.01) {
            return None;
        }
        let carried = (base * kept - taken_by_soft_walls).max(0.0) * falloff(weapon, flown, legacy);
        if carried.abs() < 0.02 {
            return None;
        }
        let carried = carried.max(0.0);
        match thing {
            Thing::Body(_) => {
                impacts.push(Impact { thing, at, damage: carried });
                let goes_on = anti_material && bodies_through < 2 && walls_through + bodies_through < 3;
                if !goes_on {
                    return Some(impacts);
                }
                bodies_through += 1;
            }
            Thing::Slice(i) if slices[i].is_soft() => {
                let cost = slices[i].health.min(15.0);
                impacts.push(Impact { thing, at, damage: cost.min(carried) });
                if (carried - cost).abs() < 0.02 && carried != cost {
                    return None;
                }
                // Pellets do not penetrate.
                if carried <= cost || shotgun {
                    return Some(impacts);
                }
                taken_by_soft_walls += cost / falloff(weapon, flown, legacy);
            }
            Thing::Slice(i) => {
                let border = slices[i].health.is_infinite();
                impacts.push(Impact { thing, at, damage: if border { 0.0 } else { carried } });
                let same_wall = in_wall == Some(slices[i].wall);
                if !same_wall {
                    let goes_on = anti_material && !border && walls_through + bodies_through < 3;
                    if !goes_on {
                        return Some(impacts);
                    }
                    walls_through += 1;
                    in_wall = Some(slices[i].wall);
                }
            }
        }
    }
    Some(impacts)
}
