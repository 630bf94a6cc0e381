//! Turns bytes into calls of the C interface with any arguments: ids that are good, stale, null or made up, buffers of
//! exactly the room that the call is told of, bytes that are honest, forged or noise. After each call: no panic was
//! caught inside, a failure has left a message and written to no output. Shared by the fuzz target and a test with
//! fixed bytes.

use std::ptr::{null, null_mut};
use trespasser_ffi::batch::*;
use trespasser_ffi::bots::*;
use trespasser_ffi::guard::*;
use trespasser_ffi::knowledge::*;
use trespasser_ffi::map::*;
use trespasser_ffi::matches::*;
use trespasser_ffi::player::*;
use trespasser_ffi::receiver::*;
use trespasser_ffi::replay::*;
use trespasser_ffi::result::*;
use trespasser_ffi::snapshot::*;
use trespasser_ffi::types::*;
use trespasser_ffi::wire::*;
use trespasser_ffi::world::*;
use xxhash_rust::xxh3::xxh3_64;

/// Calls and ticks for each input at most.
const CALLS: u32 = 3000;
const TICKS: u32 = 4000;
/// What outputs are filled with before a call.
const FILL: u8 = 0xA5;

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    fn short(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    fn word(&mut self) -> u32 {
        u32::from(self.short()) | u32::from(self.short()) << 16
    }

    fn long(&mut self) -> u64 {
        u64::from(self.word()) | u64::from(self.word()) << 32
    }

    /// A number of pixels, mostly on the playfield.
    fn px(&mut self) -> f32 {
        match self.byte() {
            0 => f32::from_bits(self.word()),
            1 => f32::NAN,
            2 => f32::INFINITY,
            b => f32::from(b) * 2.0,
        }
    }

    /// Room for up to a thousand of something.
    fn some_room(&mut self) -> usize {
        let need = usize::from(self.byte()) * 4;
        self.room(need)
    }

    /// Room for what takes `need`: mostly enough, sometimes too little, sometimes none.
    fn room(&mut self, need: usize) -> usize {
        match self.byte() % 8 {
            0 => 0,
            1 => need.saturating_sub(1),
            2 => usize::from(self.byte()) % (need + 1),
            3 => need + 3,
            _ => need,
        }
    }
}

/// Something that a call may write to, with the length that it is told of and not a byte more.
struct Room<T>(Vec<T>);

impl<T: Copy> Room<T> {
    fn new(length: usize) -> Room<T> {
        let mut room = Vec::<T>::with_capacity(length);
        // SAFETY: the capacity is there; every `T` of the interface is a plain struct or number, for which any bytes will
        // do.
        unsafe {
            room.as_mut_ptr().write_bytes(FILL, length);
            room.set_len(length);
        }
        Room(room)
    }

    fn at(&mut self) -> *mut T {
        self.0.as_mut_ptr()
    }

    fn untouched(&self) -> bool {
        // SAFETY: padding of what was filled byte by byte is filled too.
        let bytes = unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast::<u8>(), size_of_val(&*self.0)) };
        bytes.iter().all(|b| *b == FILL)
    }
}

/// Calls and checks what must hold after every call; whether it succeeded. The rooms named behind are outputs.
macro_rules! call {
    ($function:ident($($argument:expr),* $(,)?) $(, $out:ident)*) => {{
        // SAFETY: pointers are null, or to objects that live, or to buffers of the length told.
        let result = unsafe { $function($($argument),*) };
        assert!(result != tp_result::Panic, "{}: {}", stringify!($function), last());
        if result != tp_result::Ok {
            assert!(!last().is_empty(), "{} left no message", stringify!($function));
            $(assert!($out.untouched(), "{} failed and wrote to {}", stringify!($function), stringify!($out));)*
        }
        succeeded(result)
    }};
}

fn succeeded(result: tp_result) -> bool {
    result == tp_result::Ok
}

fn last() -> String {
    // SAFETY: never null, and valid until the next failure.
    unsafe { std::ffi::CStr::from_ptr(tp_last_error_message()) }.to_string_lossy().into_owned()
}

