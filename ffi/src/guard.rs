//! Anti-cheat: evidence, standings, and positions that clients claim.

use crate::gate::{Gate, gated};
use crate::library::{name_at, terminated};
use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{tp_match_id, tp_player_id};
use crate::world::tp_world;
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::sync::LazyLock;
use trespasser::guard::positions::{Claim, Fault, PositionDef, Positions};
use trespasser::guard::{EVIDENCE_RING, Evidence, GuardDef, KINDS, Kind, Limits, Policy, Standing, Verdict};
use trespasser::{Gait, Vec2};

/// Pieces of evidence that a match keeps until they are drained: tp_match_drain_evidence wants room for this many.
pub const TP_MAX_EVIDENCE: u32 = 64;
/// Kinds of evidence: elements of tp_guard_def.weight, that of kind k at k - 1.
pub const TP_EVIDENCE_KINDS: usize = 21;

const _: () = assert!(TP_MAX_EVIDENCE as usize == EVIDENCE_RING && TP_EVIDENCE_KINDS == KINDS);

/// What a piece of evidence is about; tp_evidence.value has this unit. Numbers are never reused.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_evidence_kind {
    /// More game time than real time; inputs ahead.
    Speed = 1,
    /// A sequence number that jumps ahead of time; inputs ahead at once.
    Jump = 2,
    /// Inputs beyond the rate.
    InputFlood = 3,
    /// Messages beyond the rate.
    MessageFlood = 4,
    /// Bytes of messages beyond the rate.
    ByteFlood = 5,
    /// Messages that cannot be read, of late.
    BadMessages = 6,
    /// Acknowledges a tick that has not been played; ticks ahead.
    FutureAck = 7,
    /// A later input acknowledges an earlier tick; ticks back.
    BackwardAck = 8,
    /// A cursor that no client can send; px from the playfield's corner.
    Cursor = 9,
    /// Keys of the inventory within one input.
    Chord = 10,
    /// Presses of the trigger beyond the rate.
    ClickRate = 11,
    /// Presses at machine-regular intervals; inputs off even spacing.
    ClickRhythm = 12,
    /// Aim held on enemies of whom the player can know nothing; logarithm of the odds.
    HiddenAim = 13,
    /// Aim that follows such an enemy; px across the line.
    HiddenTrack = 14,
    /// Shots at such enemies; logarithm of the odds.
    HiddenShot = 15,
    /// Reactions beyond the human; ms.
    Reaction = 16,
    /// From an enemy under the crosshair to the trigger; ms.
    Trigger = 17,
    /// A turn that ends on a body's middle at once; px off.
    Snap = 18,
    /// Aim locked on a moving enemy; px off.
    Lock = 19,
    /// As any of these, at a decoy.
    Decoy = 20,
    /// A position that a client claims; px beyond what could be reached.
    Position = 21,
}

const _: () = {
    use tp_evidence_kind as ours;
    let pairs = [
        (ours::Speed, Kind::Speed),
        (ours::Jump, Kind::Jump),
        (ours::InputFlood, Kind::InputFlood),
        (ours::MessageFlood, Kind::MessageFlood),
        (ours::ByteFlood, Kind::ByteFlood),
        (ours::BadMessages, Kind::BadMessages),
        (ours::FutureAck, Kind::FutureAck),
        (ours::BackwardAck, Kind::BackwardAck),
        (ours::Cursor, Kind::Cursor),
        (ours::Chord, Kind::Chord),
        (ours::ClickRate, Kind::ClickRate),
        (ours::ClickRhythm, Kind::ClickRhythm),
        (ours::HiddenAim, Kind::HiddenAim),
        (ours::HiddenTrack, Kind::HiddenTrack),
        (ours::HiddenShot, Kind::HiddenShot),
        (ours::Reaction, Kind::Reaction),
        (ours::Trigger, Kind::Trigger),
        (ours::Snap, Kind::Snap),
        (ours::Lock, Kind::Lock),
        (ours::Decoy, Kind::Decoy),
        (ours::Position, Kind::Position),
    ];
    assert!(pairs.len() == KINDS);
    let mut i = 0;
    while i < pairs.len() {
        assert!(pairs[i].0 as u8 == pairs[i].1 as u8);
        i += 1;
    }
};

