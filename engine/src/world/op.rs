//! What a host does to a match, as data: the one door through which anything but a tick changes its state, so that
//! whatever comes through it can be recorded and played again.

use super::edit::{self, Edit};
use super::event::{Event, EventKind, NONE};
use super::input::{Buttons, InputCmd};
use super::state::{Match, MatchState, NO_WEAPON, PLAYERS};
use crate::net::{self as wire, Change};
use crate::rules::{INVENTORY, Loadout, Team, Weapon};
use crate::{Error, Result, sim};

/// A call that changes a match. Together with the ticks between them, a match's operations are all that its state
/// depends on, beside map, rules, tick rate, seed and kill target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// [`super::World::push_input`], or an input that [`super::World::receive`] took.
    Input {
        /// Whose, 0 to 7.
        slot: u8,
        /// As it came.
        input: InputCmd,
    },
    /// [`super::World::tap`].
    Tap {
        /// Whose, 0 to 7.
        slot: u8,
        /// Pressed for the next tick.
        buttons: Buttons,
    },
    /// [`super::World::throw`].
    Throw {
        /// Whose, 0 to 7.
        slot: u8,
        /// 1 to the rule set's levels.
        level: u8,
    },
    /// [`super::World::add_player`]: into the lowest slot that is free.
    Join {
        /// Which slot that is.
        slot: u8,
        /// Side.
        team: Team,
        /// What is carried.
        loadout: Loadout,
        /// Placed at once.
        spawn: bool,
    },
    /// [`super::World::remove_player`].
    Leave {
        /// Who, 0 to 7.
        slot: u8,
    },
    /// [`super::World::set_team`].
    SetTeam {
        /// Who, 0 to 7.
        slot: u8,
        /// The new side.
        team: Team,
    },
    /// [`super::World::set_loadout`].
    SetLoadout {
        /// Who, 0 to 7.
        slot: u8,
        /// What is carried from the next placing on.
        loadout: Loadout,
    },
    /// [`super::World::give_weapon`].
    Give {
        /// Who, 0 to 7.
        slot: u8,
        /// Put into the hands.
        weapon: Weapon,
    },
    /// [`super::World::kill_player`].
    Kill {
        /// Who, 0 to 7.
        slot: u8,
    },
    /// [`super::World::edit_player`].
    Edit {
        /// Who, 0 to 7.
        slot: u8,
        /// In what respect.
        edit: Edit,
    },
    /// [`super::World::repair_walls`].
    Repair,
    /// [`super::World::clear_projectiles`].
    Clear,
    /// [`super::World::reset_match`].
    Reset {
        /// The match's new seed.
        seed: u64,
    },
}

impl Op {
    /// The slot it is about; `None` for those about the whole match.
    pub fn slot(&self) -> Option<u8> {
        match *self {
            Op::Input { slot, .. }
            | Op::Tap { slot, .. }
            | Op::Throw { slot, .. }
            | Op::Join { slot, .. }
            | Op::Leave { slot }
            | Op::SetTeam { slot, .. }
            | Op::SetLoadout { slot, .. }
            | Op::Give { slot, .. }
            | Op::Kill { slot }
            | Op::Edit { slot, .. } => Some(slot),
            Op::Repair | Op::Clear | Op::Reset { .. } => None,
        }
    }
}

/// Weapon numbers of the places of a loadout.
pub(super) fn numbers(loadout: &Loadout) -> [u8; INVENTORY] {
    loadout.weapons().map(|w| w.map_or(NO_WEAPON, |w| w as u8))
}

/// That of the next player in a slot: 29 bits; after 500 million joins in one lane ids repeat.
pub(crate) fn next_generation(last: u32) -> u32 {
    (last % ((1 << 29) - 1)) + 1
}

