//! What the reference client of the wire knows beyond tp_seen: the way it was welcomed, its own state, slices,
//! projectiles, clouds and what happened; and what it can ask for.

use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{TP_NONE, side, tp_loadout};
use crate::wire::tp_receiver;
use trespasser::net::{AS_ON_MAP, Farewell, Happening, Receiver, Seen, SeenMessage};
use trespasser::{Team, Vec2, Weapon};

/// Level of a slice that is as the map has it.
pub const TP_AS_ON_MAP: u8 = 255;

const _: () = assert!(TP_AS_ON_MAP == AS_ON_MAP);

/// How a link began. 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_welcome {
    /// tp_map_info.hash of the map.
    pub map_hash: u64,
    /// Hash of the rule set.
    pub rules_hash: u64,
    /// Frame in which it was sent.
    pub frame: u32,
    /// Ticks a second, 20 to 240.
    pub tick_rate: u32,
    /// Ticks a frame, 1 to 240.
    pub step: u32,
    /// Slices of the map: room that tp_receiver_levels needs.
    pub slices: u32,
    /// Kills that win.
    pub kill_target: u32,
    /// Inputs a second of one player's time.
    pub inputs_per_second: u32,
    /// 0 to 3.
    pub epoch: u8,
    /// The player's own, 0 to 7.
    pub slot: u8,
    /// 0.
    pub reserved: [u8; 6],
}

const _: () = assert!(size_of::<tp_welcome>() == 48);

/// A line of the score. 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct tp_seen_score {
    /// Kills of enemies.
    pub kills: u32,
    /// Deaths.
    pub deaths: u32,
    /// 1: there is a player in this slot; else all is 0.
    pub there: u8,
    /// tp_team.
    pub team: u8,
    /// 1: lives.
    pub alive: u8,
    /// 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<tp_seen_score>() == 12);

/// A place of the own inventory. 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_seen_item {
    /// In the magazine.
    pub rounds: u32,
    /// In reserve.
    pub reserve: u32,
    /// tp_weapon, or TP_NONE: an empty place.
    pub weapon: u8,
    /// 0.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_seen_item>() == 12);

/// All else that a client knows of itself and the score. 224 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_seen_own {
    /// By slot.
    pub scores: [tp_seen_score; 8],
    /// By place.
    pub items: [tp_seen_item; 5],
    /// Red's, blue's.
    pub team_kills: [u32; 2],
    /// Tick in which the reload ends; 0: none.
    pub reload_end: u32,
    /// Tick in which `heat` was so.
    pub heat_tick: u32,
    /// Tick in which the silence after overheating ends; 0: none.
    pub silence_end: u32,
    /// Tick from which one can be hurt; 0: already.
    pub protected_until: u32,
    /// Tick from which on a respawn is granted, while dead.
    pub respawn_at: u32,
    /// Tick of the flash that dazzles, or dazzled; 0: none.
    pub flash_tick: u32,
    /// Its intensity, 0 to 1.
    pub flash: f32,
    /// Tick of the own motion to the bit; 0: none has come.
    pub exact_tick: u32,
    /// px, to the bit, in exact_tick.
    pub exact_x: f32,
    /// px, to the bit, in exact_tick.
    pub exact_y: f32,
    /// px/s, to the bit, in exact_tick.
    pub exact_vx: f32,
    /// px/s, to the bit, in exact_tick.
    pub exact_vy: f32,
    /// Place of the weapon in hand, 0 to 4.
    pub hand: u8,
    /// Level of charge of the throw in hand; 0: not held.
    pub charge: u8,
    /// Percent, in heat_tick.
    pub heat: u8,
    /// 1: dead.
    pub dead: u8,
    /// Slot of the killer, or TP_NONE.
    pub killer: u8,
    /// 1: the match is over.
    pub over: u8,
    /// tp_team; NONE while it runs and for a draw.
    pub winner: u8,
    /// Inputs that held keys have stood in for.
    pub ahead: u8,
    /// 1: a request has been answered.
    pub answered: u8,
    /// Number of the last request answered.
    pub request: u8,
    /// How: 0 done, 1 not now, 2 not allowed.
    pub answer: u8,
    /// 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<tp_seen_own>() == 224);

/// A projectile that a client knows. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_seen_projectile {
    /// px, where it is taken to be in the newest frame.
    pub x: f32,
    /// px.
    pub y: f32,
    /// px, as recorded in `tick`.
    pub recorded_x: f32,
    /// px, as recorded in `tick`.
    pub recorded_y: f32,
    /// px/s, as recorded in `tick`.
    pub vx: f32,
    /// px/s, as recorded in `tick`.
    pub vy: f32,
    /// Of the record.
    pub tick: u32,
    /// tp_weapon.
    pub weapon: u8,
    /// 1: of the own team.
    pub own_team: u8,
    /// The link's number for it, 0 to 63.
    pub number: u8,
    /// 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<tp_seen_projectile>() == 32);