/// What is advised for a player; acting on it is the host's business.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_verdict {
    /// Nothing to speak of.
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

const VERDICTS: [Verdict; 5] = [Verdict::Clear, Verdict::Suspect, Verdict::Flag, Verdict::Kick, Verdict::Ban];

const _: () = {
    assert!(tp_verdict::Clear as u8 == Verdict::Clear as u8 && tp_verdict::Suspect as u8 == Verdict::Suspect as u8);
    assert!(tp_verdict::Flag as u8 == Verdict::Flag as u8 && tp_verdict::Kick as u8 == Verdict::Kick as u8);
    assert!(tp_verdict::Ban as u8 == Verdict::Ban as u8);
};

static KIND_NAMES: LazyLock<Vec<CString>> = LazyLock::new(|| terminated(Kind::ALL.into_iter().map(Kind::name)));
static VERDICT_NAMES: LazyLock<Vec<CString>> = LazyLock::new(|| terminated(VERDICTS.into_iter().map(Verdict::name)));

/// What a guard is made with. 216 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_guard_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// Share by which an honest client's clock may be fast, 0 to 0.1.
    pub drift: f32,
    /// Seconds that a client may come to be ahead of the earliest arrivals so far, 0.1 to 10.
    pub slack_s: f32,
    /// Times that a host pushes each input at most, 1 to 16.
    pub repeats: f32,
    /// Messages a second, 20 to 1000.
    pub messages_per_s: f32,
    /// Bytes of messages a second, 100 to 1000000.
    pub bytes_per_s: f32,
    /// Presses of the trigger a second, 5 to 60.
    pub clicks_per_s: f32,
    /// By tp_evidence_kind less 1: what a piece of grade 1 adds to the score, 0 to 100.
    pub weight: [f32; TP_EVIDENCE_KINDS],
    /// The same: seconds in which it halves, 1 to 86400.
    pub half_life_s: [f32; TP_EVIDENCE_KINDS],
    /// Score from which on a player is a suspect, of all kinds; above 0. The four ascend; infinite: never.
    pub suspect: f32,
    /// Score from which on a player is flagged, of all kinds.
    pub flag: f32,
    /// Score from which on a kick is advised, of the kinds that are not statistical.
    pub kick: f32,
    /// Score from which on a ban is advised, of the kinds that are not statistical.
    pub ban: f32,
    /// 1: statistical kinds count for kicks, too.
    pub kick_on_statistics: u8,
    /// 1: statistical kinds count for bans, too.
    pub ban_on_statistics: u8,
    /// Unused.
    pub reserved: [u8; 2],
}

const _: () = assert!(size_of::<tp_guard_def>() == 216);

impl tp_guard_def {
    fn engine(&self) -> Outcome<GuardDef> {
        let flag = |number: u8, field: &str| match number {
            0 | 1 => Ok(number == 1),
            other => Err(Fail::invalid(field, other, "0 or 1")),
        };
        Ok(GuardDef {
            limits: Limits {
                drift: self.drift,
                slack_s: self.slack_s,
                repeats: self.repeats,
                messages_per_s: self.messages_per_s,
                bytes_per_s: self.bytes_per_s,
                clicks_per_s: self.clicks_per_s,
            },
            policy: Policy {
                weight: self.weight,
                half_life_s: self.half_life_s,
                suspect: self.suspect,
                flag: self.flag,
                kick: self.kick,
                ban: self.ban,
                kick_on_statistics: flag(self.kick_on_statistics, "def->kick_on_statistics")?,
                ban_on_statistics: flag(self.ban_on_statistics, "def->ban_on_statistics")?,
            },
        })
    }
}

/// A piece of evidence. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub struct tp_evidence {
    /// Whom it is about.
    pub player_id: tp_player_id,
    /// Tick after which, or in which, it was found.
    pub tick: u32,
    /// What was measured, in the unit of its kind.
    pub value: f32,
    /// The limit it is held against, in the same unit.
    pub limit: f32,
    /// How much it says, above 0 to 1.
    pub grade: f32,
    /// tp_evidence_kind.
    pub kind: u8,
    /// 1: of a kind that says how likely chance would be, not that something impossible was done.
    pub statistical: u8,
    /// 0.
    pub reserved: [u8; 6],
}

const _: () = assert!(size_of::<tp_evidence>() == 32);

