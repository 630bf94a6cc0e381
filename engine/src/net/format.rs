//! The fields of PROTOCOL.md in both directions: what [`super::Link`] writes, [`super::Receiver`] reads, and the other
//! way round.

use super::Entry;
use super::bits::{Bits, Put, Read, Reader, Writer, bad};
use super::entry::{MOST, way_of};
use crate::rules::{LookRule, MoveRule, RuleSet, SmokeRule, VisionRule};
use crate::world::{Buttons, PLAYERS};

/// Version that a welcome names.
pub(crate) const VERSION: u32 = 1;
/// Bytes of a client's message at most.
pub(crate) const UP_MOST: usize = 256;
/// Inputs in a message at most.
pub(crate) const INPUTS: usize = 12;
/// Weapon number that stands for none.
pub(crate) const NO_ARM: u8 = 15;

/// Kinds of a host's message.
pub(crate) mod down {
    pub(crate) const SNAPSHOT: u32 = 0;
    pub(crate) const WELCOME: u32 = 1;
    pub(crate) const FAREWELL: u32 = 2;
}

/// Why a link ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Farewell {
    /// The match is over for this player.
    Over = 0,
    /// The client speaks another version.
    Version = 1,
    /// Another connection has taken this one's place.
    Replaced = 2,
    /// The host has removed the player.
    Removed = 3,
}

impl Farewell {
    /// The bytes of a farewell in an epoch.
    pub fn bytes(self, epoch: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut w = Writer::new(&mut out);
        w.u(2, down::FAREWELL);
        w.u(2, u32::from(epoch & 3));
        w.u(4, self as u32);
        w.finish();
        out
    }

    pub(crate) fn from_number(n: u32) -> Read<Farewell> {
        use Farewell::{Over, Removed, Replaced, Version};
        match [Over, Version, Replaced, Removed].get(n as usize) {
            Some(reason) => Ok(*reason),
            None => bad("reason", "0 to 3"),
        }
    }
}

/// The rules that a client walks, looks and draws by.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientRules {
    /// `body_radius` is 6 px in every rule set and not sent.
    pub movement: MoveRule,
    /// Inputs a second of one player's time.
    pub inputs_per_second: u8,
    /// Sight, and mouse look if there is any.
    pub vision: VisionRule,
    /// How clouds spread, hide and go.
    pub smoke: SmokeRule,
    /// Blind, disoriented, recovering at full intensity, ms.
    pub flash_ms: [u32; 3],
    /// Impairment of sight, hearing and movement while blind at full intensity, 0 to 1.
    pub flash_impair: [f32; 3],
    /// Share of the speed that a second leaves to what is thrown.
    pub friction: f32,
    /// Lowest and highest cutoff of sounds, Hz.
    pub cutoffs: [f32; 2],
}

impl ClientRules {
    pub(crate) fn of(rules: &RuleSet) -> ClientRules {
        ClientRules {
            movement: rules.movement.clone(),
            inputs_per_second: rules.input.per_second as u8,
            vision: rules.vision.clone(),
            smoke: rules.smoke.clone(),
            flash_ms: rules.flash.phases_ms,
            flash_impair: rules.flash.impair,
            friction: rules.throws.friction,
            cutoffs: [rules.sound.least_hz, rules.sound.open_hz],
        }
    }

    fn write(&self, w: &mut Writer<'_>) {
        let m = &self.movement;
        w.fs(&[m.sneak, m.walk, m.run]);
        if w.flag(m.run_arc.is_some()) {
            w.f(m.run_arc.unwrap_or(0.0));
        }
        w.f(m.aim_speed);
        w.flag(m.aim_stops_run);
        w.fs(&[m.stop, m.idle]);
        w.u(8, self.inputs_per_second.into());
        let v = &self.vision;
        w.fs(&[v.cone, v.distance, v.close]);
        w.flag(v.look.is_some());
        if let Some(look) = &v.look {
            w.fs(&[look.near, look.far, look.distance, look.cone]);
        }
        let s = &self.smoke;
        w.f(s.radius);
        for ms in [s.life_ms, s.expand_ms, s.fade_ms] {
            w.uv(8, ms);
        }
        w.fs(&[s.density, s.edge, s.depth, s.unit]);
        for ms in self.flash_ms {
            w.uv(8, ms);
        }
        w.fs(&self.flash_impair);
        w.f(self.friction);
        w.fs(&self.cutoffs);
    }

