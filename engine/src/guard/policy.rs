//! From evidence to a verdict.

use super::evidence::{Evidence, KINDS, Kind};
use crate::world::PLAYERS;
use crate::{Error, Result};

/// What is advised for a player. The engine itself never acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Verdict {
    /// Nothing to speak of.
    #[default]
    Clear = 0,
    /// Worth a decoy.
    Suspect = 1,
    /// For a person to look at, with the replay.
    Flag = 2,
    /// To be taken out of the match.
    Kick = 3,
    /// Not to be let in again.
    Ban = 4,
}

impl Verdict {
    /// Lower-case name.
    pub fn name(self) -> &'static str {
        ["clear", "suspect", "flag", "kick", "ban"][self as usize]
    }
}

/// How evidence adds up. Each piece adds its grade times its kind's weight to the player's score, which halves every
/// half-life of its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// By [`Kind`] number less 1; 0: a kind that is told and does not count. 0 to 100.
    pub weight: [f32; KINDS],
    /// The same, seconds, 1 to 86,400.
    pub half_life_s: [f32; KINDS],
    /// Scores from which on a player is a suspect and flagged, of evidence of all kinds. Above 0, ascending;
    /// infinite: never.
    pub suspect: f32,
    /// See `suspect`.
    pub flag: f32,
    /// Score from which a kick is advised, of the kinds that are not statistical.
    pub kick: f32,
    /// Score from which a ban is advised, of the kinds that are not statistical.
    pub ban: f32,
    /// Statistical kinds count for kicks, too.
    pub kick_on_statistics: bool,
    /// Statistical kinds count for bans, too.
    pub ban_on_statistics: bool,
}

impl Default for Policy {
    /// Flagged from 1.12, kicked from 3, banned from 10; statistics alone neither kick nor ban. Certain kinds halve in 2
    /// minutes, statistical ones in 5.
    fn default() -> Self {
        let mut policy = Policy {
            weight: [0.6; KINDS],
            half_life_s: [120.0; KINDS],
            suspect: 0.4,
            flag: 1.12,
            kick: 3.0,
            ban: 10.0,
            kick_on_statistics: false,
            ban_on_statistics: false,
        };
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_statistical()) {
            (policy.weight[kind.at()], policy.half_life_s[kind.at()]) = (0.5, 300.0);
        }
        // These come with the odds of all aim so far in their grades.
        for kind in [Kind::Lock, Kind::Reaction, Kind::Trigger, Kind::HiddenTrack] {
            policy.weight[kind.at()] = 1.15;
        }
        policy
    }
}

impl Policy {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        let within = |field, values: &[f32], low: f32, high: f32| {
            let bad = values.iter().find(|v| !(low..=high).contains(*v));
            bad.map_or(Ok(()), |v| Err(Error::invalid(field, v, format!("{low} to {high}"))))
        };
        within("policy.weight", &self.weight, 0.0, 100.0)?;
        within("policy.half_life_s", &self.half_life_s, 1.0, 86_400.0)?;
        let thresholds = [
            ("policy.suspect", self.suspect),
            ("policy.flag", self.flag),
            ("policy.kick", self.kick),
            ("policy.ban", self.ban),
        ];
        let mut least = f32::MIN_POSITIVE;
        for (field, value) in thresholds {
            if value.is_nan() || value < least {
                return Err(Error::invalid(field, value, format!("{least} or more, not below the milder verdict's")));
            }
            least = value;
        }
        Ok(())
    }
}

/// What is measured against. The defaults are explained at [`Kind`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Share by which an honest client's clock may be fast, 0 to 0.1.
    pub drift: f32,
    /// Seconds that a client may come to be ahead of the earliest arrivals so far, 0.1 to 10.
    pub slack_s: f32,
    /// Times that a host pushes each input at most, 1 to 16; over the wire each comes once, whatever this says.
    pub repeats: f32,
    /// Messages a second, 20 to 1000.
    pub messages_per_s: f32,
    /// Bytes of messages a second, 100 to 1,000,000.
    pub bytes_per_s: f32,
    /// Presses of the trigger a second, 5 to 60.
    pub clicks_per_s: f32,
}

impl Default for Limits {
    /// 0.5% of drift, half a second of slack, each input pushed once, 90 messages and 8,000 bytes a second, 15 presses a
    /// second.
    fn default() -> Self {
        Limits {
            drift: 0.005,
            slack_s: 0.5,
            repeats: 1.0,
            messages_per_s: 90.0,
            bytes_per_s: 8000.0,
            clicks_per_s: 15.0,
        }
    }
}