struct Host {
    worlds: [*mut tp_world; 2],
    map: *mut tp_map,
    bots: *mut tp_bots,
    snapshots: [*mut tp_snapshot; 2],
    receivers: [*mut tp_receiver; 2],
    matches: Vec<tp_match_id>,
    players: Vec<tp_player_id>,
    saved: Vec<u8>,
    /// The newest packets of the first world.
    packets: Vec<u8>,
    index: Vec<tp_packet>,
    /// What has been drained of recordings.
    recording: Vec<u8>,
    ticks: u32,
}

fn one<T: Copy>(room: &Room<T>) -> T {
    room.0[0]
}

impl Host {
    fn new(bytes: &mut Bytes<'_>) -> Host {
        let (mut map, mut bots) = (null_mut(), null_mut());
        let walls = [
            tp_wall_def { x: 200.0, y: 110.0, width: 10.0, height: 50.0, material: 2, reserved: [0; 3] },
            tp_wall_def { x: 300.0, y: 60.0, width: 50.0, height: 10.0, material: 0, reserved: [0; 3] },
        ];
        let spawns = [
            tp_spawn { x: 100.0, y: 135.0, team: 0, reserved: [0; 3] },
            tp_spawn { x: 150.0, y: 135.0, team: 1, reserved: [0; 3] },
        ];
        call!(tp_map_from_rects(walls.as_ptr(), 2, spawns.as_ptr(), 2, &raw mut map));
        call!(tp_bots_create(&raw mut bots));
        let worlds = [0, 1].map(|_| {
            let mut def = tp_world_default_def();
            def.rules = u32::from(bytes.byte() & 1);
            def.tick_rate = [60, 20, 240, 77][usize::from(bytes.byte() % 4)];
            def.max_matches = 3;
            let mut world = null_mut();
            assert!(call!(tp_world_create(&raw const def, &raw mut world)), "{}", last());
            world
        });
        let (mut snapshots, mut receivers) = ([null_mut(); 2], [null_mut(); 2]);
        snapshots.iter_mut().for_each(|s| assert!(call!(tp_snapshot_create(s))));
        receivers.iter_mut().for_each(|r| assert!(call!(tp_receiver_create(r))));
        let (matches, players, saved, packets, index, recording) = Default::default();
        Host { worlds, map, bots, snapshots, receivers, matches, players, saved, packets, index, recording, ticks: 0 }
    }

    fn world(&self, bytes: &mut Bytes<'_>) -> *mut tp_world {
        match bytes.byte() {
            255 => null_mut(),
            b if b % 16 == 0 => self.worlds[1],
            _ => self.worlds[0],
        }
    }

    fn game(&self, bytes: &mut Bytes<'_>) -> tp_match_id {
        match bytes.byte() {
            255 => tp_match_id { raw: 0 },
            254 => tp_match_id { raw: bytes.long() },
            b => self.matches.get(usize::from(b) % self.matches.len().max(1)).copied().unwrap_or_default(),
        }
    }

    fn player(&self, bytes: &mut Bytes<'_>) -> tp_player_id {
        match bytes.byte() {
            255 => tp_player_id { raw: 0 },
            254 => tp_player_id { raw: bytes.long() },
            b => self.players.get(usize::from(b) % self.players.len().max(1)).copied().unwrap_or_default(),
        }
    }

    fn snapshot(&self, bytes: &mut Bytes<'_>) -> *mut tp_snapshot {
        self.snapshots.get(usize::from(bytes.byte() % 8) / 3).copied().unwrap_or(null_mut())
    }

    fn receiver(&self, bytes: &mut Bytes<'_>) -> *mut tp_receiver {
        self.receivers.get(usize::from(bytes.byte() % 8) / 3).copied().unwrap_or(null_mut())
    }