    fn read(r: &mut Reader<'_>) -> Read<ClientRules> {
        let body_radius = crate::map::BODY_RADIUS;
        let movement = MoveRule {
            body_radius,
            sneak: r.f("movement.sneak")?,
            walk: r.f("movement.walk")?,
            run: r.f("movement.run")?,
            run_arc: if r.flag("movement.run_arc")? { Some(r.f("movement.run_arc")?) } else { None },
            aim_speed: r.f("movement.aim_speed")?,
            aim_stops_run: r.flag("movement.aim_stops_run")?,
            stop: r.f("movement.stop")?,
            idle: r.f("movement.idle")?,
        };
        let inputs_per_second = r.u(8, "input.per_second")? as u8;
        let (cone, distance) = (r.f("vision.cone")?, r.f("vision.distance")?);
        let close = r.f("vision.close")?;
        let look = if r.flag("vision.look")? {
            Some(LookRule {
                near: r.f("look.near")?,
                far: r.f("look.far")?,
                distance: r.f("look.distance")?,
                cone: r.f("look.cone")?,
            })
        } else {
            None
        };
        let smoke = SmokeRule {
            radius: r.f("smoke.radius")?,
            life_ms: r.uv(8, "smoke.life_ms")?,
            expand_ms: r.uv(8, "smoke.expand_ms")?,
            fade_ms: r.uv(8, "smoke.fade_ms")?,
            density: r.f("smoke.density")?,
            edge: r.f("smoke.edge")?,
            depth: r.f("smoke.depth")?,
            unit: r.f("smoke.unit")?,
        };
        let mut flash_ms = [0; 3];
        for ms in &mut flash_ms {
            *ms = r.uv(8, "flash.phases_ms")?;
        }
        let mut flash_impair = [0.0; 3];
        for share in &mut flash_impair {
            *share = r.f("flash.impair")?;
        }
        Ok(ClientRules {
            movement,
            inputs_per_second,
            vision: VisionRule { cone, distance, close, look },
            smoke,
            flash_ms,
            flash_impair,
            friction: r.f("throws.friction")?,
            cutoffs: [r.f("sound.least_hz")?, r.f("sound.open_hz")?],
        })
    }
}

/// How a link begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Welcome {
    /// 0 to 3.
    pub epoch: u8,
    /// Content hash of the map.
    pub map: u64,
    /// Hash of the rule set.
    pub rules_hash: u64,
    /// Frame in which it is sent.
    pub frame: u32,
    /// 20 to 240.
    pub tick_rate: u32,
    /// Ticks a frame, 1 to 240.
    pub step: u32,
    /// The player's own.
    pub slot: u8,
    /// Slices of the map, 1 to 8,192.
    pub slices: u32,
    /// Kills that win.
    pub kill_target: u32,
    /// What a client needs of the rules.
    pub rules: ClientRules,
}

impl Welcome {
    pub(crate) fn write(&self, w: &mut Writer<'_>) {
        w.u(2, down::WELCOME);
        w.u(2, self.epoch.into());
        w.u(8, VERSION);
        for hash in [self.map, self.rules_hash] {
            w.u(32, hash as u32);
            w.u(32, (hash >> 32) as u32);
        }
        w.uv(8, self.frame);
        w.u(8, self.tick_rate);
        w.u(8, self.step);
        w.u(3, self.slot.into());
        w.u(13, self.slices - 1);
        w.uv(6, self.kill_target);
        self.rules.write(w);
    }

    /// After the kind.
    pub(crate) fn read(r: &mut Reader<'_>) -> Read<Welcome> {
        let epoch = r.u(2, "epoch")? as u8;
        if r.u(8, "version")? != VERSION {
            return bad("version", "1");
        }
        let mut hash = |field| Ok(u64::from(r.u(32, field)?) | u64::from(r.u(32, field)?) << 32);
        let (map, rules_hash) = (hash("map")?, hash("rules")?);
        let frame = r.uv(8, "frame")?;
        let tick_rate = r.most(8, 240, "ticks a second", "20 to 240")?;
        let step = r.most(8, 240, "step", "1 to 240")?;
        if tick_rate < 20 {
            return bad("ticks a second", "20 to 240");
        }
        if step < 1 {
            return bad("step", "1 to 240");
        }
        if u64::from(frame) * u64::from(step) > u64::from(u32::MAX / 2) {
            return bad("frame", "one of the first 2^31 ticks");
        }
        Ok(Welcome {
            epoch,
            map,
            rules_hash,
            frame,
            tick_rate,
            step,
            slot: r.u(3, "slot")? as u8,
            slices: r.u(13, "slices")? + 1,
            kill_target: r.uv(6, "kill target")?,
            rules: ClientRules::read(r)?,
        })
    }
}

/// A place on the playfield, 1/16 px.
pub(crate) type Spot = (u16, u16);

fn write_spot(w: &mut Bits, (x, y): Spot) {
    w.u(26, u32::from(x) | u32::from(y) << 13);
}

pub(crate) fn read_spot(r: &mut Reader<'_>) -> Read<Spot> {
    let x = r.most(13, MOST.0.into(), "x", "0 to 7680")? as u16;
    Ok((x, r.most(13, MOST.1.into(), "y", "0 to 4320")? as u16))
}