/// What a guard is made with.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GuardDef {
    /// What is measured against.
    pub limits: Limits,
    /// From evidence to a verdict.
    pub policy: Policy,
}

impl GuardDef {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        let l = &self.limits;
        let ranges = [
            ("limits.drift", l.drift, 0.0, 0.1),
            ("limits.slack_s", l.slack_s, 0.1, 10.0),
            ("limits.repeats", l.repeats, 1.0, 16.0),
            ("limits.messages_per_s", l.messages_per_s, 20.0, 1000.0),
            ("limits.bytes_per_s", l.bytes_per_s, 100.0, 1.0e6),
            ("limits.clicks_per_s", l.clicks_per_s, 5.0, 60.0),
        ];
        for (field, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(Error::invalid(field, value, format!("{low} to {high}")));
            }
        }
        self.policy.validate()
    }
}

/// How a player stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// Score of all kinds, now.
    pub score: f32,
    /// Score of the kinds that are not statistical, now.
    pub certain: f32,
    /// The gravest that the policy has advised since the player joined, or since the guard began.
    pub verdict: Verdict,
    /// Pieces of evidence so far.
    pub evidence: u32,
    /// The kind that weighs most now.
    pub worst: Option<Kind>,
    /// Tick in which the player was first flagged; 0: not yet.
    pub flag_tick: u32,
    /// A decoy is wanted: suspect, and not flagged yet.
    pub wants_decoy: bool,
}

/// The scores of a match's players. 832 bytes.
#[derive(Debug, Clone)]
pub(super) struct Scores {
    sums: [[f32; KINDS]; PLAYERS],
    /// Tick to which `sums` have been let fall.
    since: [u32; PLAYERS],
    count: [u32; PLAYERS],
    flagged: [u32; PLAYERS],
    verdict: [Verdict; PLAYERS],
}

impl Scores {
    pub(super) fn new() -> Scores {
        Scores {
            sums: [[0.0; KINDS]; PLAYERS],
            since: [0; PLAYERS],
            count: [0; PLAYERS],
            flagged: [0; PLAYERS],
            verdict: [Verdict::Clear; PLAYERS],
        }
    }

    pub(super) fn forget(&mut self, slot: usize) {
        self.sums[slot] = [0.0; KINDS];
        (self.since[slot], self.count[slot], self.flagged[slot]) = (0, 0, 0);
        self.verdict[slot] = Verdict::Clear;
    }

    pub(super) fn verdict(&self, slot: usize) -> Verdict {
        self.verdict[slot]
    }

    /// Sums as they are at a tick. One that lies before the last evidence, as after a match was turned back, lets
    /// nothing fall.
    fn at(&self, slot: usize, tick: u32, tick_rate: u32, policy: &Policy) -> [f32; KINDS] {
        let gone = tick.saturating_sub(self.since[slot]) as f32 / tick_rate as f32;
        let mut sums = self.sums[slot];
        if gone > 0.0 {
            for (sum, half_life) in sums.iter_mut().zip(&policy.half_life_s).filter(|(sum, _)| **sum > 0.0) {
                *sum *= libm::exp2f(-gone / half_life);
            }
        }
        sums
    }

    pub(super) fn add(&mut self, slot: usize, evidence: &Evidence, tick_rate: u32, policy: &Policy) {
        let Some(kind) = evidence.kind() else { return };
        let mut sums = self.at(slot, evidence.tick, tick_rate, policy);
        sums[kind.at()] += evidence.grade * policy.weight[kind.at()];
        self.sums[slot] = sums;
        self.since[slot] = evidence.tick;
        self.count[slot] = self.count[slot].saturating_add(1);
        let (all, certain) = totals(&sums);
        let for_kick = if policy.kick_on_statistics { all } else { certain };
        let for_ban = if policy.ban_on_statistics { all } else { certain };
        let now = if for_ban >= policy.ban {
            Verdict::Ban
        } else if for_kick >= policy.kick {
            Verdict::Kick
        } else if all >= policy.flag {
            Verdict::Flag
        } else if all >= policy.suspect {
            Verdict::Suspect
        } else {
            Verdict::Clear
        };
        self.verdict[slot] = self.verdict[slot].max(now);
        if self.flagged[slot] == 0 && self.verdict[slot] >= Verdict::Flag {
            self.flagged[slot] = evidence.tick.max(1);
        }
    }