/// Whether an operation may be done now; every value that comes from outside is checked here.
pub(super) fn check(game: &Match, op: &Op) -> Result<()> {
    let state = &game.state;
    if let Some(slot) = op.slot() {
        let slot = usize::from(slot);
        if slot >= PLAYERS {
            return Err(Error::invalid("slot", slot, "0 to 7"));
        }
        let there = state.joined >> slot & 1 == 1;
        match op {
            Op::Join { .. } if slot != (!state.joined).trailing_zeros() as usize => {
                return Err(Error::invalid("slot", slot, "the lowest that is free"));
            }
            Op::Join { .. } => {}
            _ if !there => return Err(Error::invalid("slot", slot, "one that a player has")),
            _ => {}
        }
    }
    let alive = |slot: u8| state.alive >> slot & 1 == 1;
    let refuse = |action, reason| Err(Error::NotAllowed { action, reason });
    match *op {
        Op::SetTeam { slot, .. } if alive(slot) => {
            refuse("changing the team", "the player is alive; do it before the first spawn or while dead")
        }
        Op::SetLoadout { slot, .. } if alive(slot) => {
            refuse("changing the loadout", "the player is alive; do it before the first spawn or while dead")
        }
        Op::Give { slot, .. } if !alive(slot) => refuse("giving a weapon", "the player is dead"),
        Op::Kill { slot } if !alive(slot) => refuse("killing the player", "the player is dead"),
        Op::Edit { slot, ref edit } => edit::check(game, slot, edit),
        Op::Throw { level, .. } => {
            let levels = game.rules.rules.throws.levels;
            if !(1..=levels).contains(&level) {
                return Err(Error::invalid("chargeLevel", level, format!("1 to {levels}")));
            }
            Ok(())
        }
        Op::Repair => {
            let geometry = game.map.geometry();
            let buried = MatchState::slots(state.alive)
                .any(|slot| !geometry.is_free(crate::Vec2::new(state.x[slot], state.y[slot])));
            if buried {
                return refuse(
                    "repairing the walls",
                    "a living player stands where a slice would; wait until nobody stands in a hole",
                );
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Does what [`check`] has let through, and has it recorded. False: an input was old or waiting already.
pub(crate) fn apply(game: &mut Match, op: &Op) -> bool {
    if let Some(recorder) = &mut game.recorder {
        recorder.op(op);
    }
    if let Some(guard) = &mut game.guard {
        guard.op(&game.state, op);
    }
    match *op {
        Op::Input { slot, input } => {
            let waiting = game.rules.rules.input.waiting as usize;
            return sim::enqueue(&mut game.state, slot.into(), waiting, input);
        }
        Op::Tap { slot, buttons } => game.state.host_taps[usize::from(slot)] |= buttons,
        Op::Throw { slot, level } => {
            if game.state.alive >> slot & 1 == 1 {
                game.state.host_throw[usize::from(slot)] = level;
            }
        }
        Op::Join { slot, team, loadout, spawn } => {
            let slot = usize::from(slot);
            let generation = next_generation(game.state.generation[slot]);
            sim::join(game, slot, generation, team, numbers(&loadout), spawn);
            wire::after(game, Change::Joined(slot));
        }
        Op::Leave { slot } => {
            let slot = usize::from(slot);
            let event = Event::new(EventKind::Left, game.state.tick, slot);
            game.events.push(event.at(game.state.x[slot], game.state.y[slot]));
            wire::before(game);
            // Whoever gets the slot next has not heard it.
            game.heard.for_each_mut(|entry| {
                if usize::from(entry.listener) == slot {
                    entry.listener = NONE;
                }
            });
            sim::leave(game, slot);
            wire::after(game, Change::Left(slot));
        }
        Op::SetTeam { slot, team } => {
            let bit = 1u8 << slot;
            game.state.blue = if team == Team::Blue { game.state.blue | bit } else { game.state.blue & !bit };
            wire::after(game, Change::Teams);
        }
        Op::SetLoadout { slot, loadout } => {
            game.state.loadout[usize::from(slot)] = numbers(&loadout);
            sim::equip(&mut game.state, &game.rules, slot.into());
        }
        Op::Give { slot, weapon } => sim::give(&mut game.state, &game.rules, slot.into(), weapon),
        Op::Kill { slot } => sim::kill(&mut game.state, &mut game.events, slot.into(), NONE, NONE),
        Op::Edit { slot, ref edit } => edit::apply(game, slot, edit),
        Op::Clear => {
            wire::before(game);
            sim::clear_air(&mut game.state);
            wire::after(game, Change::Cleared);
        }
        Op::Repair => {
            wire::before(game);
            sim::repair(game);
            wire::after(game, Change::Repaired);
        }
        Op::Reset { seed } => {
            wire::before(game);
            sim::reset(game, seed);
            wire::after(game, Change::Reset);
        }
    }
    true
}

/// To be called after the whole state has been replaced.
pub(super) fn restored(game: &mut Match) {
    if let Some(mut recorder) = game.recorder.take() {
        recorder.restored(game);
        game.recorder = Some(recorder);
    }
    if let Some(guard) = &mut game.guard {
        guard.restored(&game.state);
    }
}