fn read_optional<T>(
    r: &mut Reader<'_>,
    field: &'static str,
    read: impl Fn(&mut Reader<'_>) -> Read<T>,
) -> Read<Option<T>> {
    if r.flag(field)? { read(r).map(Some) } else { Ok(None) }
}

fn write_optional_uv(w: &mut Writer<'_>, value: u32) {
    if w.flag(value != 0) {
        w.uv(6, value);
    }
}

/// What a snapshot begins with, up to the slots. `expected`: the input to be expected after the base's, without a base
/// nothing; `slots`: the mask, unless it is the base's.
#[inline]
#[allow(clippy::too_many_arguments)]
pub(crate) fn write_header(
    w: &mut Writer<'_>,
    epoch: u8,
    frame: u32,
    back: u32,
    input: u8,
    expected: Option<u8>,
    ahead: u8,
    slots: Option<u8>,
) {
    let out = w;
    let w = &mut Bits::default();
    w.u(2, down::SNAPSHOT);
    w.u(2, epoch.into());
    w.u(12, frame & 0xFFF);
    if !w.flag(back == 1) {
        w.u(5, back);
    }
    if expected.is_none_or(|expected| !w.flag(input == expected)) {
        w.u(8, input.into());
    }
    if w.flag(ahead > 0) {
        w.u(4, ahead.into());
    }
    if w.flag(slots.is_some()) {
        w.u(8, slots.unwrap_or(0).into());
    }
    out.bits64(*w);
}

/// What an entry is written against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    /// The base's.
    pub(crate) was: Entry,
    /// Where the player is taken to be.
    pub(crate) predicted: Spot,
}

/// A player's entry. `before`: without it a fresh one. `strides`: as [`strides`](super::entry::strides) has them for the
/// frames since the base.
#[inline]
pub(crate) fn entry_bits(own: bool, is: Entry, before: Option<Before>, strides: &[(i32, i32); 4]) -> Bits {
    let mut bits = Bits::default();
    let w = &mut bits;
    let Some(Before { was, predicted: (x, y) }) = before else {
        write_spot(w, (is.x(), is.y()));
        if !own {
            w.u(8, is.facing().into());
        }
        w.u(7, is.health().into());
        w.u(4, is.weapon().into());
        w.u(6, is.state().into());
        return bits;
    };
    let (dx, dy) = (i32::from(is.x()) - i32::from(x), i32::from(is.y()) - i32::from(y));
    let turned = !own && is.facing() != was.facing();
    let other = is.rest() != was.rest();
    if !w.flag(dx != 0 || dy != 0 || turned || other) {
        return bits;
    }
    if w.flag(other) {
        if w.flag(is.health() != was.health()) {
            w.u(7, is.health().into());
        }
        if w.flag(is.weapon() != was.weapon()) {
            w.u(4, is.weapon().into());
        }
        if w.flag(is.state() != was.state()) {
            w.u(6, is.state().into());
        }
    }
    if !own && w.flag(turned) {
        let by = i32::from(is.facing().wrapping_sub(was.facing()) as i8);
        if !w.flag(by.abs() > 4) {
            w.u(3, (if by > 0 { by + 3 } else { by + 4 }) as u32);
        } else if !w.flag(!(-32..32).contains(&by)) {
            w.s(6, by);
        } else {
            w.u(8, is.facing().into());
        }
    }
    let beside = |dx: i32, dy: i32| ((dx + 1) * 3 + dy + 1) as u32;
    if dx == 0 && dy == 0 {
        w.u(2, 0);
    } else if let Some((way, dx, dy)) = way_of(was, is, strides[usize::from(is.state() & 3)]) {
        w.u(2, 1);
        w.u(3, way);
        w.u(4, beside(dx, dy));
    } else if (-128..128).contains(&dx) && (-128..128).contains(&dy) {
        w.u(2, 2);
        if w.flag((-1..2).contains(&dx) && (-1..2).contains(&dy)) {
            w.u(4, beside(dx, dy));
        } else {
            w.s(8, dx);
            w.s(8, dy);
        }
    } else {
        w.u(2, 3);
        write_spot(w, (is.x(), is.y()));
    }
    bits
}

/// What flies, in wire units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Motion {
    pub(crate) weapon: u8,
    pub(crate) own_team: bool,
    pub(crate) at: Spot,
    /// 1/16 px/s, -8192 to 8191.
    pub(crate) velocity: (i16, i16),
}

impl Motion {
    /// Where it is that long after the record, px: straight on, what is thrown slower and slower.
    pub(crate) fn after(&self, seconds: f32, friction: f32) -> (f32, f32) {
        let slows = (12..NO_ARM).contains(&self.weapon) && friction > 0.0 && friction < 1.0;
        let way = if slows { (libm::powf(friction, seconds) - 1.0) / libm::logf(friction) } else { seconds };
        let one = |at: u16, speed: i16| f32::from(at) / 16.0 + f32::from(speed) / 16.0 * way;
        (one(self.at.0, self.velocity.0), one(self.at.1, self.velocity.1))
    }
}

