//! What a match-tick costs among how many, fitted to measurements. Numbers in, numbers out.
//!
//! ```text
//! t(n, k) = compute + beyond_L2 x (1 - min(1, k L2 / w)) + beyond_L3 x (1 - min(1, L3 / w))
//!         + [k > 1] (neighbour + neighbour_memory x (1 - min(1, L3 / w)))        w = n x bytes of a match
//! ```
//!
//! t: nanoseconds of a thread for a match-tick, n matches on k threads. Every tick goes through all matches, so that of a
//! working set w larger than a cache, what the cache holds is gone when its turn comes; the share that is beyond it is
//! taken as what does not fit. The coefficients are nanoseconds, none below zero, and fitted by least squares of relative
//! errors.

use super::super::points::Point;
use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

const TERMS: usize = 5;

/// Bytes of caches: the second level's of each thread, the third level's of all together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Caches {
    pub(in super::super) l2: f64,
    pub(in super::super) l3: f64,
}

/// Coefficients, nanoseconds a match-tick each.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Model {
    pub(super) compute: f64,
    pub(super) beyond_l2: f64,
    pub(super) beyond_l3: f64,
    /// What a second busy thread costs, whatever the matches.
    pub(super) neighbour: f64,
    /// What it costs besides where matches come from memory.
    pub(super) neighbour_memory: f64,
}

/// What each coefficient counts for.
fn terms(caches: Caches, bytes: f64, matches: f64, threads: f64) -> [f64; TERMS] {
    let working_set = (matches * bytes).max(1.0);
    let beyond = |cache: f64| 1.0 - (cache / working_set).min(1.0);
    let (l2, l3) = (beyond(caches.l2 * threads), beyond(caches.l3));
    let more = if threads > 1.0 { 1.0 } else { 0.0 };
    [1.0, l2, l3, more, more * l3]
}

impl Model {
    fn from(c: [f64; TERMS]) -> Model {
        Model { compute: c[0], beyond_l2: c[1], beyond_l3: c[2], neighbour: c[3], neighbour_memory: c[4] }
    }

    /// Nanoseconds of a thread for a match-tick.
    pub(super) fn ns(&self, caches: Caches, bytes: f64, matches: f64, threads: f64) -> f64 {
        let c = [self.compute, self.beyond_l2, self.beyond_l3, self.neighbour, self.neighbour_memory];
        terms(caches, bytes, matches, threads).iter().zip(c).map(|(term, c)| term * c).sum()
    }

    /// Matches that `threads` threads step `rate` times a second with a share `busy` of their time: the largest n with
    /// n x t(n, k) x rate <= k x busy.
    pub(super) fn matches(&self, caches: Caches, bytes: f64, threads: f64, rate: f64, busy: f64) -> f64 {
        let fits = |n: f64| n * self.ns(caches, bytes, n, threads) * rate <= threads * busy * 1e9;
        let (mut low, mut high) = (0.0, 1.0);
        while fits(high) && high < 1e9 {
            (low, high) = (high, high * 2.0);
        }
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if fits(middle) { low = middle } else { high = middle }
        }
        low.floor()
    }
}

/// Solves the normal equations of the chosen terms; `None` where they do not determine each other.
fn solve(rows: &[[f64; TERMS]], chosen: &[usize]) -> Option<Vec<f64>> {
    let n = chosen.len();
    let mut m = vec![vec![0.0; n + 1]; n];
    for row in rows {
        for (i, &a) in chosen.iter().enumerate() {
            for (j, &b) in chosen.iter().enumerate() {
                m[i][j] += row[a] * row[b];
            }
            m[i][n] += row[a];
        }
    }
    for i in 0..n {
        let pivot = (i..n).max_by(|&a, &b| m[a][i].abs().total_cmp(&m[b][i].abs()))?;
        m.swap(i, pivot);
        if m[i][i].abs() < 1e-18 {
            return None;
        }
        for j in 0..n {
            if j != i {
                let factor = m[j][i] / m[i][i];
                let (from, to) = (m[i].clone(), &mut m[j]);
                to.iter_mut().zip(from).for_each(|(to, from)| *to -= factor * from);
            }
        }
    }
    Some((0..n).map(|i| m[i][n] / m[i][i]).collect())
}