impl From<&Evidence> for tp_evidence {
    fn from(e: &Evidence) -> Self {
        tp_evidence {
            player_id: e.player().into(),
            tick: e.tick,
            value: e.value,
            limit: e.limit,
            grade: e.grade,
            kind: e.kind,
            statistical: e.kind().is_some_and(Kind::is_statistical).into(),
            reserved: [0; 6],
        }
    }
}

/// How a player stands. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_standing {
    /// Who.
    pub player_id: tp_player_id,
    /// Score of all kinds, now.
    pub score: f32,
    /// Score of the kinds that are not statistical, now.
    pub certain: f32,
    /// Pieces of evidence so far.
    pub evidence: u32,
    /// Tick in which the player was first flagged; 0: not yet.
    pub flag_tick: u32,
    /// The gravest tp_verdict so far.
    pub verdict: u8,
    /// The tp_evidence_kind that weighs most now; 0: none.
    pub worst: u8,
    /// 1: a decoy would tell more.
    pub wants_decoy: u8,
    /// 0.
    pub reserved: [u8; 5],
}

const _: () = assert!(size_of::<tp_standing>() == 32);

impl tp_standing {
    fn new(player_id: tp_player_id, s: &Standing) -> tp_standing {
        tp_standing {
            player_id,
            score: s.score,
            certain: s.certain,
            evidence: s.evidence,
            flag_tick: s.flag_tick,
            verdict: s.verdict as u8,
            worst: s.worst.map_or(0, |kind| kind as u8),
            wants_decoy: s.wants_decoy.into(),
            reserved: [0; 5],
        }
    }
}

/// Lower-case name of a tp_evidence_kind, null for other numbers. Owned by the library, valid forever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_evidence_kind_name(kind: u8) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&KIND_NAMES, usize::from(kind).wrapping_sub(1))) })
}

/// Lower-case name of a tp_verdict, null for other numbers. Owned by the library, valid forever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_verdict_name(verdict: u8) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&VERDICT_NAMES, verdict.into())) })
}

/// The limits and the policy of the engine; statistics alone neither kick nor ban. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_guard_default_def() -> tp_guard_def {
    let def = tp_guard_def {
        size: size_of::<tp_guard_def>() as u32,
        drift: 0.0,
        slack_s: 0.0,
        repeats: 0.0,
        messages_per_s: 0.0,
        bytes_per_s: 0.0,
        clicks_per_s: 0.0,
        weight: [0.0; TP_EVIDENCE_KINDS],
        half_life_s: [0.0; TP_EVIDENCE_KINDS],
        suspect: 0.0,
        flag: 0.0,
        kick: 0.0,
        ban: 0.0,
        kick_on_statistics: 0,
        ban_on_statistics: 0,
        reserved: [0; 2],
    };
    guarded!(or def, {
        let GuardDef { limits, policy } = GuardDef::default();
        let Limits { drift, slack_s, repeats, messages_per_s, bytes_per_s, clicks_per_s } = limits;
        let Policy { weight, half_life_s, suspect, flag, kick, ban, kick_on_statistics, ban_on_statistics } = policy;
        Ok(tp_guard_def {
            size: def.size,
            drift,
            slack_s,
            repeats,
            messages_per_s,
            bytes_per_s,
            clicks_per_s,
            weight,
            half_life_s,
            suspect,
            flag,
            kick,
            ban,
            kick_on_statistics: kick_on_statistics.into(),
            ban_on_statistics: ban_on_statistics.into(),
            reserved: [0; 2],
        })
    })
}

/// Watches a match's players from now on, or anew with another definition: what was found before is forgotten. Nothing
/// changes in the simulation; suspects are sent decoys. Borrows `def` for the call.
/// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT names the field and its limit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_guard(
    world: *mut tp_world,
    match_id: tp_match_id,
    def: *const tp_guard_def,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let def = pointer::definition(def, tp_guard_default_def(), &[216], "def")?.engine()?;
        Ok(world.guard(match_id.engine(), def)?)
    })
}

/// Watches a match no more; evidence that waits is gone.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_unguard(world: *mut tp_world, match_id: tp_match_id) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.unguard(match_id.engine())?) })
}