/// A cloud that a client knows. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_seen_cloud {
    /// px.
    pub x: f32,
    /// px.
    pub y: f32,
    /// Tick in which it rose.
    pub born: u32,
    /// The link's number for it, 0 to 31.
    pub number: u8,
    /// 0.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_seen_cloud>() == 16);

/// Kind of a tp_seen_message; the comments name the fields that carry something besides tick.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_seen_kind {
    /// aux: a tp_sound_kind; value: gain in 1/255; direction in 1/64 turn, 0 for own ones; cutoff; own.
    Sound = 1,
    /// actor, weapon, x, y, direction in 1/256 turn.
    Fired = 2,
    /// actor, weapon, target: whose body; x, y if placed; aux: 0 nothing, 1 a wall, 2 a body, 3 a body not told.
    Impact = 3,
    /// target, actor, weapon; value: points.
    Hurt = 4,
    /// target, actor, weapon; x, y if placed.
    Died = 5,
    /// actor, weapon, x, y.
    Exploded = 6,
    /// weapon, x, y.
    Bounced = 7,
    /// actor, weapon.
    Thrown = 8,
    /// aux: 0 an empty click, 1 too soon to fire, 2 too soon to respawn, 3 overheated.
    Denied = 9,
}

/// Something that has happened, as a client was told. 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_seen_message {
    /// When.
    pub tick: u32,
    /// px, if placed; else 0.
    pub x: f32,
    /// px, if placed; else 0.
    pub y: f32,
    /// By kind.
    pub value: u16,
    /// tp_seen_kind.
    pub kind: u8,
    /// Who did it, slot, or TP_NONE.
    pub actor: u8,
    /// To whom, slot, or TP_NONE.
    pub target: u8,
    /// tp_weapon, or TP_NONE.
    pub weapon: u8,
    /// Clockwise from +x, in the unit of the kind.
    pub direction: u8,
    /// By kind.
    pub aux: u8,
    /// 0 to TP_CUTOFF_OPEN; of sounds.
    pub cutoff: u8,
    /// 1: the own body's; of sounds.
    pub own: u8,
    /// 1: x and y say where.
    pub placed: u8,
    /// 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<tp_seen_message>() == 24);

/// Why a host ends a link.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_farewell {
    /// The match is over for this player.
    Over = 0,
    /// The client speaks another version.
    Version = 1,
    /// Another connection has taken this one's place.
    Replaced = 2,
    /// The host has removed the player.
    Removed = 3,
}

const FAREWELLS: [Farewell; 4] = [Farewell::Over, Farewell::Version, Farewell::Replaced, Farewell::Removed];

const _: () = {
    assert!(tp_farewell::Over as u8 == Farewell::Over as u8 && tp_farewell::Version as u8 == Farewell::Version as u8);
    assert!(tp_farewell::Replaced as u8 == Farewell::Replaced as u8);
    assert!(tp_farewell::Removed as u8 == Farewell::Removed as u8);
};

fn seen(receiver: &Receiver) -> Outcome<&Seen> {
    receiver
        .seen()
        .ok_or_else(|| Fail::new(tp_result::NotAllowed, "looking at a receiver is refused: no welcome has come yet"))
}

/// How the link began, of the present epoch.
/// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_get_welcome(
    receiver: *const tp_receiver,
    out_welcome: *mut tp_welcome,
) -> tp_result {
    guarded!({
        let receiver = tp_receiver::read(receiver)?;
        let out = Out::new(out_welcome, "out_welcome")?;
        let w = &seen(&receiver)?.welcome;
        out.set(tp_welcome {
            map_hash: w.map,
            rules_hash: w.rules_hash,
            frame: w.frame,
            tick_rate: w.tick_rate,
            step: w.step,
            slices: w.slices,
            kill_target: w.kill_target,
            inputs_per_second: w.rules.inputs_per_second.into(),
            epoch: w.epoch,
            slot: w.slot,
            reserved: [0; 6],
        });
        Ok(())
    })
}

/// What a client knows of itself and the score.
/// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_get_own(receiver: *const tp_receiver, out_own: *mut tp_seen_own) -> tp_result {
    guarded!({
        let receiver = tp_receiver::read(receiver)?;
        let out = Out::new(out_own, "out_own")?;
        out.set(own(seen(&receiver)?));
        Ok(())
    })
}

