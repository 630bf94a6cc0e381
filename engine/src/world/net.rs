//! What a host calls for the wire.

use super::state::Match;
use super::{InputCmd, MatchId, Op, PlayerId, Team, Weapon, World};
use crate::net::{Link, LinkStats, NO_ARM, Net, Packet, Up, Wish, newest_input};
use crate::rules::Loadout;
use crate::world::Buttons;
use crate::{Error, Result};

/// What a client's message brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Received {
    /// Inputs taken that no message had brought before.
    pub inputs: u32,
    /// The message is of another epoch and changed nothing, or its acknowledgement is older than what is known already.
    pub stale: bool,
    /// It acknowledged a frame that was never sent, or that the client had given up.
    pub false_ack: bool,
}

/// Cursors farther out are moved here, 1/16 px.
const CURSOR_MOST: i16 = (super::input::CURSOR_LIMIT * super::CURSOR) as i16;

impl World {
    /// Opens a player's link: from the next frame on, [`World::packets`] holds what this player's client is to get. One
    /// that is open is opened anew, with the next epoch.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn open_link(&mut self, id: MatchId, player: PlayerId) -> Result<()> {
        let (def, tick_rate) = (self.net, self.rules.tick_rate);
        let (game, slot) = self.player_mut(id, player)?;
        let mut net = game.net.take().unwrap_or_else(|| Box::new(Net::new(def, game, id.index())));
        let origin = newest_input(&game.state, slot);
        let epoch = net.next_epoch(slot);
        net.links[slot] = Some(Box::new(Link::new(epoch, player.generation(), &def, tick_rate, origin)));
        game.net = Some(net);
        crate::net::watch(game, 1 << slot);
        Ok(())
    }

    /// Closes a player's link; nothing happens if none is open.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn close_link(&mut self, id: MatchId, player: PlayerId) -> Result<()> {
        let (game, slot) = self.player_mut(id, player)?;
        if let Some(net) = &mut game.net {
            net.links[slot] = None;
        }
        Ok(())
    }

    /// While a link is held nothing is written for it: for a client that has not taken the last message off its
    /// socket yet. What waits is not queued; the next snapshot says how things are then. Nothing happens if no link is
    /// open.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn hold_link(&mut self, id: MatchId, player: PlayerId, held: bool) -> Result<()> {
        let (game, slot) = self.player_mut(id, player)?;
        if let Some(link) = link_of(game, slot) {
            link.held = held;
        }
        Ok(())
    }

    /// Whether a player's client is sent decoys: enemies who are not there, where the player cannot see them, whom an
    /// honest client never draws (`PROTOCOL.md`, section 2.5). For players under suspicion; a guard asks for them by
    /// itself. Nothing happens if no link is open; it ends with the player's leaving.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn bait(&mut self, id: MatchId, player: PlayerId, on: bool) -> Result<()> {
        let (game, slot) = self.player_mut(id, player)?;
        if let Some(net) = &mut game.net {
            net.baited = net.baited & !(1 << slot) | u8::from(on) << slot;
        }
        Ok(())
    }

    /// The decoy that a player's client is shown in the newest frame: the slot of the enemy whom it passes for, and
    /// where it is, px.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn decoy(&self, id: MatchId, player: PlayerId) -> Result<Option<(usize, crate::Vec2)>> {
        let game = self.game(id)?;
        let slot = super::slot_of(&game.state, player)?;
        let decoy = game.net.as_ref().and_then(|net| net.decoys[slot].as_ref());
        Ok(decoy.and_then(|decoy| decoy.place()).map(|(slot, at)| (slot.into(), at)))
    }

    /// What a link has done and takes; `None` if none is open.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn link_stats(&self, id: MatchId, player: PlayerId) -> Result<Option<LinkStats>> {
        let game = self.game(id)?;
        let slot = super::slot_of(&game.state, player)?;
        Ok(game.net.as_ref().and_then(|net| net.links[slot].as_ref()).map(|link| link.stats()))
    }

    /// Takes a message of a player's client.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::BadMessage`] naming the field, for bytes that are no message: nothing has changed
    /// then; [`Error::NotAllowed`] if no link is open.
    pub fn receive(&mut self, id: MatchId, player: PlayerId, bytes: &[u8]) -> Result<Received> {
        let (game, slot) = self.player_mut(id, player)?;
        let read = Up::read(bytes);
        if let Some(guard) = &mut game.guard {
            guard.message(&game.state, slot, bytes.len(), read.is_ok());
        }
        let Some(link) = link_of(game, slot) else {
            return Err(Error::NotAllowed { action: "receiving a message", reason: "the player has no open link" });
        };
        let up = match read {
            Ok(up) => up,
            Err(bad) => {
                link.stats.bad_messages += 1;
                return Err(bad.into());
            }
        };
        if up.epoch != link.epoch {
            link.stats.stale += 1;
            return Ok(Received { stale: true, ..Received::default() });
        }
        let acked = up.ack.map(|ack| link.acknowledge(ack)).unwrap_or_default();
        link.stats.false_acks += u32::from(acked.lied);
        link.stats.stale += u32::from(acked.stale);
        if up.exact {
            link.want_exact();
        }
        let request = up.request.filter(|(number, _)| link.is_new_request(*number));
        let inputs = take_inputs(game, slot, &up, acked.newest);
        if let Some((number, wish)) = request {
            let result = self.grant(id, player, wish)?;
            let (game, slot) = self.player_mut(id, player)?;
            if let Some(link) = link_of(game, slot) {
                link.answer_request(number, result);
            }
        }
        Ok(Received { inputs, stale: acked.stale, false_ack: acked.lied })
    }

    /// 0 done, 1 not now, 2 not allowed by the rules.
    fn grant(&mut self, id: MatchId, player: PlayerId, wish: Wish) -> Result<u8> {
        let (game, slot) = self.player_mut(id, player)?;
        let (state, rules) = (&mut game.state, &game.rules);
        let alive = state.alive >> slot & 1 == 1;
        match wish {
            Wish::Respawn => {
                let placed = state.placed >> slot & 1 == 1;
                let early = placed && state.tick + 1 < state.death_tick[slot] + rules.respawn_ticks;
                if alive || early || state.over != 0 {
                    return Ok(1);
                }
                super::op::apply(game, &Op::Tap { slot: slot as u8, buttons: Buttons::RESPAWN });
            }
            Wish::Loadout { weapons, team } => {
                let Some(loadout) = loadout(weapons) else { return Ok(2) };
                if alive {
                    return Ok(1);
                }
                if let Some(team) = [Team::Red, Team::Blue].get(usize::from(team)) {
                    // Whoever has been on the field stays on a side: its players know where the others are.
                    let own = if state.blue >> slot & 1 == 1 { Team::Blue } else { Team::Red };
                    if state.placed >> slot & 1 == 1 && own != *team {
                        return Ok(2);
                    }
                    self.set_team(id, player, *team)?;
                }
                self.set_loadout(id, player, &loadout)?;
            }
        }
        Ok(0)
    }

    /// What the last step has to send, match by match, slot by slot; until the next step.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'_>> + '_ {
        self.outboxes.iter().flat_map(|out| out.packets()).filter_map(|(place, player, bytes)| {
            let there = self.places.get(place as usize)?;
            Some(Packet { game: MatchId::new(place, there.generation), player, bytes })
        })
    }
}

