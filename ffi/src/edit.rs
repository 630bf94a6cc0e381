//! What a host makes of one player past the rules of the game.

use crate::pointer;
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{side, tp_loadout, tp_match_id, tp_player_id};
use crate::world::tp_world;
use trespasser::{Edit, Vec2};

/// In which respect a player is edited; the fields of tp_edit that count. Numbers are never reused.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_edit_kind {
    /// x, y: the body is moved to the free spot nearest to there, and stands still.
    Place = 1,
    /// points: health left, of the living.
    Health = 2,
    /// None: lives again where the body lies, in full health, with what is in its hands.
    Revive = 3,
    /// None: lies down dead; no death is counted, and no event tells of one.
    Fell = 4,
    /// kills, deaths: what the score says of the player; the team's kills stay as they are.
    Score = 5,
    /// team: the side, of the living too.
    Team = 6,
    /// loadout: what is carried, of the living too: full magazines, the primary weapon in hand.
    Loadout = 7,
    /// place: the weapon in hand.
    Hold = 8,
    /// place, ammo, reserve: rounds of a weapon.
    Rounds = 9,
    /// None: placed at a spawn of the own team, as by a respawn that is granted, whether dead or alive.
    Spawn = 10,
}

/// A player as the host wants the player to be, in one respect. 32 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_edit {
    /// px, moved into the field if outside of it.
    pub x: f32,
    /// px.
    pub y: f32,
    /// 1/64 points, 1 to full health.
    pub points: u16,
    /// Enemies killed.
    pub kills: u16,
    /// Times died.
    pub deaths: u16,
    /// Rounds in the magazine, at most a full one.
    pub ammo: u16,
    /// Rounds besides, at most the rule book's.
    pub reserve: u16,
    /// What is carried.
    pub loadout: tp_loadout,
    /// tp_edit_kind.
    pub kind: u8,
    /// tp_team.
    pub team: u8,
    /// 0 to 4, one that holds a weapon.
    pub place: u8,
    /// Unused.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_edit>() == 32);

impl tp_edit {
    fn engine(&self) -> Outcome<Edit> {
        use tp_edit_kind as kind;
        const PLACE: u8 = kind::Place as u8;
        const HEALTH: u8 = kind::Health as u8;
        const REVIVE: u8 = kind::Revive as u8;
        const FELL: u8 = kind::Fell as u8;
        const SCORE: u8 = kind::Score as u8;
        const TEAM: u8 = kind::Team as u8;
        const LOADOUT: u8 = kind::Loadout as u8;
        const HOLD: u8 = kind::Hold as u8;
        const ROUNDS: u8 = kind::Rounds as u8;
        const SPAWN: u8 = kind::Spawn as u8;
        Ok(match self.kind {
            PLACE => Edit::place(Vec2::new(self.x, self.y)),
            HEALTH => Edit::Health { points: self.points },
            REVIVE => Edit::Revive,
            FELL => Edit::Fell,
            SCORE => Edit::Score { kills: self.kills, deaths: self.deaths },
            TEAM => Edit::Team(side(self.team, "edit->team")?),
            LOADOUT => Edit::Loadout(self.loadout.engine()?),
            HOLD => Edit::Hold { place: self.place },
            ROUNDS => Edit::Rounds { place: self.place, ammo: self.ammo, reserve: self.reserve },
            SPAWN => Edit::Spawn,
            other => return Err(Fail::invalid("edit->kind", other, "a tp_edit_kind, 1 to 10")),
        })
    }
}

/// Makes a player what the host wants, past the rules of the game. Borrows `edit` for the call.
/// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT names the field and its limit;
/// UNKNOWN_WEAPON and ILLEGAL_LOADOUT for a loadout; NOT_ALLOWED where the player has no body yet, does not live, or lives
/// already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_edit(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    edit: *const tp_edit,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let edit = pointer::value(edit, "edit")?.engine()?;
        Ok(world.edit_player(match_id.engine(), player_id.engine()?, edit)?)
    })
}

/// Takes everything out of the air, without a bang.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_clear_projectiles(world: *mut tp_world, match_id: tp_match_id) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.clear_projectiles(match_id.engine())?) })
}
