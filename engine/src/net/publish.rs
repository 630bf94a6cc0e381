//! The last stages of a tick: knowledge is brought up to date, events and sounds go to whom they concern, and in a
//! frame's tick the links write.

use super::knowledge::Ear;
use super::link::{Scores, Shared, inputs_of, message_of, strides_of};
use super::{Decoy, Entry, History, Knowledge, Link, NetDef, Outbox, Scope, Told};
use crate::sim::{Stage, StageProbe};
use crate::world::state::{Match, MatchState};
use crate::world::{
    Columns, EVENT_RING,
    EventKind::{self, SliceDestroyed, WallDamaged},
    PLAYERS, PlayerId,
};
use std::collections::VecDeque;

/// Times a second, at least where there are as many frames, that a viewer looks for slices that changed unseen. Damage
/// in sight is known at once; this is about coming round a corner.
const GLANCES: u32 = 10;
/// Events that the stages after the walls' write in a tick, and more.
const LATER: usize = 512;

/// What a match keeps for its wire; a match that nobody watches has none.
///
/// In this order, so that all but the history can be asked for at once.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Net {
    pub(crate) links: [Option<Box<Link>>; PLAYERS],
    pub(crate) def: NetDef,
    /// Events, and heard sounds, that have been looked at.
    pub(crate) events: u64,
    pub(crate) sounds: u64,
    /// What the host has not drained yet, at most [`EVENT_RING`].
    pub(crate) told: VecDeque<Waiting>,
    /// Entries that were lost because more waited.
    pub(crate) lost: u64,
    /// Slots for which the host drains what is told.
    pub(crate) listening: u8,
    /// Slots to whom the host wants decoys sent.
    pub(crate) baited: u8,
    /// Epoch of the next link of a slot.
    pub(crate) epochs: [u8; PLAYERS],
    /// Ticks a frame; inputs of a player's time in one, and what keys move a player by in that.
    step: u32,
    /// Ticks of the match before tick 0 of its wire.
    phase: u32,
    lived: u32,
    strides: [(i32, i32); 4],
    /// Those there are or were of late, by viewer.
    pub(crate) decoys: [Option<Box<Decoy>>; PLAYERS],
    pub(crate) knowledge: Knowledge,
    pub(crate) history: History,
}

/// What waits to be drained, with the generations of actor and target: their slots may have other players by then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    told: Told,
    /// Number of the event.
    event: u64,
    actor: u32,
    target: u32,
}

impl Net {
    /// For a match in which nobody has been told anything yet, between two ticks. Neighbouring places send in different
    /// ticks, so that a world of matches which began together has as much to do in every tick.
    pub(crate) fn new(def: NetDef, game: &mut Match, place: usize) -> Net {
        // What the host has done since the last tick is still to be told.
        let (events, sounds) = (game.sounded, game.heard.written());
        game.events.hold(events);
        game.heard.hold(sounds);
        let (rules, tick_rate) = (&game.rules, game.rules.tick_rate);
        let step = def.step(tick_rate);
        let lived = inputs_of(1, step, rules.rules.input.per_second, tick_rate);
        Net {
            step,
            phase: (place % step as usize) as u32,
            lived,
            strides: strides_of(rules, lived),
            def,
            knowledge: Knowledge::new(game),
            history: History::new(),
            links: Default::default(),
            events,
            sounds,
            listening: 0,
            told: VecDeque::new(),
            lost: 0,
            epochs: [0; PLAYERS],
            baited: 0,
            decoys: Default::default(),
        }
    }

    /// The frame that begins with a tick of the match, if one does; the first is frame 1.
    fn frame_at(&self, tick: u32) -> Option<u32> {
        let tick = tick.checked_sub(self.phase)?;
        (tick > 0 && tick.is_multiple_of(self.step)).then(|| tick / self.step)
    }

    /// Whether links write in a tick of the match.
    pub(crate) fn writes_in(&self, tick: u32) -> bool {
        self.frame_at(tick).is_some()
    }

    /// Asks for what every tick touches, but what the links have for themselves.
    pub(crate) fn ask(&self) {
        crate::simd::ask(self, 0..core::mem::offset_of!(Net, history));
    }

    /// Asks for what links need to be told something, and if they write in that tick, for all of them.
    pub(crate) fn ask_links(&self, tick: u32) {
        let writes = self.writes_in(tick);
        self.links.iter().flatten().for_each(|link| link.ask(writes));
    }