/// What holds until it is said anew; ticks are relative to the snapshot's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Record {
    /// One of a record's slices.
    Slice {
        slice: u16,
        level: u8,
    },
    /// `there`: blue, alive, kills, deaths.
    Score {
        slot: u8,
        there: Option<(bool, bool, u32, u32)>,
    },
    Teams {
        red: u32,
        blue: u32,
        winner: Option<u8>,
    },
    /// `item`: weapon, rounds, reserve.
    Place {
        place: u8,
        item: Option<(u8, u32, u32)>,
    },
    Rounds {
        place: u8,
        rounds: u32,
    },
    Hands {
        place: u8,
        charge: u8,
        reload: u32,
        heat: u8,
        silence: u32,
    },
    /// `dead`: ticks until a respawn is granted, killer or 255.
    Life {
        protected: u32,
        dead: Option<(u32, u8)>,
    },
    Flash {
        age: u32,
        intensity: f32,
    },
    Projectile {
        number: u8,
        motion: Option<Motion>,
    },
    Cloud {
        number: u8,
        at: Spot,
        age: u32,
    },
    Answer {
        number: u8,
        result: u8,
    },
    Exact {
        values: [f32; 4],
    },
}

/// A record of slices, ascending.
pub(crate) fn write_slices(w: &mut Writer<'_>, slices: impl ExactSizeIterator<Item = (u16, u8)>) {
    w.u(4, 0);
    w.uv(3, slices.len() as u32 - 1);
    let mut before = None;
    for (slice, level) in slices {
        match before {
            None => w.uv(6, slice.into()),
            Some(before) => w.uv(3, u32::from(slice - before) - 1),
        }
        w.u(3, level.into());
        before = Some(slice);
    }
}

impl Record {
    /// All but slices.
    #[inline(never)]
    pub(crate) fn write(&self, w: &mut Writer<'_>) {
        match *self {
            Record::Slice { slice, level } => write_slices(w, [(slice, level)].into_iter()),
            Record::Score { slot, there } => {
                w.u(4, 1);
                w.u(3, slot.into());
                w.flag(there.is_some());
                if let Some((blue, alive, kills, deaths)) = there {
                    w.flag(blue);
                    w.flag(alive);
                    w.uv(4, kills);
                    w.uv(4, deaths);
                }
            }
            Record::Teams { red, blue, winner } => {
                w.u(4, 2);
                w.uv(5, red);
                w.uv(5, blue);
                w.flag(winner.is_some());
                if let Some(winner) = winner {
                    w.u(2, winner.into());
                }
            }
            Record::Place { place, item } => {
                w.u(4, 3);
                w.u(3, place.into());
                let (weapon, rounds, reserve) = item.unwrap_or((NO_ARM, 0, 0));
                w.u(4, weapon.into());
                if item.is_some() {
                    w.uv(5, rounds);
                    w.uv(6, reserve);
                }
            }
            Record::Rounds { place, rounds } => {
                w.u(4, 4);
                w.u(3, place.into());
                w.uv(5, rounds);
            }
            Record::Hands { place, charge, reload, heat, silence } => {
                w.u(4, 5);
                w.u(3, place.into());
                w.u(3, charge.into());
                write_optional_uv(w, reload);
                if w.flag(heat != 0) {
                    w.u(7, heat.into());
                }
                write_optional_uv(w, silence);
            }
            Record::Life { protected, dead } => {
                w.u(4, 6);
                write_optional_uv(w, protected);
                w.flag(dead.is_some());
                if let Some((respawn, killer)) = dead {
                    w.uv(6, respawn);
                    if w.flag(killer < 8) {
                        w.u(3, killer.into());
                    }
                }
            }
            Record::Flash { age, intensity } => {
                w.u(4, 7);
                w.uv(6, age);
                w.f(intensity);
            }
            Record::Projectile { number, motion } => {
                w.u(4, 8);
                w.u(6, number.into());
                w.flag(motion.is_some());
                if let Some(Motion { weapon, own_team, at, velocity }) = motion {
                    w.u(4, weapon.into());
                    w.flag(own_team);
                    w.u(26, u32::from(at.0) | u32::from(at.1) << 13);
                    w.s(14, velocity.0.into());
                    w.s(14, velocity.1.into());
                }
            }
            Record::Cloud { number, at, age } => {
                w.u(4, 9);
                w.u(5, number.into());
                w.u(26, u32::from(at.0) | u32::from(at.1) << 13);
                w.uv(8, age);
            }
            Record::Answer { number, result } => {
                w.u(4, 10);
                w.u(8, number.into());
                w.u(3, result.into());
            }
            Record::Exact { values } => {
                w.u(4, 11);
                w.fs(&values);
            }
        }
    }

