//! Figures that say whether a load is a fight.

use crate::world::{Event, EventKind, Gait, MatchView};

/// Counts of one or many matches of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FightStats {
    /// Ticks a second of the world.
    pub tick_rate: u32,
    /// Match-ticks absorbed.
    pub ticks: u64,
    /// Shots fired, pellets together.
    pub shots: u64,
    /// Deaths.
    pub deaths: u64,
    /// Slices destroyed.
    pub slices_destroyed: u64,
    /// Living player-ticks with a gait other than idle.
    pub moving_ticks: u64,
    /// Living player-ticks.
    pub living_ticks: u64,
}

impl FightStats {
    /// Nothing yet; `tick_rate` is that of the world, ticks a second.
    pub fn new(tick_rate: u32) -> Self {
        FightStats { tick_rate, ticks: 0, shots: 0, deaths: 0, slices_destroyed: 0, moving_ticks: 0, living_ticks: 0 }
    }

    /// One tick of one match: what is to be seen after it, and its events.
    pub fn absorb<'e>(&mut self, view: &MatchView, events: impl IntoIterator<Item = &'e Event>) {
        self.watch(view);
        for event in events {
            self.count(event);
        }
    }

    /// The part of [`FightStats::absorb`] that looks at the players.
    pub fn watch(&mut self, view: &MatchView) {
        self.ticks += 1;
        for player in view.players().filter(|p| p.alive) {
            self.living_ticks += 1;
            self.moving_ticks += u64::from(player.gait != Gait::Idle);
        }
    }

    /// The part of [`FightStats::absorb`] that takes one event, for `World::drain_events`.
    pub fn count(&mut self, event: &Event) {
        match EventKind::from_number(event.kind) {
            Some(EventKind::Fired) => self.shots += 1,
            Some(EventKind::Died) => self.deaths += 1,
            Some(EventKind::SliceDestroyed) => self.slices_destroyed += 1,
            _ => {}
        }
    }

    /// Adds the counts of another; the tick rates must be the same.
    pub fn add(&mut self, other: &FightStats) {
        self.ticks += other.ticks;
        self.shots += other.shots;
        self.deaths += other.deaths;
        self.slices_destroyed += other.slices_destroyed;
        self.moving_ticks += other.moving_ticks;
        self.living_ticks += other.living_ticks;
    }

    fn per_minute(&self, count: u64) -> f64 {
        count as f64 * f64::from(self.tick_rate) * 60.0 / self.ticks.max(1) as f64
    }

    /// Shots a minute of a match.
    pub fn shots_per_minute(&self) -> f64 {
        self.per_minute(self.shots)
    }

    /// Deaths a minute of a match.
    pub fn deaths_per_minute(&self) -> f64 {
        self.per_minute(self.deaths)
    }

    /// Slices destroyed a minute of a match.
    pub fn slices_destroyed_per_minute(&self) -> f64 {
        self.per_minute(self.slices_destroyed)
    }

    /// Share of living player-ticks that are spent moving, 0 to 1.
    pub fn moving_share(&self) -> f64 {
        self.moving_ticks as f64 / self.living_ticks.max(1) as f64
    }
}
