//! Sound: how loud it is everywhere, the cells that it goes through, its way round, and where it is heard from.

use super::contour::{Field, toward, viridis};
use super::{BEARING, CRACK, FLOOR, Layer, Plan, SMALL, TEXT, WAY, name_of};
use crate::canvas::{Canvas, faded, mixed};
use trespasser::map::{BODY_RADIUS, CELL, COLS, ROWS};
use trespasser::sound::attenuation;
use trespasser::world::PlayerView;
use trespasser::{Arrival, Vec2};

/// Gains with a line of their own, dB; at the last nothing more is heard.
pub(crate) const LEVELS: [f32; 4] = [-6.0, -12.0, -24.0, -48.0];
/// Where the heat map begins, dB.
pub(crate) const FAINTEST: f32 = -48.0;
/// px between places where the gain is asked for.
const STEP: f32 = 2.0;
/// What nobody hears, dB.
const SILENT: f32 = -60.0;

/// Steps of the headings of a way round, clockwise from east.
const HEADINGS: [[(i32, i32); 3]; 4] =
    [[(1, 0), (1, -1), (1, 1)], [(0, 1), (-1, 1), (1, 1)], [(-1, 0), (-1, -1), (-1, 1)], [(0, -1), (-1, -1), (1, -1)]];

fn decibels(gain: f32) -> f32 {
    if gain > 0.0 { (20.0 * libm::log10f(gain)).max(SILENT) } else { SILENT }
}