fn own(seen: &Seen) -> tp_seen_own {
    let (flash_tick, flash) = seen.flash.unwrap_or_default();
    let (exact_tick, at, v) = seen.exact.map_or((0, Vec2::ZERO, Vec2::ZERO), |e| (e.tick, e.position, e.velocity));
    let (request, answer) = seen.answer.unwrap_or_default();
    tp_seen_own {
        scores: seen.scores.map(|score| {
            score.map_or_else(tp_seen_score::default, |s| tp_seen_score {
                kills: s.kills,
                deaths: s.deaths,
                there: 1,
                team: s.team as u8,
                alive: s.alive.into(),
                reserved: 0,
            })
        }),
        items: seen.items.map(|item| tp_seen_item {
            rounds: item.map_or(0, |i| i.rounds),
            reserve: item.map_or(0, |i| i.reserve),
            weapon: item.map_or(TP_NONE, |i| i.weapon as u8),
            reserved: [0; 3],
        }),
        team_kills: seen.team_kills,
        reload_end: seen.hands.reload_end,
        heat_tick: seen.hands.heat_tick,
        silence_end: seen.hands.silence_end,
        protected_until: seen.life.protected_until,
        respawn_at: seen.life.respawn_at.unwrap_or(0),
        flash_tick,
        flash,
        exact_tick,
        exact_x: at.x,
        exact_y: at.y,
        exact_vx: v.x,
        exact_vy: v.y,
        hand: seen.hands.place,
        charge: seen.hands.charge,
        heat: seen.hands.heat,
        dead: seen.life.respawn_at.is_some().into(),
        killer: seen.life.killer.unwrap_or(TP_NONE),
        over: seen.winner.is_some().into(),
        winner: seen.winner.unwrap_or(2).min(2),
        ahead: seen.ahead,
        answered: seen.answer.is_some().into(),
        request,
        answer,
        reserved: 0,
    }
}

/// How each slice is, as far as the client knows: 0 whole, 1 light, 2 medium, 3 heavy damage, 4 gone, or TP_AS_ON_MAP; into
/// the caller's array of `capacity` elements.
/// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
/// if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_levels(
    receiver: *const tp_receiver,
    out_levels: *mut u8,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let receiver = tp_receiver::read(receiver)?;
        let out = OutArray::new(out_levels, capacity, out_count, "out_levels")?;
        out.fill(seen(&receiver)?.levels.iter().copied())
    })
}

/// The projectiles that a client knows, at most TP_MAX_PROJECTILES, into the caller's array of `capacity` elements.
/// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
/// if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_projectiles(
    receiver: *const tp_receiver,
    out_projectiles: *mut tp_seen_projectile,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let receiver = tp_receiver::read(receiver)?;
        let mut out = OutArray::new(out_projectiles, capacity, out_count, "out_projectiles")?;
        let seen = seen(&receiver)?;
        out.check(seen.projectiles.iter().flatten().count())?;
        for (number, projectile) in seen.projectiles.iter().enumerate() {
            let Some(p) = projectile else { continue };
            let now = p.at(seen.tick.max(p.tick), &seen.welcome);
            out.push(tp_seen_projectile {
                x: now.x,
                y: now.y,
                recorded_x: p.position.x,
                recorded_y: p.position.y,
                vx: p.velocity.x,
                vy: p.velocity.y,
                tick: p.tick,
                weapon: p.weapon as u8,
                own_team: p.own_team.into(),
                number: number as u8,
                reserved: 0,
            });
        }
        out.finish();
        Ok(())
    })
}

/// The clouds that a client knows, at most TP_MAX_CLOUDS, into the caller's array of `capacity` elements.
/// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
/// if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_clouds(
    receiver: *const tp_receiver,
    out_clouds: *mut tp_seen_cloud,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let receiver = tp_receiver::read(receiver)?;
        let mut out = OutArray::new(out_clouds, capacity, out_count, "out_clouds")?;
        let seen = seen(&receiver)?;
        out.check(seen.clouds.iter().flatten().count())?;
        for (number, cloud) in seen.clouds.iter().enumerate() {
            let Some(cloud) = cloud else { continue };
            let Vec2 { x, y } = cloud.position;
            out.push(tp_seen_cloud { x, y, born: cloud.born, number: number as u8, reserved: [0; 3] });
        }
        out.finish();
        Ok(())
    })
}

/// What the newest snapshot told of, oldest first, into the caller's array of `capacity` elements.
/// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
/// if there are more than `capacity`, and the message says how many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_messages(
    receiver: *const tp_receiver,
    out_messages: *mut tp_seen_message,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let receiver = tp_receiver::read(receiver)?;
        let out = OutArray::new(out_messages, capacity, out_count, "out_messages")?;
        out.fill(seen(&receiver)?.messages.iter().map(Into::into))
    })
}

