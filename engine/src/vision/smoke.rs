//! How much smoke lies along a line: an exact integral (rule book, section 7).

/// A round cloud.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmokeDisc {
    /// Centre, px.
    pub x: f32,
    /// Centre, px.
    pub y: f32,
    /// px, over 0.
    pub radius: f32,
    /// Opacity at the centre, 0 to 1.
    pub density: f32,
}

/// All clouds of a match, and the rules by which they hide.
#[derive(Debug, Clone, Copy)]
pub struct Smoke<'a> {
    /// The clouds.
    pub discs: &'a [SmokeDisc],
    /// Share of the opacity that a cloud loses at its edge, 0 to 1.
    pub edge: f32,
    /// px of way for which an opacity of 1 counts 1.
    pub unit: f32,
    /// Optical depth at which a line of sight ends.
    pub enough: f32,
}

impl Smoke<'_> {
    /// Clear air.
    pub const NONE: Smoke<'static> = Smoke { discs: &[], edge: 0.0, unit: 1.0, enough: 1.0 };

    /// Whether a line of sight ends before it gets from one point to the other.
    #[inline]
    pub fn stops(&self, from: (f32, f32), to: (f32, f32)) -> bool {
        !self.discs.is_empty() && smoke_stops(self.discs, self.edge, self.unit, self.enough, from, to)
    }
}

impl SmokeDisc {
    /// Opacity at a point: `density x (1 - edge x d / radius)` inside, 0 outside.
    pub fn opacity(&self, edge: f32, x: f32, y: f32) -> f32 {
        let (dx, dy) = (x - self.x, y - self.y);
        let d = (dx * dx + dy * dy).sqrt();
        if d >= self.radius { 0.0 } else { self.density * (1.0 - edge * d / self.radius) }
    }

    /// px of the segment from a to b that lie inside.
    pub(crate) fn chord(&self, (ax, ay): (f32, f32), (bx, by): (f32, f32)) -> f32 {
        let (dx, dy) = (bx - ax, by - ay);
        let length2 = dx * dx + dy * dy;
        if length2 <= 0.0 {
            return 0.0;
        }
        let (ox, oy) = (ax - self.x, ay - self.y);
        let across = ox * dy - oy * dx;
        let half2 = self.radius * self.radius - across * across / length2;
        if half2 <= 0.0 {
            return 0.0;
        }
        let length = length2.sqrt();
        let (start, half) = ((ox * dx + oy * dy) / length, half2.sqrt());
        ((start + length).min(half) - start.max(-half)).max(0.0)
    }

    /// Integral of the opacity along the segment from a to b, in px.
    ///
    /// With s the way from the point nearest the centre and h the distance there, the distance to the centre is
    /// sqrt(s^2 + h^2), whose integral is (s sqrt(s^2 + h^2) + h^2 asinh(s / h)) / 2.
    fn integral(&self, edge: f32, ax: f32, ay: f32, bx: f32, by: f32) -> f64 {
        let (dx, dy) = (f64::from(bx) - f64::from(ax), f64::from(by) - f64::from(ay));
        let length = (dx * dx + dy * dy).sqrt();
        if length <= 0.0 {
            return 0.0;
        }
        let (ox, oy) = (f64::from(ax) - f64::from(self.x), f64::from(ay) - f64::from(self.y));
        let start = (ox * dx + oy * dy) / length;
        let across = (ox * dy - oy * dx) / length;
        let (h2, r) = (across * across, f64::from(self.radius));
        let half2 = r * r - h2;
        if half2 <= 0.0 {
            return 0.0;
        }
        let half = half2.sqrt();
        let (low, high) = (start.max(-half), (start + length).min(half));
        if low >= high {
            return 0.0;
        }
        let h = h2.sqrt();
        let distance = |s: f64| {
            let root = (s * s + h2).sqrt();
            let curve = if h > 1.0e-9 { h2 * libm::asinh(s / h) } else { 0.0 };
            (s * root + curve) * 0.5
        };
        f64::from(self.density) * ((high - low) - f64::from(edge) / r * (distance(high) - distance(low)))
    }
}

/// Where rays end in smoke: its memory, kept between rays.
#[derive(Debug, Default)]
pub(crate) struct Ray {
    chords: Vec<Chord>,
    breaks: Vec<f64>,
}

