//! What is a good match, and how that widens with waiting.

use super::Mode;
use crate::rating::System;
use crate::{Error, Result};

/// What a match must be like, by how long the ticket has waited that it is made for.
///
/// The ticket that has waited longest looks for company, and its waiting, `w` in seconds, says who will do. If it finds
/// nobody, it waits on, and may still be taken by one that comes after it: then that one's waiting and doubt count.
///
/// | | at once | later |
/// | --- | --- | --- |
/// | rating away from its own, points | `spread + doubt * deviation` | `+ spread_per_s * w` |
/// | chance of the favourite | `favourite` | `+ favourite_per_s * w`, to 1 |
/// | ping above the own best, ms, for everybody by the own waiting | `ping_ms` | `+ ping_per_s * w` |
/// | players | the mode's most until `full_ms` | falls evenly to the mode's least at `small_ms` |
///
/// From `patience_ms` on, and for a ticket with priority at once, everybody of its mode in any region that both reach will
/// do: the rating's limit is what the nearest legal match needs, and the same again as above around it; the chance has no
/// limit, and teams may differ in size where parties leave no other way.
///
/// A ticket's rating is the mean of its members', its deviation the root of their mean square.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// How ratings predict results.
    pub system: System,
    /// Points that ratings may be apart at once, 0 to 20,000.
    pub spread: f64,
    /// Points more for each second of waiting, 0 to 20,000.
    pub spread_per_s: f64,
    /// How many deviations of the ticket's own rating come on top, 0 to 10: who is not known well may meet more.
    pub doubt: f64,
    /// Predicted chance of the likelier team at most, at once, 0.5 to 1.
    pub favourite: f64,
    /// The same for each second of waiting, 0 to 1.
    pub favourite_per_s: f64,
    /// Milliseconds of ping above the own best region's at once, 0 to 10,000.
    pub ping_ms: u32,
    /// Milliseconds of ping more for each second of waiting, 0 to 10,000.
    pub ping_per_s: f64,
    /// Milliseconds of waiting until which only a full match will do, 0 to `small_ms`.
    pub full_ms: u32,
    /// Milliseconds of waiting from which on the mode's least will do, `full_ms` to `patience_ms`.
    pub small_ms: u32,
    /// Milliseconds of waiting from which on everybody will do, 0 to 30,000. A host that forms matches every `p` ms
    /// bounds waiting by this and `p`.
    pub patience_ms: u32,
    /// Players by which teams may differ for who has no patience left, 0 to 3. Less than 3: a large party may wait on
    /// beside a small one.
    pub uneven: u8,
}

/// The longest that `patience_ms` may be.
pub const PATIENCE_MAX_MS: u32 = 30_000;

impl Default for Policy {
    /// 100 points and half the deviation (200 for a newcomer), 20 more a second; 60 to 40, 1 more a second; 30 ms above
    /// the best region and 5 more a second; full for 5 s, any number from 15 s, anybody from 25 s.
    fn default() -> Self {
        Policy {
            system: System::default(),
            spread: 100.0,
            spread_per_s: 20.0,
            doubt: 0.5,
            favourite: 0.6,
            favourite_per_s: 0.01,
            ping_ms: 30,
            ping_per_s: 5.0,
            full_ms: 5_000,
            small_ms: 15_000,
            patience_ms: 25_000,
            uneven: 3,
        }
    }
}