    fn one_call(&mut self, bytes: &mut Bytes<'_>) {
        let op = bytes.byte();
        let world = self.world(bytes);
        let (game, player) = (self.game(bytes), self.player(bytes));
        match op % 64 {
            0..=7 => {
                for _ in 0..u32::from(bytes.byte() % 32).min(TICKS - self.ticks) {
                    if op & 64 == 0 {
                        call!(tp_bots_think(self.bots, world));
                    }
                    call!(tp_world_step(world));
                    self.ticks += 1;
                }
            }
            8 => {
                let mut def = tp_match_default_def();
                def.seed = bytes.byte().into();
                def.kill_target = bytes.short().into();
                let mut out = Room::new(1);
                if call!(tp_match_create(world, self.map, &raw const def, out.at()), out) {
                    self.matches.push(one(&out));
                }
            }
            9 => {
                if bytes.byte().is_multiple_of(4) {
                    call!(tp_match_destroy(world, game));
                }
            }
            10..=12 => {
                let mut def = tp_player_default_def();
                (def.team, def.spawn) = (bytes.byte() % 4, bytes.byte() % 3);
                def.loadout = loadout(bytes);
                let mut out = Room::new(1);
                if call!(tp_player_add(world, game, &raw const def, out.at()), out) {
                    self.players.push(one(&out));
                }
            }
            13 => {
                call!(tp_player_remove(world, game, player));
            }
            14 => {
                call!(tp_player_set_team(world, game, player, bytes.byte() % 4));
            }
            15 => {
                let loadout = loadout(bytes);
                call!(tp_player_set_loadout(world, game, player, &raw const loadout));
            }
            16 => {
                call!(tp_player_give_weapon(world, game, player, bytes.byte() % 17));
            }
            17 => {
                call!(tp_player_tap(world, game, player, bytes.short()));
            }
            18 => {
                call!(tp_player_throw(world, game, player, bytes.byte() % 8));
            }
            19 => {
                call!(tp_player_kill(world, game, player));
            }
            20..=25 => {
                let inputs: Vec<tp_input> = (0..bytes.byte() % 24)
                    .map(|i| tp_input {
                        match_id: game,
                        player_id: if i % 3 == 0 { self.player(bytes) } else { player },
                        sequence: if op & 128 == 0 { self.ticks + u32::from(i) } else { bytes.word() },
                        ack_tick: self.ticks.wrapping_sub(bytes.byte().into()),
                        held: bytes.short(),
                        taps: bytes.short(),
                        mouse_x: bytes.px(),
                        mouse_y: bytes.px(),
                        reserved: 0,
                    })
                    .collect();
                let mut results = Room::new(inputs.len());
                call!(tp_world_push_inputs(world, inputs.as_ptr(), inputs.len(), results.at()), results);
            }
            26 => {
                let room = bytes.room(8);
                let (mut out, mut count) = (Room::<tp_player_view>::new(room), Room::new(1));
                call!(tp_match_players(world, game, out.at(), room, count.at()), out, count);
                let mut view = Room::<tp_player_view>::new(1);
                call!(tp_player_get(world, game, player, view.at()), view);
            }
            27 => {
                let room = bytes.some_room();
                let (mut out, mut count, mut lost) = (Room::<tp_event>::new(room), Room::new(1), Room::new(1));
                call!(tp_match_drain_events(world, game, out.at(), room, count.at(), lost.at()), out, count, lost);
            }
            28 => {
                let room = bytes.some_room();
                let (mut out, mut count, mut lost) = (Room::<tp_heard>::new(room), Room::new(1), Room::new(1));
                call!(tp_match_drain_sounds(world, game, out.at(), room, count.at(), lost.at()), out, count, lost);
            }
            29 => {
                let room = bytes.some_room();
                let (mut out, mut count, mut lost) = (Room::<tp_told>::new(room), Room::new(1), Room::new(1));
                call!(tp_match_drain_told(world, game, out.at(), room, count.at(), lost.at()), out, count, lost);
            }
            30 => {
                let (room, spans_room) = (bytes.some_room(), bytes.room(3));
                let (mut out, mut spans) = (Room::<tp_event>::new(room), Room::<tp_match_span>::new(spans_room));
                let (mut count, mut many) = (Room::new(1), Room::new(1));
                call!(
                    tp_world_drain_events(world, out.at(), room, spans.at(), spans_room, count.at(), many.at()),
                    out,
                    spans,
                    count,
                    many
                );
            }
            31 => {
                let (room, spans_room) = (bytes.room(24), bytes.room(3));
                let (mut out, mut spans) = (Room::<tp_player_view>::new(room), Room::<tp_match_span>::new(spans_room));
                let (mut count, mut many) = (Room::new(1), Room::new(1));
                call!(
                    tp_world_players(world, out.at(), room, spans.at(), spans_room, count.at(), many.at()),
                    out,
                    spans,
                    count,
                    many
                );
            }
            32 => {
                let mut size = Room::<usize>::new(1);
                if call!(tp_match_save_size(world, game, size.at()), size) {
                    let room = bytes.room(one(&size));
                    let (mut out, mut written) = (Room::<u8>::new(room), Room::new(1));
                    if call!(tp_match_save(world, game, out.at(), room, written.at()), out, written) {
                        self.saved = out.0[..one(&written)].to_vec();
                    }
                }
            }
            33 => {
                for _ in 0..bytes.byte() % 4 {
                    let at = bytes.word() as usize % self.saved.len().max(1);
                    let value = bytes.byte();
                    self.saved.get_mut(at).into_iter().for_each(|b| *b = value);
                }
                if self.saved.len() > 40 && bytes.byte() & 1 == 0 {
                    let sum = xxh3_64(&self.saved[40..]).to_le_bytes();
                    self.saved[32..40].copy_from_slice(&sum);
                }
                let before = hash(world, game);
                let saved = self.saved[..bytes.room(self.saved.len()).min(self.saved.len())].to_vec();
                if !call!(tp_match_restore(world, game, saved.as_ptr(), saved.len())) {
                    assert_eq!(hash(world, game), before, "refused, yet changed");
                }
            }
            34 => {
                call!(tp_match_snapshot(world, game, self.snapshot(bytes)));
            }
            35 => {
                call!(tp_match_rollback(world, game, self.snapshot(bytes)));
            }
            36 => {
                let snapshot = self.snapshot(bytes);
                let mut info = Room::<tp_snapshot_info>::new(1);
                let begin = if call!(tp_snapshot_get_info(snapshot, info.at()), info) { one(&info).tick } else { 0 };
                let mut tick = begin;
                let inputs: Vec<tp_past_input> = (0..bytes.byte() % 16)
                    .map(|_| {
                        tick += u32::from(bytes.byte() % 4);
                        tp_past_input {
                            player_id: self.player(bytes),
                            tick: if op & 64 == 0 { tick } else { bytes.word() },
                            sequence: self.ticks + tick,
                            ack_tick: tick,
                            held: bytes.short(),
                            taps: bytes.short(),
                            mouse_x: bytes.px(),
                            mouse_y: bytes.px(),
                        }
                    })
                    .collect();
                let ticks = u32::from(bytes.byte() % 64).min(TICKS - self.ticks);
                self.ticks += ticks;
                let before = hash(world, game);
                if !call!(tp_match_resimulate(world, game, snapshot, ticks, inputs.as_ptr(), inputs.len())) {
                    assert_eq!(hash(world, game), before, "refused, yet changed");
                }
            }
            37 => {
                call!(tp_world_open_link(world, game, player));
            }
            38 => match bytes.byte() % 4 {
                0 => {
                    call!(tp_world_close_link(world, game, player));
                }
                1 => {
                    call!(tp_world_hold_link(world, game, player, bytes.byte() % 3));
                }
                2 => {
                    call!(tp_world_bait(world, game, player, bytes.byte() % 3));
                }
                _ => {
                    call!(tp_player_listen(world, game, player, bytes.byte() % 3));
                }
            },
            39..=41 => {
                let (mut many, mut length) = (Room::<usize>::new(1), Room::<usize>::new(1));
                if call!(tp_world_pending_packets(world, many.at(), length.at()), many, length) {
                    let (room, index_room) = (bytes.room(one(&length)), bytes.room(one(&many)));
                    let (mut out, mut index) = (Room::<u8>::new(room), Room::<tp_packet>::new(index_room));
                    let (mut count, mut used) = (Room::<usize>::new(1), Room::<usize>::new(1));
                    let good = call!(
                        tp_world_packets(world, out.at(), room, index.at(), index_room, count.at(), used.at()),
                        out,
                        index,
                        count,
                        used
                    );
                    if good {
                        self.packets = out.0[..one(&used)].to_vec();
                        self.index = index.0[..one(&count)].to_vec();
                    }
                }
            }
            42..=44 => {
                let mut message = match self.index.get(usize::from(bytes.byte()) % self.index.len().max(1)) {
                    Some(packet) => self.packets[packet.offset as usize..][..packet.length as usize].to_vec(),
                    None => (0..bytes.byte() % 64).map(|_| bytes.byte()).collect(),
                };
                if op & 64 != 0 {
                    let at = usize::from(bytes.byte()) % message.len().max(1);
                    let value = bytes.byte();
                    message.get_mut(at).into_iter().for_each(|b| *b = value);
                }
                let mut taken = Room::<u8>::new(1);
                call!(tp_receiver_take(self.receiver(bytes), message.as_ptr(), message.len(), taken.at()), taken);
            }
            45..=47 => {
                let receiver = self.receiver(bytes);
                let mut number = Room::<u32>::new(1);
                call!(
                    tp_receiver_input(receiver, bytes.short(), bytes.short(), bytes.px(), bytes.px(), number.at()),
                    number
                );
                let room = bytes.room(TP_MAX_CLIENT_MESSAGE as usize);
                let (mut up, mut used) = (Room::<u8>::new(room), Room::<usize>::new(1));
                if call!(tp_receiver_write(receiver, bytes.byte().into(), up.at(), room, used.at()), up, used) {
                    let message = up.0[..one(&used)].to_vec();
                    let mut received = Room::<tp_received>::new(1);
                    call!(
                        tp_world_receive(world, game, player, message.as_ptr(), message.len(), received.at()),
                        received
                    );
                }
            }
            48 => {
                let message: Vec<u8> = (0..bytes.byte()).map(|_| bytes.byte()).collect();
                let packets: Vec<tp_packet> = (0..bytes.byte() % 8)
                    .map(|_| tp_packet {
                        match_id: game,
                        player_id: self.player(bytes),
                        offset: bytes.byte().into(),
                        length: if op & 64 == 0 { bytes.byte().into() } else { bytes.word() },
                    })
                    .collect();
                let (mut results, mut received) = (Room::new(packets.len()), Room::new(packets.len()));
                call!(
                    tp_world_receive_all(
                        world,
                        message.as_ptr(),
                        message.len(),
                        packets.as_ptr(),
                        packets.len(),
                        results.at(),
                        received.at()
                    ),
                    results,
                    received
                );
            }
            49 => self.ask(bytes),
            50 => self.look_at_receiver(bytes),
            51 => {
                let room = bytes.room(512);
                let (mut out, mut count) = (Room::<tp_point>::new(room), Room::new(1));
                call!(tp_player_polygon(world, game, player, out.at(), room, count.at()), out, count);
                let room = bytes.room(TP_TILE_WORDS as usize);
                let (mut out, mut count) = (Room::<u64>::new(room), Room::new(1));
                call!(tp_player_tiles(world, game, player, out.at(), room, count.at()), out, count);
            }
            52 => {
                let room = bytes.room(10);
                let (mut out, mut count) = (Room::<u16>::new(room), Room::new(1));
                call!(tp_match_slice_health(world, game, out.at(), room, count.at()), out, count);
                let (mut out, mut count) = (Room::<u16>::new(room), Room::new(1));
                call!(tp_player_known_health(world, game, player, out.at(), room, count.at()), out, count);
            }
            53 => {
                let room = bytes.room(64);
                let (mut out, mut count) = (Room::<tp_projectile>::new(room), Room::new(1));
                call!(tp_match_projectiles(world, game, out.at(), room, count.at()), out, count);
                let (mut out, mut count) = (Room::<tp_known_projectile>::new(room), Room::new(1));
                call!(tp_player_known_projectiles(world, game, player, out.at(), room, count.at()), out, count);
                let room = bytes.room(32);
                let (mut out, mut count) = (Room::<tp_cloud>::new(room), Room::new(1));
                call!(tp_match_clouds(world, game, out.at(), room, count.at()), out, count);
                let (mut out, mut count) = (Room::<tp_cloud>::new(room), Room::new(1));
                call!(tp_player_known_clouds(world, game, player, out.at(), room, count.at()), out, count);
            }
            54 => {
                let kind = bytes.byte() % 36;
                let (x, y, u, v) = (bytes.px(), bytes.px(), bytes.px(), bytes.px());
                let mut arrival = Room::<tp_arrival>::new(1);
                call!(tp_match_sound_between(world, game, kind, x, y, u, v, arrival.at()), arrival);
                let room = bytes.room(200);
                let (mut out, mut count, mut arrival) =
                    (Room::<tp_point>::new(room), Room::new(1), Room::<tp_arrival>::new(1));
                call!(
                    tp_match_sound_way(world, game, kind, x, y, u, v, out.at(), room, count.at(), arrival.at()),
                    out,
                    count,
                    arrival
                );
                let room = bytes.room(8);
                let (mut out, mut count) = (Room::<tp_heard>::new(room), Room::new(1));
                call!(tp_match_listeners(world, game, kind, x, y, player, out.at(), room, count.at()), out, count);
                let (mut clear, mut depth) = (Room::<u8>::new(1), Room::<f32>::new(1));
                call!(tp_match_line_is_clear(world, game, x, y, u, v, clear.at()), clear);
                call!(tp_match_smoke_between(world, game, x, y, u, v, depth.at()), depth);
            }
            55 => {
                let mut def = tp_bot_default_def();
                def.skill = f32::from(bytes.byte()) / 200.0;
                (def.wrecks, def.loadout) = (bytes.byte() % 3, loadout(bytes));
                let mut out = Room::new(1);
                if call!(tp_bots_add(self.bots, world, game, &raw const def, out.at()), out) {
                    self.players.push(one(&out));
                }
            }
            56 => match bytes.byte() % 4 {
                0 => {
                    call!(tp_bots_adopt(self.bots, world, game, player, f32::from(bytes.byte()) / 200.0));
                }
                1 => {
                    call!(tp_bots_release(self.bots, game, player));
                }
                2 => {
                    call!(tp_bots_remove(self.bots, world, game, player));
                }
                _ => {
                    let room = bytes.room(24);
                    let (mut out, mut count) = (Room::<tp_input>::new(room), Room::new(1));
                    call!(tp_bots_think_into(self.bots, world, out.at(), room, count.at()), out, count);
                }
            },
            57 => {
                call!(tp_match_reset(world, game, bytes.byte().into()));
            }
            58 => {
                call!(tp_match_repair_walls(world, game));
            }
            59 => {
                let (mut stats, mut knowledge) = (Room::<tp_link_stats>::new(1), Room::<tp_knowledge>::new(1));
                call!(tp_world_link_stats(world, game, player, stats.at()), stats);
                call!(tp_player_knowledge(world, game, player, knowledge.at()), knowledge);
                let (mut slot, mut place) = (Room::<u8>::new(1), Room::<tp_point>::new(1));
                call!(tp_world_decoy(world, game, player, slot.at(), place.at()), slot, place);
                let room = bytes.room(5);
                let (mut out, mut count) = (Room::<tp_weapon_view>::new(room), Room::new(1));
                call!(tp_player_weapons(world, game, player, out.at(), room, count.at()), out, count);
            }
            60 => {
                let room = bytes.room(3);
                let (mut out, mut count) = (Room::<tp_match_info>::new(room), Room::new(1));
                call!(tp_world_get_match_infos(world, out.at(), room, count.at()), out, count);
                let (mut out, mut count) = (Room::<u64>::new(room), Room::new(1));
                call!(tp_world_hashes(world, out.at(), room, count.at()), out, count);
                let (mut out, mut count) = (Room::<tp_match_id>::new(room), Room::new(1));
                call!(tp_world_get_matches(world, out.at(), room, count.at()), out, count);
            }
            61 => {
                // Memory that nobody has told the length of is null.
                let mut count = Room::<usize>::new(1);
                call!(tp_match_players(world, game, null_mut(), 8, count.at()), count);
                call!(tp_match_restore(world, game, null(), 40));
                call!(tp_match_slice_health(world, game, null_mut(), 0, count.at()), count);
            }
            62 => {
                let (mut out, mut slot) = (Room::<tp_player_id>::new(1), Room::<u64>::new(1));
                call!(tp_match_player_in_slot(world, game, bytes.byte(), out.at()), out);
                call!(tp_match_sight_matrix(world, game, slot.at()), slot);
            }
            _ => self.serve(bytes, op, world, game, player),
        }
    }