/// Leaves one player unwatched (0) or watches again (1), until the player leaves: for bots and for those whom a host
/// drives.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not guarded;
/// INVALID_ARGUMENT if watched is neither.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_guard(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    watched: u8,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        if watched > 1 {
            return Err(Fail::invalid("watched", watched, "0 or 1"));
        }
        Ok(world.guard_player(match_id.engine(), player_id.engine()?, watched == 1)?)
    })
}

/// Moves a match's evidence since the last drain, oldest first, into the caller's array of `capacity` elements,
/// TP_MAX_EVIDENCE at least. None for a match that is not guarded. out_lost: pieces lost before these because more waited;
/// those still count in the standing.
/// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_drain_evidence(
    world: *mut tp_world,
    match_id: tp_match_id,
    out_evidence: *mut tp_evidence,
    capacity: usize,
    out_count: *mut usize,
    out_lost: *mut u64,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let mut out = OutArray::new(out_evidence, capacity, out_count, "out_evidence")?;
        let out_lost = Out::new(out_lost, "out_lost")?;
        out.check(EVIDENCE_RING)?;
        let lost = world.drain_evidence(match_id.engine(), |evidence| out.push(evidence.into()))?;
        out.finish();
        out_lost.set(lost);
        Ok(())
    })
}

/// How a player stands. Clear in a match that is not guarded.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_standing(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_standing: *mut tp_standing,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_standing, "out_standing")?;
        out.set(tp_standing::new(player_id, &world.standing(match_id.engine(), player_id.engine()?)?));
        Ok(())
    })
}

/// How all players of a match stand, by slot, at most TP_MAX_PLAYERS, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_standings(
    world: *const tp_world,
    match_id: tp_match_id,
    out_standings: *mut tp_standing,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_standings, capacity, out_count, "out_standings")?;
        out.check(world.view(match_id.engine())?.joined().count_ones() as usize)?;
        world.verdicts(match_id.engine(), |id, standing| out.push(tp_standing::new(id.into(), &standing)))?;
        out.finish();
        Ok(())
    })
}

/// Says where the decoy stands that a player's client alone is shown in this tick (1), px, or that there is none (0): for
/// hosts that make their own. The wire does it by itself.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not guarded;
/// INVALID_ARGUMENT if shown is neither, or for a place that is none of the playfield.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_set_decoy(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    shown: u8,
    x: f32,
    y: f32,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        if shown > 1 {
            return Err(Fail::invalid("shown", shown, "0 or 1"));
        }
        let at = (shown == 1).then_some(Vec2::new(x, y));
        Ok(world.set_decoy(match_id.engine(), player_id.engine()?, at)?)
    })
}

/// The positions that a match's clients have claimed so far, for hosts that accept claims; one for each match. Calls that
/// change it must be alone, and get or give BUSY if they are not.
pub struct tp_positions {
    gate: Gate<Positions>,
}

gated!(tp_positions, Positions, "positions");

/// How claims are judged. 16 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_position_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// Share by which a way may be longer than its gait allows, 0 to 1.
    pub tolerance: f32,
    /// px for rounding besides, 0 to 10.
    pub rounding: f32,
    /// Seconds of the client's time that can be saved up, 0.1 to 10.
    pub saved_s: f32,
}

const _: () = assert!(size_of::<tp_position_def>() == 16);

/// What a client says. 24 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_claim {
    /// The client's clock, ms, from any moment on; finite.
    pub time_ms: f64,
    /// Centre of the body, px; any number.
    pub x: f32,
    /// Centre of the body, px; any number.
    pub y: f32,
    /// tp_gait. IDLE coasts at the speed of the claim before.
    pub gait: u8,
    /// Unused.
    pub reserved: [u8; 7],
}

const _: () = assert!(size_of::<tp_claim>() == 24);

/// What is wrong with a claim.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_fault {
    /// Nothing: the claim stands.
    None = 0,
    /// A coordinate that is no number, or outside the playfield.
    Outside = 1,
    /// Farther than its gait allows in the time.
    Speed = 2,
    /// Five times that and more, and 20 px.
    Teleport = 3,
    /// Slices stand in the way.
    Wall = 4,
    /// The dead do not move.
    Dead = 5,
}

