//! Saved matches: a header, then the columns as they are.
//!
//! | bytes | what |
//! | --- | --- |
//! | 0..4 | `TPSV` |
//! | 4..8 | format version |
//! | 8..16 | hash of the rules |
//! | 16..24 | hash of the map |
//! | 24..28 | tick rate |
//! | 28..32 | blocks of slices |
//! | 32..40 | xxh3 of all that follows |
//! | 40.. | `MatchState`, then the blocks; little-endian |

use super::state::{
    Block, CLOUDS, HISTORY, Match, MatchState, NO_WEAPON, NOBODY, PLAYERS, PROJECTILES, QUEUE, derive_cell,
};
use crate::map::{MAX_SLICES, PLAYFIELD};
use crate::rules::{INVENTORY, Weapon};
use crate::{Error, Result};
use bytemuck::Zeroable;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

const MAGIC: [u8; 4] = *b"TPSV";
/// Changes with every change of [`MatchState`] or [`Block`].
const VERSION: u32 = 3;
pub(super) const HEADER: usize = 40;

// The columns are written as they lie in memory.
const _: () =
    assert!(cfg!(target_endian = "little"), "saved matches are little-endian; add byte swaps for this target");

pub(crate) fn hash(game: &Match) -> u64 {
    let mut hasher = Xxh3::new();
    hasher.update(&game.rules.hash.to_le_bytes());
    hasher.update(&game.map.hash().to_le_bytes());
    hasher.update(&game.rules.tick_rate.to_le_bytes());
    hasher.update(bytemuck::bytes_of(&game.state));
    hasher.update(bytemuck::cast_slice(&game.blocks));
    hasher.digest()
}

pub(super) fn save(game: &Match, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&game.rules.hash.to_le_bytes());
    out.extend_from_slice(&game.map.hash().to_le_bytes());
    out.extend_from_slice(&game.rules.tick_rate.to_le_bytes());
    out.extend_from_slice(&(game.blocks.len() as u32).to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(bytemuck::bytes_of(&game.state));
    out.extend_from_slice(bytemuck::cast_slice(&game.blocks));
    let sum = xxh3_64(&out[HEADER..]).to_le_bytes();
    out[HEADER - 8..HEADER].copy_from_slice(&sum);
}

pub(super) fn restore(game: &mut Match, bytes: &[u8]) -> Result<()> {
    let bad = |field: &'static str, reason: String| Err(Error::BadSnapshot { field, reason });
    let want = HEADER + size_of::<MatchState>() + size_of_val::<[Block]>(&game.blocks);
    if bytes.len() < HEADER || bytes[..4] != MAGIC {
        return bad("magic", format!("{} bytes that do not begin with TPSV", bytes.len()));
    }
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default());
    let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap_or_default());
    if word(4) != VERSION {
        return bad("version", format!("{}; this engine reads {VERSION}", word(4)));
    }
    if long(8) != game.rules.hash {
        return bad("rules", format!("saved under rules {:016x}, this world has {:016x}", long(8), game.rules.hash));
    }
    if long(16) != game.map.hash() {
        return bad("map", format!("saved on map {:016x}, this match is on {:016x}", long(16), game.map.hash()));
    }
    if word(24) != game.rules.tick_rate {
        return bad("tick_rate", format!("saved at {}, this world has {}", word(24), game.rules.tick_rate));
    }
    if word(28) as usize != game.blocks.len() || bytes.len() != want {
        return bad("length", format!("{} bytes with {} blocks; {want} are expected", bytes.len(), word(28)));
    }
    if long(32) != xxh3_64(&bytes[HEADER..]) {
        return bad("checksum", "the bytes are damaged".to_owned());
    }
    let (columns, slices) = bytes[HEADER..].split_at(size_of::<MatchState>());
    let mut state = MatchState::zeroed();
    bytemuck::bytes_of_mut(&mut state).copy_from_slice(columns);
    // The bitsets behind each block's health are not looked at.
    let healths = slices.chunks_exact(size_of::<Block>()).map(|block| &block[..size_of::<[u16; 64]>()]);
    install(game, state, healths)
}

