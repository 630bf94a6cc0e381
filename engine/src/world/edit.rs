//! What a host makes of one player past the rules of the game: for a host that keeps its own book of players, for
//! training grounds and for debugging. Clients can ask for none of it.

use super::event::NONE;
use super::op::numbers;
use super::state::{Gait, Match, MatchState, NO_WEAPON, PLAYERS};
use super::{Buttons, MatchId, PlayerId, World};
use crate::net::{self as wire, Change};
use crate::rules::{INVENTORY, Loadout, POINT, Team};
use crate::{Error, Result, Vec2, sim};

/// A player as the host wants the player to be, in one respect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// The body is moved to the free spot nearest to there, by the walls as they stand, and stands still. Floats by their
    /// bits, px; see [`Edit::place`].
    Place {
        /// Of x.
        x: u32,
        /// Of y.
        y: u32,
    },
    /// Health left, of the living.
    Health {
        /// 1/64 points, 1 to full health.
        points: u16,
    },
    /// Lives again where the body lies, in full health, with what is in its hands.
    Revive,
    /// Lies down dead: no death is counted, and no event tells of one.
    Fell,
    /// What the score says of the player. The team's kills stay as they are.
    Score {
        /// Enemies killed.
        kills: u16,
        /// Times died.
        deaths: u16,
    },
    /// The side, of the living too, who know the new side's players at once.
    Team(Team),
    /// What is carried, of the living too: full magazines, the primary weapon in hand.
    Loadout(Loadout),
    /// The weapon in hand.
    Hold {
        /// 0 to 4, one that holds a weapon.
        place: u8,
    },
    /// Rounds of a weapon.
    Rounds {
        /// 0 to 4, one that holds a weapon.
        place: u8,
        /// In the magazine, at most a full one.
        ammo: u16,
        /// Besides, at most the rule book's.
        reserve: u16,
    },
    /// Placed at a spawn of the own team, as by a respawn that is granted, whether dead or alive.
    Spawn,
}

impl Edit {
    /// [`Edit::Place`]; px, moved into the field if outside of it.
    pub fn place(at: Vec2) -> Edit {
        Edit::Place { x: at.x.to_bits(), y: at.y.to_bits() }
    }
}

impl World {
    /// Makes a player what the host wants.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::InvalidArgument`] for a coordinate that is not finite, and for health, a place or
    /// rounds out of range; [`Error::NotAllowed`] where the player has no body yet, does not live, or lives already.
    pub fn edit_player(&mut self, id: MatchId, player: PlayerId, edit: Edit) -> Result<()> {
        self.act(id, player, |slot| super::Op::Edit { slot, edit })
    }

    /// Takes everything out of the air, without a bang.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn clear_projectiles(&mut self, id: MatchId) -> Result<()> {
        self.apply(id, &super::Op::Clear).map(drop)
    }
}

pub(super) fn check(game: &Match, slot: u8, edit: &Edit) -> Result<()> {
    let (state, rules) = (&game.state, &game.rules);
    let lane = usize::from(slot);
    let (placed, alive) = (state.placed >> slot & 1 == 1, state.alive >> slot & 1 == 1);
    let refuse = |reason| Err(Error::NotAllowed { action: "editing the player", reason });
    let armed = |place: u8| {
        let at = usize::from(place);
        let weapon = if at < INVENTORY { state.weapon[at][lane] } else { NO_WEAPON };
        let rule = rules.weapons.get(usize::from(weapon));
        rule.ok_or_else(|| Error::invalid("place", place, "0 to 4, one that holds a weapon"))
    };
    match *edit {
        Edit::Place { x, y } => {
            for (field, bits) in [("x", x), ("y", y)] {
                let value = f32::from_bits(bits);
                if !value.is_finite() {
                    return Err(Error::invalid(field, value, "a finite number of playfield pixels"));
                }
            }
            if !placed {
                return refuse("the player has no body yet; spawn it first");
            }
        }
        Edit::Health { points } => {
            if !(1..=rules.health).contains(&i32::from(points)) {
                let most = rules.health / POINT;
                let value = f32::from(points) / POINT as f32;
                return Err(Error::invalid("points", value, format!("1/64 to {most}; `fell` makes it 0")));
            }
            if !alive {
                return refuse("the player is dead; revive it first");
            }
        }
        Edit::Revive if !placed => return refuse("the player has no body yet; spawn it first"),
        Edit::Revive if alive => return refuse("the player is alive"),
        Edit::Fell if !alive => return refuse("the player is dead"),
        Edit::Hold { place } => drop(armed(place)?),
        Edit::Rounds { place, ammo, reserve } => {
            let rule = armed(place)?;
            if ammo > rule.magazine {
                return Err(Error::invalid("ammo", ammo, format!("0 to {}", rule.magazine)));
            }
            if reserve > rule.reserve {
                return Err(Error::invalid("reserve", reserve, format!("0 to {}", rule.reserve)));
            }
        }
        _ => {}
    }
    Ok(())
}