    /// Reads one record; `slices` is the number of them that the map has.
    pub(crate) fn read(r: &mut Reader<'_>, slices: u32, each: &mut impl FnMut(Record)) -> Read<()> {
        let place = |r: &mut Reader<'_>| Ok(r.most(3, 4, "place", "0 to 4")? as u8);
        let record = match r.u(4, "record")? {
            0 => {
                let count = r.uv(3, "slices")?;
                let mut slice = 0;
                for i in 0..=u64::from(count) {
                    slice = match i {
                        0 => u64::from(r.uv(6, "slice")?),
                        _ => slice + u64::from(r.uv(3, "slice")?) + 1,
                    };
                    if slice >= u64::from(slices) {
                        return bad("slice", "one of the map's");
                    }
                    let level = r.most(3, 4, "level", "0 to 4")? as u8;
                    each(Record::Slice { slice: slice as u16, level });
                }
                return Ok(());
            }
            1 => Record::Score {
                slot: r.u(3, "slot")? as u8,
                there: read_optional(r, "there", |r| {
                    Ok((r.flag("blue")?, r.flag("alive")?, r.uv(4, "kills")?, r.uv(4, "deaths")?))
                })?,
            },
            2 => Record::Teams {
                red: r.uv(5, "red kills")?,
                blue: r.uv(5, "blue kills")?,
                winner: read_optional(r, "over", |r| Ok(r.most(2, 2, "winner", "0 to 2")? as u8))?,
            },
            3 => {
                let (place, weapon) = (place(r)?, r.u(4, "weapon")? as u8);
                let item =
                    if weapon == NO_ARM { None } else { Some((weapon, r.uv(5, "rounds")?, r.uv(6, "reserve")?)) };
                Record::Place { place, item }
            }
            4 => Record::Rounds { place: place(r)?, rounds: r.uv(5, "rounds")? },
            5 => Record::Hands {
                place: place(r)?,
                charge: r.u(3, "charge")? as u8,
                reload: read_optional(r, "reload", |r| r.uv(6, "reload"))?.unwrap_or(0),
                heat: read_optional(r, "heat", |r| r.most(7, 100, "heat", "0 to 100"))?.unwrap_or(0) as u8,
                silence: read_optional(r, "silence", |r| r.uv(6, "silence"))?.unwrap_or(0),
            },
            6 => Record::Life {
                protected: read_optional(r, "protected", |r| r.uv(6, "protected"))?.unwrap_or(0),
                dead: read_optional(r, "dead", |r| {
                    let respawn = r.uv(6, "respawn")?;
                    Ok((respawn, read_optional(r, "killer", |r| r.u(3, "killer"))?.map_or(255, |k| k as u8)))
                })?,
            },
            7 => {
                let (age, intensity) = (r.uv(6, "age")?, r.f("intensity")?);
                if !(intensity > 0.0 && intensity <= 1.0) {
                    return bad("intensity", "above 0, to 1");
                }
                Record::Flash { age, intensity }
            }
            8 => Record::Projectile {
                number: r.u(6, "projectile")? as u8,
                motion: read_optional(r, "there", |r| {
                    let (weapon, own_team) = (r.most(4, 14, "weapon", "0 to 14")? as u8, r.flag("own team's")?);
                    let at = read_spot(r)?;
                    let velocity = (r.s(14, "velocity")? as i16, r.s(14, "velocity")? as i16);
                    Ok(Motion { weapon, own_team, at, velocity })
                })?,
            },
            9 => Record::Cloud { number: r.u(5, "cloud")? as u8, at: read_spot(r)?, age: r.uv(8, "age")? },
            10 => Record::Answer { number: r.u(8, "answer")? as u8, result: r.most(3, 2, "result", "0 to 2")? as u8 },
            11 => {
                let mut values = [0.0; 4];
                for value in &mut values {
                    *value = r.f("exact")?;
                }
                Record::Exact { values }
            }
            _ => return bad("record", "0 to 11"),
        };
        each(record);
        Ok(())
    }
}

/// Kinds of a [`Message`].
pub(crate) mod event {
    pub(crate) const FIRED: u8 = 0;
    pub(crate) const IMPACT: u8 = 1;
    pub(crate) const HURT: u8 = 2;
    pub(crate) const DIED: u8 = 3;
    pub(crate) const EXPLODED: u8 = 4;
    pub(crate) const BOUNCED: u8 = 5;
    pub(crate) const THROWN: u8 = 6;
    pub(crate) const DENIED: u8 = 7;
    pub(crate) const SOUND: u8 = 8;
}

/// No place.
pub(crate) const NOWHERE: Spot = (u16::MAX, u16::MAX);
/// No slot.
pub(crate) const NO_SLOT: u8 = 15;

/// What happens once: 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) tick: u32,
    /// Lowest bits of the frame that it went out in last, if it is on its way.
    pub(crate) sent: u16,
    /// [`event`], and 128 while on its way.
    pub(crate) kind: u8,
    /// The slots in their order on the wire, or [`NO_SLOT`]: four bits each. Of a sound: 1 if it is the own one.
    pub(crate) slots: u8,
    /// Or [`NOWHERE`]. Of a sound: direction and cutoff.
    pub(crate) at: Spot,
    /// Direction, points or gain.
    pub(crate) value: u16,
    pub(crate) weapon: u8,
    /// What was hit or denied; kind of a sound.
    pub(crate) what: u8,
}