    /// Guard and recordings; and a receiver that begins anew.
    fn serve(&mut self, bytes: &mut Bytes<'_>, op: u8, world: *mut tp_world, game: tp_match_id, player: tp_player_id) {
        match bytes.byte() % 10 {
            0 => {
                let i = usize::from(op >> 7);
                call!(tp_receiver_destroy(self.receivers[i]));
                self.receivers[i] = null_mut();
                call!(tp_receiver_create(&raw mut self.receivers[i]));
            }
            1 => {
                let mut def = tp_guard_default_def();
                if bytes.byte().is_multiple_of(4) {
                    def.weight[usize::from(bytes.byte()) % TP_EVIDENCE_KINDS] = bytes.px();
                    def.slack_s = bytes.px();
                }
                call!(tp_match_guard(world, game, &raw const def));
            }
            2 => {
                let room = bytes.room(TP_MAX_EVIDENCE as usize);
                let (mut out, mut count, mut lost) = (Room::<tp_evidence>::new(room), Room::new(1), Room::new(1));
                call!(tp_match_drain_evidence(world, game, out.at(), room, count.at(), lost.at()), out, count, lost);
                let room = bytes.room(8);
                let (mut out, mut count) = (Room::<tp_standing>::new(room), Room::new(1));
                call!(tp_match_standings(world, game, out.at(), room, count.at()), out, count);
            }
            3 => {
                call!(tp_player_set_decoy(world, game, player, bytes.byte() % 3, bytes.px(), bytes.px()));
                call!(tp_player_guard(world, game, player, bytes.byte() % 3));
            }
            4 => {
                call!(tp_match_unguard(world, game));
            }
            5 | 6 => {
                let mut def = tp_record_default_def();
                def.keyframe_seconds = bytes.byte().into();
                call!(tp_match_record(world, game, &raw const def));
            }
            7 => {
                let mut stats = Room::<tp_record_stats>::new(1);
                if call!(tp_match_recording(world, game, stats.at()), stats) {
                    let room = bytes.room(one(&stats).waiting as usize);
                    let (mut out, mut used, mut drained) =
                        (Room::<u8>::new(room), Room::<usize>::new(1), Room::<tp_drained>::new(1));
                    let good = call!(
                        tp_match_drain_replay(world, game, out.at(), room, used.at(), drained.at()),
                        out,
                        used,
                        drained
                    );
                    if good {
                        self.recording.extend(&out.0[..one(&used)]);
                    }
                }
            }
            _ => {
                let (mut rest, mut drained) = (Room::<*mut tp_bytes>::new(1), Room::<tp_drained>::new(1));
                if call!(tp_match_end_recording(world, game, rest.at(), drained.at()), rest, drained) {
                    let (rest, mut length) = (one(&rest), Room::<usize>::new(1));
                    call!(tp_bytes_get_length(rest, length.at()), length);
                    let room = one(&length);
                    let (mut out, mut used) = (Room::<u8>::new(room), Room::<usize>::new(1));
                    call!(tp_bytes_copy(rest, out.at(), room, used.at()), out, used);
                    call!(tp_bytes_destroy(rest));
                    self.recording.extend(&out.0);
                }
                self.read_recording(bytes);
            }
        }
    }