/// The part of a ray that lies in a cloud.
#[derive(Debug, Clone, Copy)]
struct Chord {
    /// px along the ray.
    from: f64,
    to: f64,
    /// px along the ray to where it comes closest to the centre, and the distance there, squared.
    middle: f64,
    h2: f64,
    density: f64,
    /// Opacity lost by px of distance from the centre, as a share of the density.
    fall: f64,
}

/// px by which clouds are walked through where together they are opaque.
const STRIDE: f64 = 0.5;

impl Chord {
    fn opacity(&self, at: f64) -> f64 {
        let s = at - self.middle;
        self.density * (1.0 - self.fall * (s * s + self.h2).sqrt())
    }

    /// Integral of the opacity; see [`SmokeDisc::integral`].
    fn integral(&self, from: f64, to: f64) -> f64 {
        let h = self.h2.sqrt();
        let distance = |at: f64| {
            let s = at - self.middle;
            let curve = if h > 1.0e-9 { self.h2 * libm::asinh(s / h) } else { 0.0 };
            (s * (s * s + self.h2).sqrt() + curve) * 0.5
        };
        self.density * ((to - from) - self.fall * (distance(to) - distance(from)))
    }
}

impl Ray {
    /// px from a point along a unit vector to where the optical depth reaches `smoke.enough`; `None`: not within
    /// `length` px.
    ///
    /// Exact where clouds together stay under 1; within a thousandth of a pixel where they exceed it.
    pub(crate) fn end(&mut self, smoke: &Smoke, from: (f64, f64), along: (f64, f64), length: f64) -> Option<f64> {
        self.chords.clear();
        self.breaks.clear();
        let mut most = 0.0;
        for disc in smoke.discs {
            let (cx, cy) = (f64::from(disc.x) - from.0, f64::from(disc.y) - from.1);
            let (radius, density) = (f64::from(disc.radius), f64::from(disc.density));
            let (middle, across) = (cx * along.0 + cy * along.1, cx * along.1 - cy * along.0);
            let half2 = radius * radius - across * across;
            if half2 <= 0.0 {
                continue;
            }
            let half = half2.sqrt();
            let (begin, end) = ((middle - half).max(0.0), (middle + half).min(length));
            if begin < end {
                let fall = f64::from(smoke.edge) / radius;
                self.chords.push(Chord { from: begin, to: end, middle, h2: across * across, density, fall });
                self.breaks.extend([begin, end]);
                most += density * (end - begin);
            }
        }
        // px of way at opacity 1.
        let mut left = f64::from(smoke.enough) * f64::from(smoke.unit);
        if most < left {
            return None;
        }
        self.breaks.sort_unstable_by(f64::total_cmp);
        for pair in self.breaks.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            if from >= to {
                continue;
            }
            let chords = || self.chords.iter().filter(move |c| c.from <= from && c.to >= to);
            let density: f64 = chords().map(|c| c.density).sum();
            if density <= 1.0 {
                let all: f64 = chords().map(|c| c.integral(from, to)).sum();
                if all < left {
                    left -= all;
                    continue;
                }
                // Newton's way from where it would be at full density, within bounds.
                let (mut low, mut high) = (from, to);
                let mut at = (from + left / density).min(to);
                for _ in 0..40 {
                    let off = chords().map(|c| c.integral(from, at)).sum::<f64>() - left;
                    if off.abs() < 1.0e-10 {
                        break;
                    }
                    *(if off < 0.0 { &mut low } else { &mut high }) = at;
                    let next = at - off / chords().map(|c| c.opacity(at)).sum::<f64>();
                    at = if next > low && next < high { next } else { (low + high) * 0.5 };
                }
                return Some(at);
            }
            let steps = ((to - from) / STRIDE) as u32 + 1;
            let step = (to - from) / f64::from(steps);
            let opacity = |at: f64| chords().map(|c| c.opacity(at)).sum::<f64>().min(1.0);
            let mut near = opacity(from);
            for i in 0..steps {
                let begin = from + step * f64::from(i);
                let far = opacity(begin + step);
                let part = (near + 4.0 * opacity(begin + step * 0.5) + far) * step / 6.0;
                if part >= left {
                    return Some(begin + step * (left / part));
                }
                left -= part;
                near = far;
            }
        }
        None
    }
}