    /// Asks for what the tick that is being played will touch: the lists of links, and the memories of those who will look
    /// around, or of all if a wall was hit.
    pub(crate) fn ask_lists(&self, game: &Match) {
        let frame = self.frame_at(game.state.tick);
        // Whoever does not see a wall that was hit will remember it; whoever does will be told.
        let hit = |n: u64| matches!(EventKind::from_number(game.events.at(n).kind), Some(WallDamaged | SliceDestroyed));
        let is_hit = (self.events.max(game.events.oldest())..game.events.written()).any(hit);
        self.links.iter().flatten().for_each(|link| link.ask_lists(frame.is_some(), is_hit));
        let looks = |viewer: usize| frame.is_some_and(|frame| looks_in(&self.def, frame, viewer));
        MatchState::slots(game.state.joined)
            .filter(|viewer| is_hit || looks(*viewer))
            .for_each(|viewer| self.knowledge.ask(viewer));
        let Some(frame) = frame else { return };
        self.history.ask(frame);
    }

    /// Tick of the match in which a frame begins.
    pub(crate) fn tick_of(&self, frame: u32) -> u32 {
        frame.saturating_mul(self.step).saturating_add(self.phase)
    }

    /// The epoch of a slot's next link.
    pub(crate) fn next_epoch(&mut self, slot: usize) -> u8 {
        let epoch = self.epochs[slot];
        self.epochs[slot] = (epoch + 1) & 3;
        epoch
    }

    /// The match has begun anew, or is another: every link begins with a new epoch, those of players who are gone end.
    fn begin_anew(&mut self, game: &Match) {
        self.history.clear();
        self.decoys = Default::default();
        let state = &game.state;
        for slot in 0..PLAYERS {
            let Some(mut link) = self.links[slot].take() else { continue };
            if state.joined >> slot & 1 == 1 && state.generation[slot] == link.generation {
                // An epoch that nobody has heard of may as well be this one: a client takes one of the next two.
                let epoch = if link.is_opened() { self.next_epoch(slot) } else { link.epoch };
                link.begin(epoch, newest_input(state, slot));
                self.links[slot] = Some(link);
            }
        }
    }

    /// Bytes in memory: knowledge, history, links, and what waits to be drained.
    pub(crate) fn bytes(&self) -> [usize; 4] {
        let links: usize = self.links.iter().flatten().map(|link| link.memory()).sum();
        let decoys: usize = self.decoys.iter().flatten().map(|decoy| decoy.bytes()).sum();
        let rest = size_of::<Net>() - size_of::<Knowledge>() - size_of::<History>();
        [
            size_of::<Knowledge>() + self.knowledge.bytes(),
            size_of::<History>(),
            links + decoys + rest,
            self.told.capacity() * size_of::<Waiting>(),
        ]
    }

    /// Those to whom anything goes.
    fn watchers(&self) -> u8 {
        (0..PLAYERS).fold(self.listening, |mask, v| mask | u8::from(self.links[v].is_some()) << v)
    }

    /// Tells of the events that have not been looked at yet.
    fn catch_up(&mut self, game: &Match) {
        let Net { knowledge, links, listening, told, lost, .. } = self;
        let mut ears = Ears { game, links, listening: *listening, told, lost, event: 0 };
        for n in self.events.max(game.events.oldest_held())..game.events.written() {
            ears.event = n;
            knowledge.witness(game, &game.events.at(n), &mut ears);
        }
        self.events = game.events.written();
        knowledge.settle(game);
    }

    /// Before the host changes who is in the match, or what it is: what has happened is told while it is known to whom.
    fn before(&mut self, game: &Match) {
        let watchers = self.watchers();
        self.knowledge.watch(game, watchers);
        self.catch_up(game);
        self.knowledge.remember(&game.blocks, game.map.geometry().slice_count);
    }

    /// The match is turned back to when it had written so many events: what has been told of later ones and was not drained
    /// has not happened. `written`: events and sounds that are left.
    pub(crate) fn take_back(&mut self, events: u64, written: u64, heard: u64) {
        self.told.retain(|waiting| waiting.event < events);
        (self.events, self.sounds) = (self.events.min(written), self.sounds.min(heard));
    }

    /// These slots' players are gone: nobody listens for whoever comes next, who has not been told what waits.
    fn deafen(&mut self, slots: u8) {
        self.listening &= !slots;
        self.baited &= !slots;
        self.told.iter_mut().for_each(|waiting| waiting.told.to &= !slots);
    }

    /// Entries that have become nobody's are left out.
    pub(crate) fn drain_told(&mut self, mut each: impl FnMut(&Told, [Option<PlayerId>; 2])) -> u64 {
        let id = |slot: u8, generation: u32| (generation > 0).then(|| PlayerId::new(slot.into(), generation));
        for Waiting { told, actor, target, .. } in self.told.drain(..).filter(|waiting| waiting.told.to != 0) {
            each(&told, [id(told.event.actor, actor), id(told.event.target, target)]);
        }
        core::mem::take(&mut self.lost)
    }
}