const _: () = {
    assert!(tp_fault::Outside as u8 == Fault::Outside as u8 && tp_fault::Speed as u8 == Fault::Speed as u8);
    assert!(tp_fault::Teleport as u8 == Fault::Teleport as u8 && tp_fault::Wall as u8 == Fault::Wall as u8);
    assert!(tp_fault::Dead as u8 == Fault::Dead as u8);
};

/// What a claim is worth. 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_checked {
    /// Of kind POSITION, if there is a fault; else zeros.
    pub evidence: tp_evidence,
    /// Where the body may be taken to stand, px: as claimed, or as far towards it as it can have come.
    pub x: f32,
    /// px.
    pub y: f32,
    /// tp_fault.
    pub fault: u8,
    /// 0.
    pub reserved: [u8; 7],
}

const _: () = assert!(size_of::<tp_checked>() == 48);

/// 10%, half a pixel, 2 seconds. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_position_default_def() -> tp_position_def {
    let def =
        tp_position_def { size: size_of::<tp_position_def>() as u32, tolerance: 0.0, rounding: 0.0, saved_s: 0.0 };
    guarded!(or def, {
        let PositionDef { tolerance, rounding, saved_s } = PositionDef::default();
        Ok(tp_position_def { size: def.size, tolerance, rounding, saved_s })
    })
}

/// No claim yet. The caller owns it and ends it with tp_positions_destroy; `def` is borrowed for the call. Any thread.
/// INVALID_ARGUMENT names the field and its limit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_positions_create(
    def: *const tp_position_def,
    out_positions: *mut *mut tp_positions,
) -> tp_result {
    guarded!({
        let def = pointer::definition(def, tp_position_default_def(), &[16], "def")?;
        let out = Out::new(out_positions, "out_positions")?;
        let tp_position_def { tolerance, rounding, saved_s, .. } = def;
        tp_positions::hand_over(Positions::new(PositionDef { tolerance, rounding, saved_s })?, out);
        Ok(())
    })
}

/// Ends a match's claims; null is nothing. The caller gives up ownership: no other call on them at the same time or later.
/// Any thread. BUSY if a call is inside; then they live on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_positions_destroy(positions: *mut tp_positions) -> tp_result {
    guarded!({ tp_positions::take_back(positions) })
}

/// Judges a claim by the match as of its last tick, and remembers where the body then stands. The first claim of a player,
/// or of a life, is held against where the engine has the body. Borrows `claim` for the call.
/// Changes the positions and reads the world: any thread, no other call on the positions and no changing call on the world
/// at the same time. STALE_ID; INVALID_ARGUMENT for a clock that is not finite or a gait that is no tp_gait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_positions_check(
    positions: *mut tp_positions,
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    claim: *const tp_claim,
    out_checked: *mut tp_checked,
) -> tp_result {
    guarded!({
        let mut positions = tp_positions::write(positions)?;
        let world = tp_world::read(world)?;
        let claim = pointer::value(claim, "claim")?;
        let out = Out::new(out_checked, "out_checked")?;
        let gait = *[Gait::Idle, Gait::Sneaking, Gait::Walking, Gait::Running]
            .get(usize::from(claim.gait))
            .ok_or_else(|| Fail::invalid("claim->gait", claim.gait, "a tp_gait, 0 to 3"))?;
        let claim = Claim { position: Vec2::new(claim.x, claim.y), time_ms: claim.time_ms, gait };
        let checked = positions.check(&world.view(match_id.engine())?, player_id.engine()?, &claim)?;
        out.set(tp_checked {
            evidence: checked.evidence.as_ref().map(Into::into).unwrap_or_default(),
            x: checked.position.x,
            y: checked.position.y,
            fault: checked.fault.map_or(tp_fault::None as u8, |fault| fault as u8),
            reserved: [0; 7],
        });
        Ok(())
    })
}

/// Forgets a player's claims, as after the host has moved the body: the next is held against where the engine has it.
/// Changes the positions: any thread, no other call on them at the same time. STALE_ID for an id that no player has had.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_positions_forget(positions: *mut tp_positions, player_id: tp_player_id) -> tp_result {
    guarded!({
        let mut positions = tp_positions::write(positions)?;
        if player_id.raw < 8 {
            return Err(trespasser::Error::StaleId { what: "player", id: player_id.raw }.into());
        }
        positions.forget(player_id.engine()?);
        Ok(())
    })
}