    /// What has been drained, of whichever matches, whole or with a byte written over.
    fn read_recording(&mut self, bytes: &mut Bytes<'_>) {
        let mut file = std::mem::take(&mut self.recording);
        if bytes.byte().is_multiple_of(2) {
            let at = bytes.word() as usize % file.len().max(1);
            let value = bytes.byte();
            file.get_mut(at).into_iter().for_each(|b| *b = value);
        }
        let mut replay = Room::<*mut tp_replay>::new(1);
        if !call!(tp_replay_open(file.as_ptr(), file.len(), replay.at()), replay) {
            return;
        }
        let replay = one(&replay);
        let (mut info, mut verified) = (Room::<tp_replay_info>::new(1), Room::<tp_verified>::new(1));
        call!(tp_replay_get_info(replay, info.at()), info);
        call!(tp_replay_verify(replay, self.map, u32::from(bytes.byte() % 3), verified.at()), verified);
        call!(tp_replay_destroy(replay));
    }

    fn ask(&mut self, bytes: &mut Bytes<'_>) {
        let receiver = self.receiver(bytes);
        match bytes.byte() % 3 {
            0 => {
                call!(tp_receiver_request_respawn(receiver));
            }
            1 => {
                call!(tp_receiver_request_exact(receiver));
            }
            _ => {
                let loadout = loadout(bytes);
                let mut request = Room::<u8>::new(1);
                call!(
                    tp_receiver_request_loadout(receiver, &raw const loadout, bytes.byte() % 4, request.at()),
                    request
                );
            }
        }
    }