/// Those to whom something is told: links, and whoever the host listens for.
struct Ears<'a> {
    game: &'a Match,
    links: &'a mut [Option<Box<Link>>; PLAYERS],
    listening: u8,
    told: &'a mut VecDeque<Waiting>,
    lost: &'a mut u64,
    /// Number of the event that is being told.
    event: u64,
}

impl Ear for Ears<'_> {
    fn tell(&mut self, entry: Told) {
        if let Some(message) = message_of(&entry) {
            for viewer in MatchState::slots(entry.to) {
                if let Some(link) = &mut self.links[viewer] {
                    link.tell(message);
                }
            }
        }
        if entry.to & self.listening != 0 {
            if self.told.len() == EVENT_RING {
                self.told.pop_front();
                *self.lost += 1;
            }
            let generation = |slot: u8| self.game.state.generation.get(usize::from(slot)).copied().unwrap_or(0);
            let (actor, target) = (generation(entry.event.actor), generation(entry.event.target));
            let told = Told { to: entry.to & self.listening, ..entry };
            self.told.push_back(Waiting { told, event: self.event, actor, target });
        }
    }

    fn learn(&mut self, viewer: usize, slice: u16, knew: u16) {
        if let Some(link) = &mut self.links[viewer] {
            link.learn(self.game.map.geometry(), slice, knew);
        }
    }
}

/// What the host does to a match between two ticks, as far as it changes what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// This slot has a new player.
    Joined(usize),
    /// This slot's player has left.
    Left(usize),
    /// Somebody has changed sides, or has been moved by the host.
    Teams,
    /// The walls are as at the beginning.
    Repaired,
    /// Nothing flies any more.
    Cleared,
    /// The match begins anew.
    Reset,
    /// The match has been turned back.
    Restored,
}

/// To be called before a [`Change`] but [`Change::Joined`] and [`Change::Teams`].
pub(crate) fn before(game: &mut Match) {
    let Some(mut net) = game.net.take() else { return };
    net.before(game);
    game.events.hold(net.events);
    game.net = Some(net);
}

/// Knowledge is kept for these players from now on.
pub(crate) fn watch(game: &mut Match, mask: u8) {
    let Some(mut net) = game.net.take() else { return };
    net.knowledge.watch(game, mask);
    game.net = Some(net);
}

/// To be called after a [`Change`].
pub(crate) fn after(game: &mut Match, change: Change) {
    let Some(mut net) = game.net.take() else { return };
    let Net { knowledge, links, .. } = &mut *net;
    match change {
        Change::Joined(slot) => knowledge.join(game, slot),
        Change::Left(slot) => {
            knowledge.leave(slot);
            links[slot] = None;
            net.deafen(1 << slot);
        }
        Change::Teams => knowledge.follow(&game.state),
        Change::Repaired => knowledge.repair(game, |viewer, slice, knew| {
            if let Some(link) = &mut links[viewer] {
                link.learn(game.map.geometry(), slice, knew);
            }
        }),
        Change::Cleared => knowledge.land(&game.state),
        Change::Reset => {
            knowledge.reset(game);
            net.begin_anew(game);
        }
        Change::Restored => {
            let gone = knowledge.restore(game);
            net.deafen(gone);
            net.begin_anew(game);
        }
    }
    net.knowledge.forget();
    game.net = Some(net);
}

/// So many slices are about to be damaged in a tick: if the ring may not hold all that is written until the wire looks
/// at it, it will have to compare.
pub(crate) fn expect(game: &mut Match, hits: usize) {
    let Some(net) = &mut game.net else { return };
    let waiting = game.events.written().saturating_sub(net.events) as usize;
    if waiting + hits + LATER > EVENT_RING {
        net.knowledge.remember(&game.blocks, game.map.geometry().slice_count);
    }
}

/// Number of the newest input of a player that is applied or waits.
pub(crate) fn newest_input(state: &MatchState, slot: usize) -> u32 {
    match state.queue_len[slot] {
        0 => state.last_sequence[slot],
        waiting => state.queue[slot][usize::from(waiting) - 1].sequence,
    }
}

/// The stages [`Stage::Knowledge`] and [`Stage::Send`].
pub(crate) fn run<P: StageProbe>(game: &mut Match, place: u32, out: &mut Outbox, probe: &mut P) {
    // Taken out, so that the stages can read the match beside it.
    let Some(mut net) = game.net.take() else {
        for stage in [Stage::Knowledge, Stage::Send] {
            probe.end(stage);
            look(game, probe, stage);
        }
        return;
    };
    let frame = know(game, &mut net);
    probe.end(Stage::Knowledge);
    look(game, probe, Stage::Knowledge);
    if let Some(frame) = frame {
        bait(game, &mut net, frame);
        send(game, &mut net, frame, place, out);
    }
    tell_guard(game, &net);
    probe.end(Stage::Send);
    look(game, probe, Stage::Send);
    game.events.hold(net.events);
    game.heard.hold(net.sounds);
    game.net = Some(net);
}