    pub(super) fn standing(&self, slot: usize, tick: u32, tick_rate: u32, policy: &Policy) -> Standing {
        let sums = self.at(slot, tick, tick_rate, policy);
        let (score, certain) = totals(&sums);
        let worst = Kind::ALL
            .into_iter()
            .filter(|k| sums[k.at()] > 0.0)
            .max_by(|a, b| sums[a.at()].total_cmp(&sums[b.at()]).then((*b as u8).cmp(&(*a as u8))));
        Standing {
            score,
            certain,
            verdict: self.verdict[slot],
            evidence: self.count[slot],
            worst,
            flag_tick: self.flagged[slot],
            wants_decoy: self.verdict[slot] == Verdict::Suspect,
        }
    }
}

fn totals(sums: &[f32; KINDS]) -> (f32, f32) {
    let (mut all, mut certain) = (0.0, 0.0);
    for kind in Kind::ALL {
        all += sums[kind.at()];
        certain += if kind.is_statistical() { 0.0 } else { sums[kind.at()] };
    }
    (all, certain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::PlayerId;

    fn piece(tick: u32, kind: Kind, grade: f32) -> Evidence {
        Evidence::new(PlayerId::from_raw(8), tick, kind, 1.0, 0.0, grade)
    }

    #[test]
    fn scores_add_up_fall_and_are_remembered() {
        let policy = Policy::default();
        let mut scores = Scores::new();
        scores.add(0, &piece(60, Kind::Speed, 1.0), 60, &policy);
        let standing = scores.standing(0, 60, 60, &policy);
        assert_eq!((standing.score, standing.verdict, standing.wants_decoy), (0.6, Verdict::Suspect, true));
        // Half of it is gone after a half-life.
        assert!((scores.standing(0, 60 + 120 * 60, 60, &policy).score - 0.3).abs() < 1e-4);
        scores.add(0, &piece(61, Kind::Lock, 0.3), 60, &policy);
        scores.add(0, &piece(62, Kind::Lock, 1.0), 60, &policy);
        let standing = scores.standing(0, 62, 60, &policy);
        assert_eq!((standing.verdict, standing.flag_tick, standing.worst), (Verdict::Flag, 62, Some(Kind::Lock)));
        assert!(!standing.wants_decoy && standing.evidence == 3);
        // The verdict stays when the score has fallen.
        assert_eq!(scores.standing(0, u32::MAX, 60, &policy).verdict, Verdict::Flag);
        assert_eq!(scores.standing(1, 62, 60, &policy), Standing::default());
    }

    #[test]
    fn statistics_alone_neither_kick_nor_ban() {
        let mut policy = Policy::default();
        let mut scores = Scores::new();
        for tick in 1..200 {
            scores.add(0, &piece(tick, Kind::HiddenAim, 1.0), 60, &policy);
            scores.add(1, &piece(tick, Kind::InputFlood, 1.0), 60, &policy);
        }
        assert_eq!((scores.verdict(0), scores.verdict(1)), (Verdict::Flag, Verdict::Ban));
        policy.ban_on_statistics = true;
        scores.add(0, &piece(200, Kind::HiddenAim, 1.0), 60, &policy);
        assert_eq!(scores.verdict(0), Verdict::Ban);
    }

    #[test]
    fn bad_definitions_are_refused_by_name() {
        let refused = |change: fn(&mut GuardDef)| {
            let mut def = GuardDef::default();
            change(&mut def);
            def.validate().unwrap_err().to_string()
        };
        assert!(GuardDef::default().validate().is_ok());
        assert!(refused(|d| d.limits.drift = f32::NAN).contains("limits.drift"));
        assert!(refused(|d| d.limits.repeats = 0.0).contains("1 to 16"));
        assert!(refused(|d| d.policy.weight[3] = -1.0).contains("policy.weight"));
        assert!(refused(|d| d.policy.half_life_s[0] = 0.0).contains("policy.half_life_s"));
        assert!(refused(|d| d.policy.suspect = 0.0).contains("policy.suspect"));
        assert!(refused(|d| d.policy.kick = 0.5).contains("policy.kick"));
        let mut never = GuardDef::default();
        (never.policy.kick, never.policy.ban) = (f32::INFINITY, f32::INFINITY);
        assert!(never.validate().is_ok());
    }
}