impl Policy {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        self.system.validate()?;
        for (field, value, low, high) in [
            ("spread", self.spread, 0.0, 20_000.0),
            ("spread_per_s", self.spread_per_s, 0.0, 20_000.0),
            ("doubt", self.doubt, 0.0, 10.0),
            ("favourite", self.favourite, 0.5, 1.0),
            ("favourite_per_s", self.favourite_per_s, 0.0, 1.0),
            ("ping_per_s", self.ping_per_s, 0.0, 10_000.0),
        ] {
            // NaN is in no range.
            if !(low..=high).contains(&value) {
                return Err(Error::invalid(field, value, format!("{low} to {high}")));
            }
        }
        for (field, value, low, high) in [
            ("ping_ms", self.ping_ms, 0, 10_000),
            ("patience_ms", self.patience_ms, 0, PATIENCE_MAX_MS),
            ("small_ms", self.small_ms, 0, self.patience_ms),
            ("full_ms", self.full_ms, 0, self.small_ms),
            ("uneven", self.uneven.into(), 0, 3),
        ] {
            if !(low..=high).contains(&value) {
                return Err(Error::invalid(field, value, format!("{low} to {high}")));
            }
        }
        Ok(())
    }

    /// Points that a rating may be away from the ticket's own, after so much waiting.
    pub fn tolerance(&self, waited_ms: u64, deviation: f64) -> f64 {
        self.spread + self.doubt * deviation + self.spread_per_s * seconds(waited_ms)
    }

    /// Chance of the favourite at most.
    pub fn favourite_at_most(&self, waited_ms: u64) -> f64 {
        (self.favourite + self.favourite_per_s * seconds(waited_ms)).min(1.0)
    }

    /// Ping at most, ms, for one whose best region has this.
    pub fn ping_at_most(&self, waited_ms: u64, best_ms: u16) -> u32 {
        let more = (self.ping_per_s * seconds(waited_ms)).min(10_000.0);
        u32::from(best_ms) + self.ping_ms + more as u32
    }

    /// Players at least.
    pub fn players_at_least(&self, waited_ms: u64, mode: &Mode) -> u8 {
        let (full, small) = (u64::from(self.full_ms), u64::from(self.small_ms));
        if waited_ms >= small {
            return mode.least;
        }
        if waited_ms <= full {
            return mode.most;
        }
        let fewer = u64::from(mode.most - mode.least) * (waited_ms - full) / (small - full);
        mode.most - fewer as u8
    }
}

fn seconds(ms: u64) -> f64 {
    // An hour is for ever here, and keeps every product finite.
    ms.min(3_600_000) as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_out_of_range_are_named() {
        type Change = fn(&mut Policy);
        let cases: [(&str, Change); 12] = [
            ("spread", |p| p.spread = -1.0),
            ("spread", |p| p.spread = f64::NAN),
            ("spread_per_s", |p| p.spread_per_s = f64::INFINITY),
            ("doubt", |p| p.doubt = 10.1),
            ("favourite", |p| p.favourite = 0.4),
            ("favourite_per_s", |p| p.favourite_per_s = 1.1),
            ("ping_ms", |p| p.ping_ms = 10_001),
            ("ping_per_s", |p| p.ping_per_s = -0.1),
            ("full_ms", |p| p.full_ms = 15_001),
            ("small_ms", |p| p.small_ms = 25_001),
            ("patience_ms", |p| p.patience_ms = 30_001),
            ("uneven", |p| p.uneven = 4),
        ];
        assert_eq!(Policy::default().validate(), Ok(()));
        for (field, change) in cases {
            let mut policy = Policy::default();
            change(&mut policy);
            let Err(Error::InvalidArgument { field: named, .. }) = policy.validate() else {
                panic!("{field} is taken")
            };
            assert_eq!(named, field);
        }
    }

    #[test]
    fn everything_widens_and_nothing_narrows() {
        let policy = Policy::default();
        let mode = Mode { name: "m".to_owned(), least: 2, most: 8 };
        assert_eq!(policy.tolerance(0, 200.0), 200.0);
        assert_eq!(policy.tolerance(10_000, 0.0), 300.0);
        assert_eq!(policy.ping_at_most(2_000, 40), 80);
        assert_eq!(policy.favourite_at_most(u64::MAX), 1.0);
        let players: Vec<u8> = (0..=15).map(|s| policy.players_at_least(s * 1000, &mode)).collect();
        assert_eq!(players, [8, 8, 8, 8, 8, 8, 8, 7, 7, 6, 5, 5, 4, 4, 3, 2]);
    }
}