const _: () = assert!(size_of::<Message>() == 16);

impl Message {
    pub(crate) fn new(kind: u8, tick: u32) -> Message {
        Message { tick, sent: 0, kind, slots: 0xFF, at: NOWHERE, value: 0, weapon: NO_ARM, what: 0 }
    }

    pub(crate) fn first(&self) -> u8 {
        self.slots & 15
    }

    pub(crate) fn second(&self) -> u8 {
        self.slots >> 4
    }

    /// `before`: the age of the message before, of the first one 0; `near`: a slot's entry in this snapshot, if it has
    /// one. A message of which less is told than its kind needs is never made.
    pub(crate) fn write(&self, w: &mut Bits, age: u32, before: u32, near: impl Fn(u8) -> Option<Entry>) {
        let kind = self.kind & 0x7F;
        w.u(1, u32::from(kind != event::SOUND));
        if !w.flag(age == before) {
            w.uv(2, age);
        }
        let optional = |w: &mut Bits, slot: u8| {
            if w.flag(slot < 8) {
                w.u(3, slot.into());
            }
        };
        let arm = |w: &mut Bits, slot: u8| {
            let same = near(slot).map(|entry| entry.weapon() == self.weapon);
            if same.is_none_or(|same| !w.flag(same)) {
                w.u(4, self.weapon.into());
            }
        };
        let spot = |w: &mut Bits, slot: u8| {
            let Some(entry) = near(slot) else {
                write_spot(w, self.at);
                return;
            };
            let x = i32::from(self.at.0) - i32::from(entry.x());
            let y = i32::from(self.at.1) - i32::from(entry.y());
            if w.flag(!((-128..128).contains(&x) && (-128..128).contains(&y))) {
                write_spot(w, self.at);
            } else if w.flag((x, y) != (0, 0)) {
                w.s(8, x);
                w.s(8, y);
            }
        };
        let (first, second) = (self.first(), self.second());
        if kind == event::SOUND {
            let (own, what, gain) = (self.slots == 1, u32::from(self.what), u32::from(self.value));
            // Own, step, kind.
            if self.what < 3 {
                w.u(4, u32::from(own) | 2 | what << 2);
            } else {
                w.u(8, u32::from(own) | what << 2);
            }
            if own && w.flag(self.value == 255 && self.at.1 == 63) {
                return;
            }
            w.u(8, gain);
            if !own {
                w.u(6, self.at.0.into());
            }
            match self.at.1 {
                63.. => w.u(1, 0),
                cutoff => w.u(7, 1 | u32::from(cutoff) << 1),
            }
            return;
        }
        w.u(3, kind.into());
        match kind {
            event::FIRED => {
                w.u(3, first.into());
                arm(w, first);
                spot(w, first);
                w.u(8, self.value.into());
            }
            event::IMPACT => {
                optional(w, first);
                arm(w, first);
                w.u(2, self.what.into());
                if self.what != 3 {
                    spot(w, first);
                }
                if self.what == 2 {
                    optional(w, second);
                }
            }
            event::HURT => {
                w.u(3, first.into());
                if w.flag(second < 8) {
                    w.u(3, second.into());
                    arm(w, second);
                }
                w.uv(4, self.value.into());
            }
            event::DIED => {
                w.u(3, first.into());
                optional(w, second);
                arm(w, second);
                if w.flag(self.at != NOWHERE) {
                    spot(w, first);
                }
            }
            event::EXPLODED => {
                arm(w, NO_SLOT);
                spot(w, NO_SLOT);
                optional(w, first);
            }
            event::BOUNCED => {
                arm(w, NO_SLOT);
                spot(w, NO_SLOT);
            }
            event::THROWN => {
                w.u(3, first.into());
                arm(w, first);
            }
            _ => w.u(2, self.what.into()),
        }
    }