/// Whether the optical depth along a segment reaches `enough`: [`smoke_depth`] where bounds do not decide.
///
/// A cloud is nowhere denser than at its centre and nowhere thinner than at its edge, so that the way inside decides
/// most lines without an integral.
pub fn smoke_stops(discs: &[SmokeDisc], edge: f32, unit: f32, enough: f32, from: (f32, f32), to: (f32, f32)) -> bool {
    let mut most = 0.0;
    for disc in discs {
        let thick = disc.density * disc.chord(from, to) / unit;
        if thick * (1.0 - edge) > enough {
            return true;
        }
        most += thick;
    }
    most >= enough && smoke_depth(discs, edge, unit, enough, from, to) >= enough
}

/// Optical depth along a segment: the integral of the summed opacity, at most 1 at any point, over `unit` px.
///
/// Exact where the clouds together stay under 1 or the depth stays under `enough`; where overlapping clouds exceed 1
/// and it matters, the clamped sum is integrated by Simpson's rule in steps of a quarter pixel.
pub fn smoke_depth(discs: &[SmokeDisc], edge: f32, unit: f32, enough: f32, from: (f32, f32), to: (f32, f32)) -> f32 {
    let ((ax, ay), (bx, by)) = (from, to);
    let mut depth = 0.0f64;
    let mut met = 0;
    let mut peak = 0.0f32;
    for disc in discs {
        let part = disc.integral(edge, ax, ay, bx, by);
        depth += part;
        if part > 0.0 {
            met += 1;
            peak += disc.density;
        }
    }
    let depth = (depth / f64::from(unit)) as f32;
    if met < 2 || peak <= 1.0 || depth < enough {
        return depth;
    }
    let (dx, dy) = (bx - ax, by - ay);
    let length = (dx * dx + dy * dy).sqrt();
    // At most a diagonal of the field: 2,204 steps.
    let pairs = ((length * 2.0) as usize).clamp(1, 1102);
    let step = 1.0 / (pairs * 2) as f32;
    let at = |i: usize| {
        let t = i as f32 * step;
        let sum: f32 = discs.iter().map(|d| d.opacity(edge, ax + dx * t, ay + dy * t)).sum();
        sum.min(1.0)
    };
    let mut total = at(0) + at(pairs * 2);
    for i in 1..pairs * 2 {
        total += at(i) * if i % 2 == 1 { 4.0 } else { 2.0 };
    }
    total * step * length / 3.0 / unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against a sum over 20,000 midpoints.
        #[test]
        fn depth_is_the_integral(
            discs in proptest::collection::vec((0.0..480.0f32, 0.0..270.0f32, 1.0..60.0f32, 0.01..0.95f32), 1..4),
            a in (0.0..480.0f32, 0.0..270.0f32),
            b in (0.0..480.0f32, 0.0..270.0f32),
        ) {
            let discs: Vec<SmokeDisc> =
                discs.into_iter().map(|(x, y, radius, density)| SmokeDisc { x, y, radius, density }).collect();
            let steps = 20_000;
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let length = f64::from((dx * dx + dy * dy).sqrt());
            let mut sum = 0.0f64;
            for i in 0..steps {
                let t = (i as f32 + 0.5) / steps as f32;
                let at: f32 = discs.iter().map(|d| d.opacity(0.5, a.0 + dx * t, a.1 + dy * t)).sum();
                sum += f64::from(at.min(1.0));
            }
            let want = sum / steps as f64 * length / 5.0;
            let got = f64::from(smoke_depth(&discs, 0.5, 5.0, 0.0, a, b));
            prop_assert!((got - want).abs() < 0.02 + want * 0.005, "{} is not {}", got, want);
            // The bounds agree with the integral wherever it is not within rounding of the limit.
            for enough in [0.1f32, 0.5, 2.0] {
                let exact = smoke_depth(&discs, 0.5, 5.0, enough, a, b);
                if (exact - enough).abs() > 1e-3 {
                    prop_assert_eq!(smoke_stops(&discs, 0.5, 5.0, enough, a, b), exact >= enough);
                }
            }
        }
    }

    #[test]
    fn through_the_middle() {
        let disc = SmokeDisc { x: 100.0, y: 100.0, radius: 60.0, density: 0.95 };
        // 120 px of way, on average 3/4 of the density.
        let want = 0.95 * 120.0 * 0.75 / 5.0;
        assert!((smoke_depth(&[disc], 0.5, 5.0, 0.5, (0.0, 100.0), (300.0, 100.0)) - want).abs() < 1e-4);
        assert_eq!(smoke_depth(&[disc], 0.5, 5.0, 0.5, (0.0, 10.0), (300.0, 10.0)), 0.0);
    }
}