/// Turns a match into what these columns and healths (little-endian, 64 a block) say, wherever they come from.
pub(crate) fn install<'a>(
    game: &mut Match,
    mut state: MatchState,
    healths: impl Iterator<Item = &'a [u8]>,
) -> Result<()> {
    let bad = |field: &'static str, reason: String| Err(Error::BadSnapshot { field, reason });
    check(&state)?;
    let mut blocks = game.blocks.clone();
    let geometry = game.map.geometry();
    // Bitsets and rows are functions of the health, and a liar's are not kept: they are the match's own, and what differs
    // is worked out anew. The match's own health is sound, so that the rest need not be checked either.
    state.take_rows(&game.state);
    let mut changed = [0u64; MAX_SLICES / 64];
    for (b, (block, bytes)) in blocks.iter_mut().zip(healths).enumerate() {
        if bytemuck::bytes_of(&block.health) == bytes {
            continue;
        }
        for lane in 0..64 {
            let health = u16::from_le_bytes([bytes[lane * 2], bytes[lane * 2 + 1]]);
            if health == block.health[lane] {
                continue;
            }
            let most = geometry.max_health[b * 64 + lane];
            let border = most == u16::MAX;
            if health > most || border || geometry.missing[b] >> lane & 1 == 1 {
                return bad("slice health", format!("slice {} has {health}/64 of {most}/64", b * 64 + lane));
            }
            changed[b] |= 1 << lane;
            block.set_health(lane, health, geometry.see_through[b * 64 + lane]);
        }
    }
    for (b, mut left) in changed.into_iter().take(blocks.len()).enumerate() {
        while left != 0 {
            let slice = b * 64 + left.trailing_zeros() as usize;
            left &= left - 1;
            geometry.cells_of(slice).iter().for_each(|cell| derive_cell(&mut state, &blocks, geometry, (*cell).into()));
        }
    }
    crate::net::before(game);
    game.state = state;
    game.blocks = blocks;
    game.forget_sight();
    crate::net::after(game, crate::net::Change::Restored);
    super::op::restored(game);
    Ok(())
}