    /// `tick` is the snapshot's, `before` the age of the message before; `near` gives a slot's entry.
    pub(crate) fn read(
        r: &mut Reader<'_>,
        tick: u32,
        before: u32,
        near: impl Fn(u8) -> Option<Entry>,
    ) -> Read<Message> {
        let is_event = r.flag("message")?;
        let age = if r.flag("age")? { before } else { r.uv(2, "age")? };
        let Some(tick) = tick.checked_sub(age) else {
            return bad("age", "since the match began");
        };
        let slot = |r: &mut Reader<'_>| Ok(r.u(3, "slot")? as u8);
        let optional = |r: &mut Reader<'_>| if r.flag("slot")? { Ok(r.u(3, "slot")? as u8) } else { Ok(NO_SLOT) };
        let arm = |r: &mut Reader<'_>, slot: u8| match near(slot) {
            Some(entry) if r.flag("weapon")? => Ok(entry.weapon()),
            _ => Ok(r.u(4, "weapon")? as u8),
        };
        let spot = |r: &mut Reader<'_>, slot: u8| {
            let Some(entry) = near(slot) else { return read_spot(r) };
            if r.flag("far")? {
                return read_spot(r);
            }
            if !r.flag("beside")? {
                return Ok((entry.x(), entry.y()));
            }
            let (x, y) = (i32::from(entry.x()) + r.s(8, "x")?, i32::from(entry.y()) + r.s(8, "y")?);
            if !(0..=MOST.0.into()).contains(&x) || !(0..=MOST.1.into()).contains(&y) {
                return bad("place", "on the playfield");
            }
            Ok((x as u16, y as u16))
        };
        let mut m = Message::new(event::SOUND, tick);
        if !is_event {
            let own = r.flag("own")?;
            m.slots = own.into();
            m.what = if r.flag("step")? {
                r.most(2, 2, "gait", "0 to 2")?
            } else {
                let kind = r.most(6, 32, "sound", "3 to 32")?;
                if kind < 3 {
                    return bad("sound", "3 to 32");
                }
                kind
            } as u8;
            if own && r.flag("full")? {
                (m.value, m.at) = (255, (0, 63));
                return Ok(m);
            }
            m.value = r.u(8, "gain")? as u16;
            if m.value == 0 {
                return bad("gain", "1 to 255");
            }
            m.at.0 = if own { 0 } else { r.u(6, "direction")? as u16 };
            m.at.1 = if r.flag("muffled")? { r.most(6, 62, "cutoff", "0 to 62")? as u16 } else { 63 };
            return Ok(m);
        }
        m.kind = r.u(3, "event")? as u8;
        let (mut first, mut second) = (NO_SLOT, NO_SLOT);
        match m.kind {
            event::FIRED => {
                first = slot(r)?;
                m.weapon = arm(r, first)?;
                m.at = spot(r, first)?;
                m.value = r.u(8, "direction")? as u16;
            }
            event::IMPACT => {
                first = optional(r)?;
                m.weapon = arm(r, first)?;
                m.what = r.u(2, "what")? as u8;
                if m.what != 3 {
                    m.at = spot(r, first)?;
                }
                if m.what == 2 {
                    second = optional(r)?;
                }
            }
            event::HURT => {
                first = slot(r)?;
                if r.flag("by whom")? {
                    second = slot(r)?;
                    m.weapon = arm(r, second)?;
                }
                let points = r.uv(4, "points")?;
                if points > u32::from(u16::MAX) {
                    return bad("points", "0 to 65535");
                }
                m.value = points as u16;
            }
            event::DIED => {
                first = slot(r)?;
                second = optional(r)?;
                m.weapon = arm(r, second)?;
                if r.flag("place")? {
                    m.at = spot(r, first)?;
                }
            }
            event::EXPLODED => {
                m.weapon = arm(r, NO_SLOT)?;
                m.at = spot(r, NO_SLOT)?;
                first = optional(r)?;
            }
            event::BOUNCED => {
                m.weapon = arm(r, NO_SLOT)?;
                m.at = spot(r, NO_SLOT)?;
            }
            event::THROWN => {
                first = slot(r)?;
                m.weapon = arm(r, first)?;
            }
            _ => m.what = r.u(2, "what")? as u8,
        }
        m.slots = first | second << 4;
        Ok(m)
    }
}

/// What a client says of the frames it has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ack {
    /// 12 bits.
    pub(crate) newest: u16,
    /// Bit i: the frame newest - 1 - i was taken.
    pub(crate) mask: u32,
    /// The mask has 31 bits, not 8.
    pub(crate) long: bool,
}

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Primary, secondary, three support items, [`NO_ARM`] where there is none; team, 2: as it is.
    Loadout {
        weapons: [u8; 5],
        team: u8,
    },
    Respawn,
}

/// An input as it travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct UpInput {
    pub(crate) held: Buttons,
    pub(crate) taps: Buttons,
    /// 1/16 px.
    pub(crate) cursor: (i16, i16),
}

/// A client's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Up {
    pub(crate) epoch: u8,
    pub(crate) ack: Option<Ack>,
    pub(crate) exact: bool,
    pub(crate) request: Option<(u8, Wish)>,
    /// The first `count` of `inputs`, oldest first.
    pub(crate) count: usize,
    pub(crate) inputs: [UpInput; INPUTS],
    /// Of the last one, lowest bits.
    pub(crate) sequence: u16,
    /// Ticks.
    pub(crate) view: u32,
}