impl Plan<'_> {
    fn loudness(&self, from: Vec2) -> Field {
        Field::new(self.part, STEP, |at| decibels(self.view.sound_between(self.kind, from, at).gain))
    }

    pub(crate) fn heat(&self, canvas: &mut Canvas) {
        let Some((from, _)) = self.source else { return };
        let ink = |db: f32| (db >= FAINTEST).then(|| mixed(FLOOR, viridis(1.0 - db / FAINTEST), 0.85));
        self.loudness(from).runs(ink, |at, size, ink| canvas.rect(at, size, ink));
    }

    pub(crate) fn loudness_lines(&self, canvas: &mut Canvas) {
        let Some((from, _)) = self.source else { return };
        let open = self.view.open_cells();
        let is_air = |at: Vec2| {
            let (x, y) = ((at.x / CELL) as usize, (at.y / CELL) as usize);
            x < COLS && y < ROWS && open[y] >> x & 1 == 1
        };
        // Behind walls the gain jumps from slice to slice; lines tell how loud a place is, the map is exact.
        let calm = self.loudness(from).calmed(is_air);
        for (n, level) in LEVELS.into_iter().enumerate() {
            let pieces = calm.contour(level, if level > FAINTEST { 20 } else { 60 }, is_air);
            canvas.pieces(&pieces, 1.4, faded(CRACK, 0.5));
            canvas.pieces(&pieces, 0.6, faded(TEXT, 0.95 - 0.15 * n as f32));
            // The edge of hearing is where the colours end, and needs no label.
            if level <= FAINTEST {
                continue;
            }
            // Up left, or where else the line is: the first of twelve directions.
            let directions = (0..12).map(|n| Vec2::from_angle(std::f32::consts::TAU * (n as f32 + 8.0) / 12.0));
            if let Some(at) = directions.into_iter().find_map(|direction| toward(&pieces, from, direction)) {
                self.label(canvas, at, TEXT, &format!("{level} dB"));
            }
        }
    }

    /// The border between open cells and closed ones.
    pub(crate) fn cells(&self, canvas: &mut Canvas) {
        let open = self.view.open_cells();
        let is_open = |x: usize, y: usize| x < COLS && y < ROWS && open[y] >> x & 1 == 1;
        let corner = |x: usize, y: usize| Vec2::new(x as f32, y as f32) * CELL;
        let mut pieces = Vec::new();
        for (x, y) in (0..ROWS).flat_map(|y| (0..COLS).map(move |x| (x, y))) {
            if x + 1 < COLS && is_open(x, y) != is_open(x + 1, y) {
                pieces.push([corner(x + 1, y), corner(x + 1, y + 1)]);
            }
            if y + 1 < ROWS && is_open(x, y) != is_open(x, y + 1) {
                pieces.push([corner(x, y + 1), corner(x + 1, y + 1)]);
            }
        }
        canvas.pieces(&pieces, 0.8, CELLS);
    }

    /// What the straight line alone would bring.
    fn straight(&self, from: Vec2, to: Vec2, through: f32) -> f32 {
        let rule = &self.view.rules().sound.kinds[self.kind as usize];
        attenuation(rule, from.distance(to)) * through
    }

    pub(crate) fn way(&self, canvas: &mut Canvas) {
        let (Some((from, _)), Some(to)) = (self.source, self.listener) else { return };
        let mut cells = Vec::new();
        let arrival = self.view.sound_way(self.kind, from, to, &mut cells);
        let loud = if cells.is_empty() { WAY } else { STRAIGHT };
        canvas.dashes(from, to, (4.0, 3.0), 0.9, loud);
        let text = format!("straight: gain {:.4}", self.straight(from, to, arrival.through));
        self.label(canvas, from.lerp(to, 0.5) + Vec2::new(0.0, 6.0), mixed(loud, TEXT, 0.4), &text);
        if cells.is_empty() {
            return;
        }
        let turns = turns(&cells);
        // The ends are where the bodies are, not the middles of their cells.
        let last = cells.len() - 1;
        (cells[0], cells[last]) = (to, from);
        cells.reverse();
        canvas.line(&cells, 2.4, faded(CRACK, 0.7));
        canvas.line(&cells, 1.3, WAY);
        for pair in cells.windows(2).skip(3).step_by(6) {
            let (along, middle) = ((pair[1] - pair[0]).normalize_or_zero(), (pair[0] + pair[1]) * 0.5);
            let (tip, back) = (middle + along * 2.6, middle - along * 1.6);
            canvas.polygon(&[tip, back + along.perp() * 2.4, back - along.perp() * 2.4], WAY);
        }
        for (n, at) in turns.iter().rev().enumerate() {
            canvas.disc(*at, 4.2, CRACK);
            canvas.disc(*at, 3.6, WAY);
            let label = (n + 1).to_string();
            let size = Vec2::new(canvas.text_width(SMALL, &label), canvas.text_height(SMALL));
            canvas.text(*at - size * 0.5 + size / 16.0, SMALL, CRACK, &label);
        }
    }

    /// Everybody who could hear it: places, names, and whether they made it.
    fn listeners(&self) -> Vec<(Vec2, String)> {
        let Some((_, maker)) = self.source else { return Vec::new() };
        let maker = maker.map(|maker| maker.id.slot());
        let others = self.players.iter().filter(|player: &&PlayerView| player.alive && Some(player.id.slot()) != maker);
        let mut all: Vec<(Vec2, String)> = if self.shows(Layer::Sound) {
            others.map(|player| (player.position, name_of(player))).collect()
        } else {
            Vec::new()
        };
        if let Some(to) = self.listener.filter(|to| all.iter().all(|(at, _)| at != to)) {
            let name = self.players.iter().find(|player| player.alive && player.position == to).map(name_of);
            all.push((to, name.unwrap_or_else(|| format!("({}, {})", to.x, to.y))));
        }
        all
    }

    /// Rings where the sound is made.
    pub(crate) fn source(&self, canvas: &mut Canvas) {
        let Some((from, _)) = self.source else { return };
        for ring in 0..3 {
            canvas.arc(from, BODY_RADIUS + 4.0 + ring as f32 * 2.4, 1.0, 0.7, faded(BEARING, 0.9 - 0.25 * ring as f32));
        }
    }

    /// An arrow to each listener from where the sound comes.
    pub(crate) fn bearings(&self, canvas: &mut Canvas) {
        let Some((from, _)) = self.source else { return };
        for (at, _) in self.listeners() {
            let arrival = self.view.sound_between(self.kind, from, at);
            if arrival.gain < self.view.rules().sound.least {
                continue;
            }
            let toward = (arrival.from - at).normalize_or_zero();
            let (tail, tip) = (at + toward * 30.0, at + toward * (BODY_RADIUS + 3.0));
            canvas.line(&[tail, tip + toward * 4.0], 2.8, CRACK);
            canvas.arrow(tail, tip, 1.4, BEARING);
            // Beside the arrow, on the side that leads away from the source.
            let side = if toward.perp().dot(from - at) > 0.0 { -1.0 } else { 1.0 };
            let beside = at + toward * 24.0 + toward.perp() * side * Vec2::new(13.0, 6.0).dot(toward.perp().abs());
            self.label(canvas, beside, BEARING, &format!("{:.3}", arrival.gain));
        }
    }

    /// What is heard, in words.
    pub(crate) fn sound_notes(&self) -> Vec<String> {
        let Some((from, maker)) = self.source else { return Vec::new() };
        let maker = maker.map_or_else(|| format!("({}, {})", from.x, from.y), |maker| name_of(&maker));
        let mut notes = vec![format!("{} of {maker}", self.kind.name())];
        for (at, name) in self.listeners() {
            let arrival = self.view.sound_between(self.kind, from, at);
            notes.push(format!("{name}: {}", self.told(&arrival, from.distance(at))));
            if self.shows(Layer::Way) && Some(at) == self.listener && arrival.round.is_some() {
                let (gain, share) = (self.straight(from, at, arrival.through), arrival.through);
                let px = from.distance(at);
                notes.push(format!("the straight line: {px:.0} px, walls let {share:.3} through, gain {gain:.4}"));
            }
        }
        notes
    }

    fn told(&self, arrival: &Arrival, distance: f32) -> String {
        if arrival.gain < self.view.rules().sound.least {
            return "hears nothing".to_owned();
        }
        let way = match arrival.round {
            Some((length, 1)) => format!("way round, length {length:.0} px, 1 quarter turn"),
            Some((length, turns)) => format!("way round, length {length:.0} px, {turns} quarter turns"),
            None => format!("straight: {distance:.0} px, walls let {:.2} through", arrival.through),
        };
        format!("{way}, gain {:.3}, cutoff {:.1} kHz", arrival.gain, arrival.cutoff_hz / 1000.0)
    }
}