fn link_of(game: &mut Match, slot: usize) -> Option<&mut Link> {
    game.net.as_mut().and_then(|net| net.links[slot].as_deref_mut())
}

/// A legal loadout of weapon numbers, the support items in any places.
fn loadout(weapons: [u8; 5]) -> Option<Loadout> {
    let mut support = [Weapon::Grenade; 3];
    let mut count = 0;
    for number in weapons[2..].iter().filter(|number| **number != NO_ARM) {
        support[count] = Weapon::from_number(*number)?;
        count += 1;
    }
    Loadout::new(Weapon::from_number(weapons[0])?, Weapon::from_number(weapons[1])?, &support[..count]).ok()
}

/// Queues the inputs that have not come before; returns how many.
fn take_inputs(game: &mut Match, slot: usize, up: &Up, newest: Option<u32>) -> u32 {
    if up.count == 0 {
        return 0;
    }
    let rules = std::sync::Arc::clone(&game.rules);
    let Some(net) = &game.net else { return 0 };
    let Some(link) = net.links[slot].as_deref() else { return 0 };
    let (origin, mut latest) = (link.origin, link.latest);
    // Of two numbers of the epoch with these bits, the one nearer to the newest taken.
    let known = latest.wrapping_sub(origin);
    let by = up.sequence.wrapping_sub(known as u16) as i16;
    let last = latest.wrapping_add_signed(by.into());
    let seen = newest.map_or(0, |frame| net.tick_of(frame).saturating_sub(up.view));
    let per_second = rules.rules.input.per_second.max(1);
    let mut taken = 0;
    for (i, input) in up.inputs[..up.count].iter().enumerate() {
        let back = (up.count - 1 - i) as u32;
        let sequence = last.wrapping_sub(back);
        let state = &game.state;
        let newer = |than: u32| sequence.wrapping_sub(than) as i32 > 0;
        let applied = state.heard >> slot & 1 == 1 && !newer(state.last_sequence[slot]);
        let queue = &state.queue[slot][..usize::from(state.queue_len[slot])];
        if !newer(origin) || applied || queue.iter().any(|waiting| waiting.sequence == sequence) {
            continue;
        }
        let input = InputCmd {
            sequence,
            ack_tick: seen.saturating_sub(back * rules.tick_rate / per_second),
            held: input.held,
            taps: input.taps,
            cursor_x: input.cursor.0.clamp(-CURSOR_MOST, CURSOR_MOST),
            cursor_y: input.cursor.1.clamp(-CURSOR_MOST, CURSOR_MOST),
        };
        if newer(latest) {
            latest = sequence;
        }
        taken += u32::from(super::op::apply(game, &Op::Input { slot: slot as u8, input }));
    }
    if let Some(link) = link_of(game, slot) {
        link.latest = latest;
    }
    taken
}
