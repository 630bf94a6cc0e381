//! The last stage of a tick: knowledge is brought up to date, events and sounds go to whom they concern, and in a
//! frame's tick the links write.

use super::{Entry, History, Knowledge, Link, NetDef, Outbox, Scope, Told};
use crate::PlayerId;
use crate::world::PLAYERS;
use crate::world::state::{Match, MatchState};

/// What a match keeps for its wire; a match that nobody watches has none.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) def: NetDef,
    pub(crate) knowledge: Knowledge,
    pub(crate) history: History,
    pub(crate) links: [Option<Box<Link>>; PLAYERS],
    /// Events, and heard sounds, that have been looked at.
    pub(crate) events: u64,
    pub(crate) sounds: u64,
    /// Slots for which the host drains what is told.
    pub(crate) listening: u8,
    pub(crate) told: Vec<Told>,
    /// Epoch of the next link of a slot.
    pub(crate) epochs: [u8; PLAYERS],
}

impl Net {
    pub(crate) fn new(game: &Match, def: NetDef) -> Net {
        Net {
            def,
            knowledge: Knowledge::new(game),
            history: History::new(),
            links: [const { None }; PLAYERS],
            events: game.events.written(),
            sounds: game.heard.written(),
            listening: 0,
            told: Vec::new(),
            epochs: [0; PLAYERS],
        }
    }

    /// The epoch of a slot's next link.
    pub(crate) fn next_epoch(&mut self, slot: usize) -> u8 {
        let epoch = self.epochs[slot];
        self.epochs[slot] = (epoch + 1) & 3;
        epoch
    }
}

/// The match has begun anew, or is another: every link begins with a new epoch, those of players who are gone end.
pub(crate) fn begin_anew(game: &mut Match) {
    let Some(mut net) = game.net.take() else { return };
    net.history.clear();
    let state = &game.state;
    for slot in 0..PLAYERS {
        let Some(mut link) = net.links[slot].take() else { continue };
        if state.joined >> slot & 1 == 1 && state.generation[slot] == link.generation {
            link.begin(net.next_epoch(slot), game.map.geometry(), newest_input(state, slot));
            net.links[slot] = Some(link);
        }
    }
    game.net = Some(net);
}

/// Number of the newest input of a player that is applied or waits.
pub(crate) fn newest_input(state: &MatchState, slot: usize) -> u32 {
    match state.queue_len[slot] {
        0 => state.last_sequence[slot],
        waiting => state.queue[slot][usize::from(waiting) - 1].sequence,
    }
}

pub(crate) fn run(game: &mut Match, place: u32, out: &mut Outbox) {
    // Taken out, so that the stage can read the match beside it.
    let Some(mut net) = game.net.take() else { return };
    publish(game, &mut net, place, out);
    game.net = Some(net);
}

fn publish(game: &Match, net: &mut Net, place: u32, out: &mut Outbox) {
    let Net { def, knowledge, history, links, listening, told, .. } = net;
    knowledge.look(game);
    while net.events < game.events.written() {
        let event = game.events.at(net.events);
        net.events += 1;
        let learn = &mut |viewer: usize, slice: u16| {
            if let Some(link) = &mut links[viewer] {
                link.learn(slice);
            }
        };
        let mut tellings = [None; PLAYERS];
        let mut count = 0;
        knowledge.witness(
            game,
            &event,
            |entry| {
                tellings[count % PLAYERS] = Some(entry);
                count += 1;
            },
            learn,
        );
        for entry in tellings.into_iter().flatten() {
            for viewer in MatchState::slots(entry.to) {
                if let Some(link) = &mut links[viewer] {
                    link.tell(&entry);
                }
            }
            if entry.to & *listening != 0 {
                told.push(Told { to: entry.to & *listening, ..entry });
            }
        }
    }
    while net.sounds < game.heard.written() {
        let heard = game.heard.at(net.sounds);
        net.sounds += 1;
        if let Some(Some(link)) = links.get_mut(usize::from(heard.listener)) {
            link.hear(&heard);
        }
    }
    let step = def.step(game.rules.tick_rate);
    if !game.state.tick.is_multiple_of(step) {
        return;
    }
    let frame = game.state.tick / step;
    history.put(frame, core::array::from_fn(|slot| Entry::of(&game.state, &game.rules, slot)));
    for viewer in MatchState::slots(game.state.joined) {
        let Some(link) = &mut links[viewer] else { continue };
        knowledge.look_around(game, viewer, |slice| link.learn(slice));
        let scope = Scope {
            viewer,
            frame,
            state: &game.state,
            blocks: &game.blocks,
            rules: &game.rules,
            map: &game.map,
            history,
            knowledge,
        };
        let before = out.bytes.len();
        link.write(&scope, &mut out.bytes);
        if out.bytes.len() > before {
            let player = PlayerId::new(viewer, game.state.generation[viewer]);
            out.index.push((place, player, out.bytes.len() as u32));
        }
    }
}