/// Does what [`check`] has let through.
pub(super) fn apply(game: &mut Match, slot: u8, edit: &Edit) {
    let lane = usize::from(slot);
    match *edit {
        Edit::Place { x, y } => {
            let blocks = &game.blocks;
            let stands = |slice: usize| blocks[slice / 64].gone >> (slice % 64) & 1 == 0;
            // Nowhere at all is free: the body stays.
            let wish = Vec2::new(f32::from_bits(x), f32::from_bits(y));
            let Some(at) = game.map.geometry().nearest_fit(wish, stands) else { return };
            moved(game, lane, |game| {
                let state = &mut game.state;
                (state.x[lane], state.y[lane]) = (at.x, at.y);
                (state.vx[lane], state.vy[lane]) = (0.0, 0.0);
                state.gait[lane] = Gait::Idle as u8;
                (state.stride[lane], state.stride_gait[lane]) = (0.0, 0);
                // Clients that predict are told where they are as at the beginning of a life.
                state.spawn_tick[lane] = state.tick;
            });
        }
        Edit::Health { points } => game.state.health[lane] = points.into(),
        Edit::Revive => moved(game, lane, |game| sim::revive(&mut game.state, &game.rules, lane)),
        Edit::Fell => moved(game, lane, |game| sim::fell(&mut game.state, lane, NONE)),
        Edit::Score { kills, deaths } => (game.state.kills[lane], game.state.deaths[lane]) = (kills, deaths),
        Edit::Team(team) => moved(game, lane, |game| {
            let bit = 1u8 << lane;
            game.state.blue = if team == Team::Blue { game.state.blue | bit } else { game.state.blue & !bit };
        }),
        Edit::Loadout(loadout) => {
            game.state.loadout[lane] = numbers(&loadout);
            sim::equip(&mut game.state, &game.rules, lane);
            game.state.charge[lane] = 0;
        }
        Edit::Hold { place } => {
            if game.state.hand[lane] != place {
                game.state.hand[lane] = place;
                game.state.reload[lane] = 0;
                game.state.charge[lane] = 0;
            }
        }
        Edit::Rounds { place, ammo, reserve } => {
            game.state.ammo[usize::from(place)][lane] = ammo;
            game.state.reserve[usize::from(place)][lane] = reserve;
        }
        Edit::Spawn => moved(game, lane, |game| {
            // What was asked of the body before is not asked of the new one.
            game.state.host_taps[lane] = Buttons::NONE;
            sim::spawn_now(game, lane);
        }),
    }
}

/// What has happened is told while it is known to whom; nobody sees the body, and it sees nobody, before the next tick
/// has looked; a shot that is rewound does not find it where it was.
fn moved(game: &mut Match, lane: usize, change: impl FnOnce(&mut Match)) {
    wire::before(game);
    change(game);
    let state: &mut MatchState = &mut game.state;
    state.sees[lane] = 0;
    for viewer in 0..PLAYERS {
        state.sees[viewer] &= !(1 << lane);
    }
    let (x, y) = (state.x[lane], state.y[lane]);
    state.past_x.iter_mut().for_each(|row| row[lane] = x);
    state.past_y.iter_mut().for_each(|row| row[lane] = y);
    wire::after(game, Change::Teams);
}
