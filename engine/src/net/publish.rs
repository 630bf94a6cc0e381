//! The last stage of a tick: knowledge is brought up to date, events and sounds go to whom they concern, and in a
//! frame's tick the links write.

use super::{Entry, History, Knowledge, Link, NetDef, Outbox, Scope, Told};
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
}

pub(crate) fn run(game: &mut Match, _place: u32, _out: &mut Outbox) {
    // Taken out, so that the stage can read the match beside it.
    let Some(mut net) = game.net.take() else { return };
    publish(game, &mut net, _place, _out);
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
            geometry: game.map.geometry(),
            history,
            knowledge,
        };
        let before = out.bytes.len();
        link.write(&scope, &mut out.bytes);
        if out.bytes.len() > before {
            out.index.push((place, viewer as u8, out.bytes.len() as u32));
        }
    }
}