#[inline(always)]
fn look<P: StageProbe>(game: &Match, probe: &mut P, after: Stage) {
    probe.look(Some(after), &Columns::new(&game.state, &game.blocks));
}

/// Knowledge as of this tick, and what links are told of it; the frame that begins with this tick, if one does.
fn know(game: &Match, net: &mut Net) -> Option<u32> {
    let watchers = net.watchers() & game.state.joined;
    net.knowledge.watch(game, watchers);
    net.knowledge.look(game);
    net.catch_up(game);
    let frame = net.frame_at(game.state.tick);
    let Net { def, knowledge, history, links, .. } = net;
    for n in net.sounds.max(game.heard.oldest_held())..game.heard.written() {
        let heard = game.heard.at(n);
        if let Some(Some(link)) = links.get_mut(usize::from(heard.listener)) {
            link.hear(&heard);
        }
    }
    net.sounds = game.heard.written();
    let frame = frame?;
    history.put(frame, Entry::all(&game.state, &game.rules));
    for viewer in MatchState::slots(watchers) {
        if looks_in(def, frame, viewer) {
            knowledge.look_around(game, viewer, |slice, knew| {
                if let Some(link) = &mut links[viewer] {
                    link.learn(game.map.geometry(), slice, knew);
                }
            });
        }
    }
    Some(frame)
}

/// Whether a viewer looks around in a frame: in turns, never by how much there is to look at, which would tell of what is
/// out of sight.
fn looks_in(def: &NetDef, frame: u32, viewer: usize) -> bool {
    (frame + viewer as u32).is_multiple_of((def.rate / GLANCES).max(1))
}

/// The guard is told where decoys are, tick by tick.
fn tell_guard(game: &mut Match, net: &Net) {
    let Some(guard) = &mut game.guard else { return };
    for (viewer, decoy) in net.decoys.iter().enumerate() {
        if let Some(decoy) = decoy {
            guard.decoy(viewer, decoy.place().map(|(_, at)| (at.x, at.y)));
        }
    }
}

/// Decoys live on, for those to whom they are sent.
fn bait(game: &Match, net: &mut Net, frame: u32) {
    let wants = |slot: &usize| game.guard.as_ref().is_some_and(|guard| guard.wants_decoy(*slot));
    let suspects = MatchState::slots(game.state.joined).filter(wants).fold(0u8, |mask, slot| mask | 1 << slot);
    let wanted = (net.baited | suspects) & game.state.joined;
    if wanted == 0 && net.decoys.iter().all(Option::is_none) {
        return;
    }
    let Net { knowledge, decoys, links, step, .. } = net;
    for viewer in 0..PLAYERS {
        let slot = &mut decoys[viewer];
        if links[viewer].is_none() {
            *slot = None;
            continue;
        }
        let wanted = wanted >> viewer & 1 == 1;
        if wanted || slot.is_some() {
            let decoy = slot.get_or_insert_with(|| Box::new(Decoy::new(game)));
            decoy.live(game, knowledge, viewer, (frame, *step), wanted);
            // As long as a base could be one of its frames.
            if !wanted && decoy.is_forgotten(frame) {
                *slot = None;
            }
        }
    }
}

fn send(game: &Match, net: &mut Net, frame: u32, place: u32, out: &mut Outbox) {
    for slot in MatchState::slots(game.state.joined) {
        if net.links[slot].as_ref().is_some_and(|link| link.is_lost_in_time(frame)) {
            let epoch = net.next_epoch(slot);
            if let Some(link) = &mut net.links[slot] {
                link.begin(epoch, newest_input(&game.state, slot));
            }
        }
    }
    let Net { knowledge, history, links, decoys, step, lived, strides, .. } = net;
    let scores = Scores::of(&game.state);
    let shared = Shared::of(history, frame, game.state.joined, strides);
    for viewer in MatchState::slots(game.state.joined) {
        let Some(link) = &mut links[viewer] else { continue };
        let scope = Scope {
            viewer,
            frame,
            state: &game.state,
            scores: &scores,
            step: *step,
            lived: *lived,
            strides,
            blocks: &game.blocks,
            rules: &game.rules,
            map: &game.map,
            history,
            knowledge,
            shared: shared.as_ref(),
            decoy: decoys[viewer].as_deref(),
        };
        let before = out.bytes.len();
        link.write(&scope, &mut out.bytes);
        if out.bytes.len() > before {
            let player = PlayerId::new(viewer, game.state.generation[viewer]);
            out.index.push((place, player, out.bytes.len() as u32));
        }
    }
}