/// Borders of open cells.
pub(crate) const CELLS: crate::canvas::Ink = [120, 226, 214, 255];
/// The straight line of a sound that is louder round the corner.
pub(crate) const STRAIGHT: crate::canvas::Ink = [214, 120, 190, 255];

/// Middles of the cells in which a way turns by a quarter, so that it turns as seldom as can be.
pub(crate) fn turns(cells: &[Vec2]) -> Vec<Vec2> {
    const NEVER: usize = usize::MAX / 2;
    let quarters = |a: usize, b: usize| [0, 1, 2, 1][(a + 4 - b) % 4];
    let steps: Vec<(i32, i32)> = cells
        .windows(2)
        .map(|pair| {
            let step = (pair[1] - pair[0]) / CELL;
            (step.x.round() as i32, step.y.round() as i32)
        })
        .collect();
    // Fewest turns up to each step by its heading, and the heading before.
    let mut fewest = [0; 4];
    let mut before: Vec<[usize; 4]> = Vec::new();
    for step in &steps {
        let mut next = [(NEVER, 0); 4];
        for (heading, best) in next.iter_mut().enumerate().filter(|(heading, _)| HEADINGS[*heading].contains(step)) {
            let costs = (0..4).map(|old| (fewest[old] + quarters(heading, old), old));
            *best = costs.min_by_key(|&(cost, old)| (cost, quarters(heading, old))).unwrap_or(*best);
        }
        fewest = next.map(|(cost, _)| cost);
        before.push(next.map(|(_, old)| old));
    }
    let mut heading = (0..4).min_by_key(|&heading| fewest[heading]).unwrap_or(0);
    let mut turns = Vec::new();
    for (n, old) in before.iter().enumerate().rev() {
        // Before the first step any heading is free.
        for _ in 0..if n == 0 { 0 } else { quarters(heading, old[heading]) } {
            turns.push(cells[n]);
        }
        heading = old[heading];
    }
    turns.reverse();
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use trespasser::{GameMap, MatchDef, Reading, SoundKind, World, WorldDef};

    fn way(cells: &[(i32, i32)]) -> Vec<Vec2> {
        cells.iter().map(|&(x, y)| Vec2::new(x as f32 + 0.5, y as f32 + 0.5) * CELL).collect()
    }

    #[test]
    fn a_way_turns_where_no_heading_serves_any_more() {
        assert!(turns(&way(&[(0, 0), (1, 0), (2, 1), (3, 0)])).is_empty());
        // East, then south; the diagonal step serves both.
        assert_eq!(turns(&way(&[(0, 0), (1, 0), (2, 1), (2, 2)])).len(), 1);
        // Out and back again: two quarters.
        assert_eq!(turns(&way(&[(0, 0), (1, 0), (1, 1), (0, 1)])).len(), 2);
        assert!(turns(&way(&[(0, 0)])).is_empty());
    }

    #[test]
    fn as_many_turns_are_marked_as_the_simulation_counts() {
        let map = GameMap::builtin("citadel", Reading::Fine).unwrap();
        let mut world = World::new(WorldDef::default()).unwrap();
        let game = world.create_match(&map, MatchDef::default()).unwrap();
        let view = world.view(game).unwrap();
        let (mut cells, mut ways) = (Vec::new(), 0);
        for n in 0..600 {
            let place = |a: usize, b: usize| Vec2::new((n * a % 479) as f32 + 0.5, (n * b % 269) as f32 + 0.5);
            let arrival = view.sound_way(SoundKind::FireRifle, place(37, 91), place(173, 59), &mut cells);
            if let Some((_, counted)) = arrival.round {
                assert_eq!(turns(&cells).len(), counted, "{cells:?}");
                ways += 1;
            }
        }
        assert!(ways > 100, "{ways}");
    }
}