/// The model nearest to the points: of all choices of terms whose coefficients come out at zero or more, the one with the
/// least sum of squares of relative errors.
pub(super) fn fit(points: &[Point], caches: Caches, bytes: f64) -> Result<Model> {
    ensure!(points.len() >= 3, "a model wants three points at least, and there are {}", points.len());
    // Divided by what was measured, so that each right-hand side is 1.
    let rows: Vec<[f64; TERMS]> = points
        .iter()
        .map(|p| terms(caches, bytes, p.matches.into(), p.threads.into()).map(|term| term / p.cpu_ns))
        .collect();
    let mut best: Option<(f64, [f64; TERMS])> = None;
    for choice in 1u32..1 << TERMS {
        let chosen: Vec<usize> = (0..TERMS).filter(|i| choice >> i & 1 == 1).collect();
        let Some(solved) = solve(&rows, &chosen) else { continue };
        if solved.iter().any(|c| !c.is_finite() || *c < 0.0) {
            continue;
        }
        let mut c = [0.0; TERMS];
        chosen.iter().zip(solved).for_each(|(&at, value)| c[at] = value);
        let error: f64 =
            rows.iter().map(|row| (row.iter().zip(c).map(|(r, c)| r * c).sum::<f64>() - 1.0).powi(2)).sum();
        // A term that gains next to nothing stays out.
        if best.is_none_or(|(least, _)| error < least - 1e-9) {
            best = Some((error, c));
        }
    }
    let (_, c) = best.ok_or_else(|| anyhow::anyhow!("no model fits the points"))?;
    Ok(Model::from(c))
}

/// For each point: what the model says of it, and what one fitted to the other points says. Both as a share over (or under)
/// what was measured.
pub(super) fn residuals(points: &[Point], caches: Caches, bytes: f64) -> Result<Vec<(f64, f64)>> {
    let off = |model: Model, p: &Point| model.ns(caches, bytes, p.matches.into(), p.threads.into()) / p.cpu_ns - 1.0;
    let all = fit(points, caches, bytes)?;
    (0..points.len())
        .map(|at| {
            let mut others = points.to_vec();
            let point = others.remove(at);
            Ok((off(all, &point), off(fit(&others, caches, bytes)?, &point)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CACHES: Caches = Caches { l2: 1e6, l3: 32e6 };
    const BYTES: f64 = 40_000.0;
    const TRUTH: Model =
        Model { compute: 5000.0, beyond_l2: 1500.0, beyond_l3: 2500.0, neighbour: 200.0, neighbour_memory: 300.0 };

    fn points(noise: f64) -> Vec<Point> {
        let mut points = Vec::new();
        for (at, matches) in [16, 64, 256, 1000, 2000, 5000].into_iter().enumerate() {
            for threads in [1, 2] {
                let off = 1.0 + noise * if (at + threads as usize).is_multiple_of(2) { 1.0 } else { -1.0 };
                let ns = TRUTH.ns(CACHES, BYTES, matches.into(), threads.into()) * off;
                points.push(Point { matches, threads, wall_ns: ns, cpu_ns: ns });
            }
        }
        points
    }

    #[test]
    fn the_fit_finds_what_made_the_points() {
        let model = fit(&points(0.0), CACHES, BYTES).unwrap();
        for (is, want) in [
            (model.compute, TRUTH.compute),
            (model.beyond_l2, TRUTH.beyond_l2),
            (model.beyond_l3, TRUTH.beyond_l3),
            (model.neighbour, TRUTH.neighbour),
            (model.neighbour_memory, TRUTH.neighbour_memory),
        ] {
            assert!((is - want).abs() < 1.0, "{is} for {want}");
        }
        for (fitted, left_out) in residuals(&points(0.02), CACHES, BYTES).unwrap() {
            assert!(fitted.abs() < 0.05 && left_out.abs() < 0.15, "{fitted} {left_out}");
        }
    }

    #[test]
    fn no_coefficient_is_below_zero() {
        // Dearer among few than among many: the caches cannot be the reason.
        let mut points = points(0.0);
        points.iter_mut().for_each(|p| p.cpu_ns = 10_000.0 - f64::from(p.matches) / 10.0);
        let m = fit(&points, CACHES, BYTES).unwrap();
        assert!(
            [m.compute, m.beyond_l2, m.beyond_l3, m.neighbour, m.neighbour_memory].iter().all(|c| *c >= 0.0),
            "{m:?}"
        );
        assert!(fit(&points[..2], CACHES, BYTES).is_err());
    }

    #[test]
    fn matches_fill_the_time_there_is() {
        let n = TRUTH.matches(CACHES, BYTES, 1.0, 60.0, 1.0);
        let time = |n: f64| n * TRUTH.ns(CACHES, BYTES, n, 1.0) * 60.0;
        assert!(time(n) <= 1e9 && time(n + 1.0) > 1e9, "{n}");
        assert_eq!(TRUTH.matches(CACHES, BYTES, 1.0, 60.0, 0.0), 0.0);
    }

    #[test]
    fn what_fits_a_cache_pays_nothing_for_it() {
        assert_eq!(TRUTH.ns(CACHES, BYTES, 20.0, 1.0), 5000.0);
        // A million has all but a thousandth of the caches' size in memory.
        assert!((8995.0..9000.0).contains(&TRUTH.ns(CACHES, BYTES, 1e6, 1.0)));
    }
}