impl Up {
    pub(crate) fn new(epoch: u8) -> Up {
        Up {
            epoch,
            ack: None,
            exact: false,
            request: None,
            count: 0,
            inputs: [UpInput::default(); INPUTS],
            sequence: 0,
            view: 0,
        }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut w = Writer::new(out);
        w.u(2, 0);
        w.u(2, self.epoch.into());
        w.flag(self.ack.is_some());
        if let Some(ack) = self.ack {
            w.u(12, ack.newest.into());
            w.flag(ack.long);
            w.u(if ack.long { 31 } else { 8 }, ack.mask);
        }
        w.flag(self.exact);
        w.flag(self.request.is_some());
        if let Some((number, wish)) = self.request {
            w.u(8, number.into());
            match wish {
                Wish::Loadout { weapons, team } => {
                    w.u(2, 0);
                    for weapon in weapons {
                        w.u(4, weapon.into());
                    }
                    w.u(2, team.into());
                }
                Wish::Respawn => w.u(2, 1),
            }
        }
        w.u(4, self.count as u32);
        if self.count > 0 {
            w.u(16, self.sequence.into());
            w.uv(3, self.view);
        }
        let mut before: Option<UpInput> = None;
        for input in &self.inputs[..self.count] {
            if before.is_none_or(|b| w.flag(b.held != input.held)) {
                w.u(16, input.held.0.into());
            }
            if w.flag(input.taps != Buttons::NONE) {
                w.u(16, input.taps.0.into());
            }
            let (x, y) = (i32::from(input.cursor.0), i32::from(input.cursor.1));
            match before {
                Some(b) => {
                    let (dx, dy) = (x - i32::from(b.cursor.0), y - i32::from(b.cursor.1));
                    if w.flag((dx, dy) != (0, 0)) {
                        let near = (-64..64).contains(&dx) && (-64..64).contains(&dy);
                        if w.flag(!near) {
                            w.s(16, x);
                            w.s(16, y);
                        } else {
                            w.s(7, dx);
                            w.s(7, dy);
                        }
                    }
                }
                None => {
                    w.s(16, x);
                    w.s(16, y);
                }
            }
            before = Some(*input);
        }
        w.finish();
    }

    pub(crate) fn read(bytes: &[u8]) -> Read<Up> {
        if bytes.len() > UP_MOST {
            return bad("length", "at most 256 bytes");
        }
        let r = &mut Reader::new(bytes);
        if r.u(2, "kind")? != 0 {
            return bad("kind", "0");
        }
        let mut up = Up::new(r.u(2, "epoch")? as u8);
        if r.flag("acknowledgement")? {
            let (newest, long) = (r.u(12, "newest frame")? as u16, r.flag("long")?);
            up.ack = Some(Ack { newest, long, mask: r.u(if long { 31 } else { 8 }, "mask")? });
        }
        up.exact = r.flag("exact")?;
        if r.flag("request")? {
            let number = r.u(8, "request")? as u8;
            let wish = match r.u(2, "type of request")? {
                0 => {
                    let mut weapons = [0; 5];
                    for weapon in &mut weapons {
                        *weapon = r.u(4, "weapon")? as u8;
                    }
                    Wish::Loadout { weapons, team: r.most(2, 2, "team", "0 to 2")? as u8 }
                }
                1 => Wish::Respawn,
                _ => return bad("type of request", "0 or 1"),
            };
            up.request = Some((number, wish));
        }
        up.count = r.most(4, INPUTS as u32, "inputs", "0 to 12")? as usize;
        if up.count > 0 {
            up.sequence = r.u(16, "sequence number")? as u16;
            up.view = r.uv(3, "view")?;
        }
        for i in 0..up.count {
            let before = i.checked_sub(1).map(|at| up.inputs[at]);
            let held = match before {
                Some(b) if !r.flag("held")? => b.held,
                _ => Buttons(r.u(16, "held")? as u16),
            };
            let taps = if r.flag("taps")? { Buttons(r.u(16, "taps")? as u16) } else { Buttons::NONE };
            let whole = |r: &mut Reader<'_>| Ok((r.s(16, "cursor")? as i16, r.s(16, "cursor")? as i16));
            let cursor = match before {
                None => whole(r)?,
                Some(b) if !r.flag("moved")? => b.cursor,
                Some(b) => {
                    if r.flag("far")? {
                        whole(r)?
                    } else {
                        let (dx, dy) = (r.s(7, "cursor")?, r.s(7, "cursor")?);
                        let (x, y) = (i32::from(b.cursor.0) + dx, i32::from(b.cursor.1) + dy);
                        match (i16::try_from(x), i16::try_from(y)) {
                            (Ok(x), Ok(y)) => (x, y),
                            _ => return bad("cursor", "-32768 to 32767"),
                        }
                    }
                }
            };
            up.inputs[i] = UpInput { held, taps, cursor };
        }
        r.end()?;
        Ok(up)
    }
}

/// The frame nearest to `around` whose lowest 12 bits these are; one before the first is an odd number of no frame.
pub(crate) fn nearest_frame(low: u32, around: u32) -> u32 {
    let by = (low.wrapping_sub(around) & 0xFFF) as i32;
    around.wrapping_add_signed(if by >= 0x800 { by - 0x1000 } else { by })
}

const _: () = assert!(PLAYERS == 8);