/// A checksum proves no good will: every value that an index or a formula trusts is checked.
fn check(s: &MatchState) -> Result<()> {
    let need = |ok: bool, field: &'static str, reason: &str| {
        if ok { Ok(()) } else { Err(Error::BadSnapshot { field, reason: reason.to_owned() }) }
    };
    let within = |lanes: &[f32; PLAYERS], low: f32, high: f32| lanes.iter().all(|v| *v >= low && *v <= high);
    need(within(&s.x, 0.0, PLAYFIELD.0) && within(&s.y, 0.0, PLAYFIELD.1), "position", "outside the playfield")?;
    need(within(&s.vx, -1e4, 1e4) && within(&s.vy, -1e4, 1e4), "velocity", "over 10000 px/s")?;
    need(within(&s.aim_x, -1.01, 1.01) && within(&s.aim_y, -1.01, 1.01), "aim", "no unit vector")?;
    need(within(&s.cursor_x, -2048.0, 2048.0) && within(&s.cursor_y, -2048.0, 2048.0), "cursor", "over 2048 px")?;
    need(within(&s.sight, 0.0, 1000.0) && within(&s.cone_cos, -1.0, 1.0), "sight", "out of range")?;
    let masks = [s.alive, s.blue, s.aiming, s.placed, s.heard, s.asks];
    need(masks.iter().all(|m| m & !s.joined == 0), "masks", "name slots that nobody has")?;
    need(s.alive & !s.placed == 0, "alive", "names a player who was never placed")?;
    need(s.over <= 1 && s.winner <= NOBODY, "winner", "0, 1 or 2 are the winners")?;
    need(s.kill_target >= 1, "kill_target", "0")?;
    need(s.spare == [0; 3] && s.spare2 == 0 && s.spare5 == 0 && s.spare3.iter().all(|b| *b == 0), "spare", "not 0")?;
    for slot in 0..PLAYERS {
        need(s.health[slot] >= 0 && s.health[slot] <= 500 * 64, "health", "0 to 500 points")?;
        need((0..=12 * 240).contains(&s.credit[slot]), "credit", "0 to 12 inputs")?;
        need(s.debt[slot] <= 120, "debt", "over 120 inputs")?;
        need((s.hand[slot] as usize) < INVENTORY, "hand", "0 to 4 are the places")?;
        need(s.queue_len[slot] as usize <= QUEUE, "queue_len", "0 to 12")?;
        need(s.gait[slot] <= 3 && s.stride_gait[slot] <= 3, "gait", "0 to 3")?;
        need((0.0..=2000.0).contains(&s.stride[slot]), "stride", "0 to 2000 px")?;
        need(s.killer[slot] as usize <= 7 || s.killer[slot] == super::NONE, "killer", "0 to 7, or 255")?;
        need(s.reload[slot] <= 20_000 && s.silence[slot] <= 20_000, "reload", "over 20000 ticks")?;
        need((0..=10_000_000).contains(&s.heat[slot]), "heat", "out of range")?;
        need(s.death_tick[slot] <= s.tick, "death_tick", "in the future")?;
        let alive_in_padding = s.joined >> slot & 1 == 0 && s.health[slot] != 0;
        need(!alive_in_padding, "health", "of a slot that nobody has")?;
        // Ids are made of it: beyond 29 bits nobody could name the player.
        let joined = s.joined >> slot & 1 == 1;
        need(s.generation[slot] < 1 << 29 && (s.generation[slot] > 0 || !joined), "generation", "1 to 2^29 - 1")?;
        let armed = s.in_hand(slot) != NO_WEAPON;
        let kept = s.loadout[slot][0] != NO_WEAPON;
        need((armed && kept) || s.joined >> slot & 1 == 0, "hand", "an empty place of the inventory")?;
        for place in 0..INVENTORY {
            let number = s.weapon[place][slot];
            need(number == NO_WEAPON || (number as usize) < Weapon::COUNT, "weapon", "0 to 14, or 255")?;
            let kept = s.loadout[slot][place];
            need(kept == NO_WEAPON || (kept as usize) < Weapon::COUNT, "loadout", "0 to 14, or 255")?;
            need((-20_000..=20_000).contains(&s.cooldown[place][slot]), "cooldown", "out of range")?;
            need(s.ammo[place][slot] <= 1000 && s.reserve[place][slot] <= 10_000, "ammo", "over 1000 or 10000")?;
        }
    }
    need(s.tick <= u32::MAX / 2, "tick", "over 2^31")?;
    let dead = |lane: usize| s.flying >> lane & 1 == 0;
    let field = |x: f32, y: f32| (0.0..=PLAYFIELD.0).contains(&x) && (0.0..=PLAYFIELD.1).contains(&y);
    need(s.left_owner & !s.flying == 0, "left_owner", "names projectiles that do not fly")?;
    for lane in 0..PROJECTILES {
        let moves = [s.pvx[lane], s.pvy[lane]].iter().all(|v| v.abs() <= 2000.0);
        need(field(s.px[lane], s.py[lane]) && moves, "projectile", "outside the playfield or over 2000 px/s")?;
        let range = [s.flown[lane], s.reach[lane]].iter().all(|v| (0.0..=20_000.0).contains(v));
        need(range, "projectile range", "over 20000 px")?;
        need((s.pweapon[lane] as usize) < Weapon::COUNT, "projectile weapon", "0 to 14")?;
        need(s.owner[lane] as usize <= 7 || s.owner[lane] == super::NONE, "projectile owner", "0 to 7, or 255")?;
        need(s.pteam[lane] <= 1 && s.born[lane] <= s.tick, "projectile", "no team, or born in the future")?;
        let zeros = s.px[lane] == 0.0 && s.pvx[lane] == 0.0 && s.number[lane] == 0 && s.fuse[lane] == 0;
        need(!dead(lane) || zeros, "projectile", "a dead lane that holds something")?;
    }
    for lane in 0..CLOUDS {
        need(field(s.cloud_x[lane], s.cloud_y[lane]), "cloud", "outside the playfield")?;
        need(s.cloud_born[lane] <= s.tick, "cloud", "born in the future")?;
    }
    for slot in 0..PLAYERS {
        need(
            (0.0..=1.0).contains(&s.flash[slot]) && s.flash_tick[slot] <= s.tick,
            "flash",
            "0 to 1, not in the future",
        )?;
        need(s.spawn_tick[slot] <= s.tick, "spawn_tick", "in the future")?;
    }
    need(s.past_tick.iter().all(|t| *t <= s.tick), "past_tick", "in the future")?;
    for i in 0..HISTORY {
        need(
            within(&s.past_x[i], 0.0, PLAYFIELD.0) && within(&s.past_y[i], 0.0, PLAYFIELD.1),
            "past position",
            "outside the playfield",
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GameMap, MatchDef, PlayerDef, World, WorldDef};

    /// What becomes of a saved match of one player whose columns were changed, with a checksum that fits.
    fn forged(change: impl FnOnce(&mut MatchState)) -> Result<()> {
        let map = GameMap::from_rects(&[], &[])?;
        let mut world = World::new(WorldDef::default())?;
        let game = world.create_match(&map, MatchDef::default())?;
        world.add_player(game, PlayerDef::default())?;
        let mut bytes = Vec::new();
        world.save(game, &mut bytes)?;
        let columns = HEADER..HEADER + size_of::<MatchState>();
        let mut state = MatchState::zeroed();
        bytemuck::bytes_of_mut(&mut state).copy_from_slice(&bytes[columns.clone()]);
        change(&mut state);
        bytes[columns].copy_from_slice(bytemuck::bytes_of(&state));
        let sum = xxh3_64(&bytes[HEADER..]).to_le_bytes();
        bytes[HEADER - 8..HEADER].copy_from_slice(&sum);
        world.restore(game, &bytes)
    }

    fn refused(field: &str, change: impl FnOnce(&mut MatchState)) {
        match forged(change) {
            Err(Error::BadSnapshot { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }

    /// Found by fuzzing: a player whose id does not fit into its 32 bits could never be named again.
    #[test]
    fn generations_that_no_id_has_are_refused() {
        forged(|_| {}).unwrap();
        forged(|s| s.generation[0] = (1 << 29) - 1).unwrap();
        refused("generation", |s| s.generation[0] = 1 << 29);
        refused("generation", |s| s.generation[0] = 0);
        refused("generation", |s| s.generation[7] = u32::MAX);
    }
}