    fn look_at_receiver(&mut self, bytes: &mut Bytes<'_>) {
        let receiver = self.receiver(bytes);
        let (mut seen, mut own, mut welcome) =
            (Room::<tp_seen>::new(1), Room::<tp_seen_own>::new(1), Room::<tp_welcome>::new(1));
        call!(tp_receiver_get(receiver, seen.at()), seen);
        call!(tp_receiver_get_own(receiver, own.at()), own);
        call!(tp_receiver_get_welcome(receiver, welcome.at()), welcome);
        let room = bytes.room(64);
        let (mut out, mut count) = (Room::<u8>::new(room), Room::new(1));
        call!(tp_receiver_levels(receiver, out.at(), room, count.at()), out, count);
        let (mut out, mut count) = (Room::<tp_seen_projectile>::new(room), Room::new(1));
        call!(tp_receiver_projectiles(receiver, out.at(), room, count.at()), out, count);
        let (mut out, mut count) = (Room::<tp_seen_cloud>::new(room), Room::new(1));
        call!(tp_receiver_clouds(receiver, out.at(), room, count.at()), out, count);
        let (mut out, mut count) = (Room::<tp_seen_message>::new(room), Room::new(1));
        call!(tp_receiver_messages(receiver, out.at(), room, count.at()), out, count);
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.worlds.iter().for_each(|w| assert!(call!(tp_world_destroy(*w))));
        self.snapshots.iter().for_each(|s| assert!(call!(tp_snapshot_destroy(*s))));
        self.receivers.iter().for_each(|r| assert!(call!(tp_receiver_destroy(*r))));
        assert!(call!(tp_bots_destroy(self.bots)) && call!(tp_map_destroy(self.map)));
    }
}

fn loadout(bytes: &mut Bytes<'_>) -> tp_loadout {
    let legal = !bytes.byte().is_multiple_of(4);
    let mut any = |fallback: u8| if legal { fallback } else { bytes.byte() % 17 };
    let (primary, secondary, support_count) = (any(0), any(5), any(3) % 5);
    tp_loadout { primary, secondary, support_count, support: [any(12), any(13), any(14)], reserved: [0; 2] }
}

fn hash(world: *mut tp_world, game: tp_match_id) -> u64 {
    let mut out = Room::<u64>::new(1);
    call!(tp_match_hash(world, game, out.at()), out);
    one(&out)
}

/// Makes the calls that `data` says. Panics if something that must hold does not.
pub(crate) fn drive(data: &[u8]) {
    let bytes = &mut Bytes(data);
    let mut host = Host::new(bytes);
    for _ in 0..CALLS {
        if bytes.0.is_empty() || host.ticks >= TICKS {
            break;
        }
        host.one_call(bytes);
    }
}