impl From<&SeenMessage> for tp_seen_message {
    fn from(message: &SeenMessage) -> Self {
        let arm = |weapon: Option<Weapon>| weapon.map_or(TP_NONE, |w| w as u8);
        let who = |slot: Option<u8>| slot.unwrap_or(TP_NONE);
        let none = tp_seen_message {
            tick: message.tick,
            x: 0.0,
            y: 0.0,
            value: 0,
            kind: 0,
            actor: TP_NONE,
            target: TP_NONE,
            weapon: TP_NONE,
            direction: 0,
            aux: 0,
            cutoff: 0,
            own: 0,
            placed: 0,
            reserved: 0,
        };
        let placed = |at: Option<Vec2>| match at {
            Some(at) => tp_seen_message { x: at.x, y: at.y, placed: 1, ..none },
            None => none,
        };
        match message.what {
            Happening::Sound { own, kind, gain, direction, cutoff } => tp_seen_message {
                kind: tp_seen_kind::Sound as u8,
                aux: kind as u8,
                value: gain.into(),
                direction,
                cutoff,
                own: own.into(),
                ..none
            },
            Happening::Fired { shooter, weapon, at, direction } => tp_seen_message {
                kind: tp_seen_kind::Fired as u8,
                actor: shooter,
                weapon: arm(weapon),
                direction,
                ..placed(Some(at))
            },
            Happening::Impact { shooter, weapon, what, at, whose } => tp_seen_message {
                kind: tp_seen_kind::Impact as u8,
                actor: who(shooter),
                target: who(whose),
                weapon: arm(weapon),
                aux: what,
                ..placed(at)
            },
            Happening::Hurt { whose, by, weapon, points } => tp_seen_message {
                kind: tp_seen_kind::Hurt as u8,
                actor: who(by),
                target: whose,
                weapon: arm(weapon),
                value: points,
                ..none
            },
            Happening::Died { who: whom, by, weapon, at } => tp_seen_message {
                kind: tp_seen_kind::Died as u8,
                actor: who(by),
                target: whom,
                weapon: arm(weapon),
                ..placed(at)
            },
            Happening::Exploded { weapon, at, thrower } => tp_seen_message {
                kind: tp_seen_kind::Exploded as u8,
                actor: who(thrower),
                weapon: arm(weapon),
                ..placed(Some(at))
            },
            Happening::Bounced { weapon, at } => {
                tp_seen_message { kind: tp_seen_kind::Bounced as u8, weapon: arm(weapon), ..placed(Some(at)) }
            }
            Happening::Thrown { who: thrower, weapon } => {
                tp_seen_message { kind: tp_seen_kind::Thrown as u8, actor: thrower, weapon: arm(weapon), ..none }
            }
            Happening::Denied { what } => tp_seen_message { kind: tp_seen_kind::Denied as u8, aux: what, ..none },
        }
    }
}

/// Asks for a loadout, and a team (tp_team; NONE: the present one), until an answer comes, which tp_seen_own tells of;
/// out_request: the number of the request. Borrows `loadout` for the call.
/// Changes the receiver: any thread, no other call at the same time. UNKNOWN_WEAPON or ILLEGAL_LOADOUT with the reason;
/// INVALID_ARGUMENT for another team.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_request_loadout(
    receiver: *mut tp_receiver,
    loadout: *const tp_loadout,
    team: u8,
    out_request: *mut u8,
) -> tp_result {
    guarded!({
        let mut receiver = tp_receiver::write(receiver)?;
        let loadout = pointer::value(loadout, "loadout")?.engine()?;
        let out = Out::new(out_request, "out_request")?;
        let team: Option<Team> = if team == 2 { None } else { Some(side(team, "team")?) };
        out.set(receiver.request_loadout(&loadout, team));
        Ok(())
    })
}

/// Asks for the own motion to the bit until it comes, in tp_seen_own: for a client that predicts and has gone astray.
/// Changes the receiver: any thread, no other call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_request_exact(receiver: *mut tp_receiver) -> tp_result {
    guarded!({
        tp_receiver::write(receiver)?.request_exact();
        Ok(())
    })
}

/// Writes the message with which a host ends a link, for a tp_farewell, into the caller's `capacity` bytes; one byte is
/// enough. `epoch`, 0 to 3, is that of the link: bits 2 and 3 of the first byte of any message that tp_world_packets had
/// for it.
/// Any thread. INVALID_ARGUMENT for another reason or epoch; SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_write_farewell(
    reason: u8,
    epoch: u8,
    out_bytes: *mut u8,
    capacity: usize,
    out_length: *mut usize,
) -> tp_result {
    guarded!({
        let out = OutArray::new(out_bytes, capacity, out_length, "out_bytes")?;
        let reason = FAREWELLS
            .get(usize::from(reason))
            .ok_or_else(|| Fail::invalid("reason", reason, "a tp_farewell, 0 to 3"))?;
        if epoch > 3 {
            return Err(Fail::invalid("epoch", epoch, "0 to 3"));
        }
        out.fill(reason.bytes(epoch).into_iter())
    })
}
