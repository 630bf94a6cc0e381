//! Turns bytes into what comes over a wire: a client's messages into a live match, and a host's into a receiver. What
//! must hold is checked after each. Shared by the fuzz targets and a test with fixed bytes.

use trespasser::net::{Receiver, Taken};
use trespasser::{Buttons, Error, GameMap, MatchDef, MatchId, PlayerDef, PlayerId, Reading, Vec2, World, WorldDef};

/// Bytes of memory that a link may take on our maps, whatever its client does.
const LINK: usize = 8 * 1024;
/// The same for a receiver, whatever its host does.
const RECEIVER: usize = 320 * 1024;

struct Side {
    world: World,
    game: MatchId,
    ids: [PlayerId; 2],
}

fn side(seed: u64) -> Side {
    let map = GameMap::builtin("yard", Reading::Fine).expect("our own maps are good");
    let mut world = World::new(WorldDef::default()).expect("the defaults are valid");
    let game = world.create_match(&map, MatchDef { seed, kill_target: None }).expect("there is room");
    let ids = [0, 1].map(|_| world.add_player(game, PlayerDef::default()).expect("there is room"));
    for id in ids {
        world.open_link(game, id).expect("the player is there");
    }
    Side { world, game, ids }
}

/// Up to so many bytes from the front, by a length in front of them.
fn cut<'a>(data: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&op, rest) = data.split_first()?;
    let (&len, rest) = rest.split_first()?;
    let len = usize::from(len).min(rest.len());
    let (message, rest) = rest.split_at(len);
    *data = rest;
    Some((op, message))
}

/// A client's bytes, between honest answers; the other player's link must not notice.
pub(crate) fn up(data: &[u8]) {
    let mut side = side(7);
    let mut clients = [Receiver::new(), Receiver::new()];
    let mut rest = data;
    while let Some((op, message)) = cut(&mut rest) {
        let mut bytes = message.to_vec();
        if let (Some(first), Some(seen)) = (bytes.first_mut(), clients[0].seen()) {
            // Mostly the right kind and epoch, or all would end there.
            if op & 3 != 0 {
                *first = *first & 0xF0 | seen.welcome.epoch << 2;
            }
        }
        let hash = side.world.hash(side.game).expect("the match is there");
        match side.world.receive(side.game, side.ids[0], &bytes) {
            Ok(received) => assert!(received.inputs <= 12),
            Err(Error::BadMessage { .. }) => {
                assert_eq!(side.world.hash(side.game).expect("the match is there"), hash, "refused, yet changed");
            }
            Err(e) => panic!("{e}"),
        }
        for _ in 0..=op >> 6 {
            side.world.step();
            let packets: Vec<(PlayerId, Vec<u8>)> =
                side.world.packets().map(|p| (p.player, p.bytes.to_vec())).collect();
            for (player, packet) in packets {
                let slot = player.slot();
                clients[slot].receive(&packet).expect("a host's own messages are good");
                // The other one always answers, this one now and then.
                if slot == 1 || op & 4 != 0 {
                    let client = &mut clients[slot];
                    let cursor = Vec2::new(f32::from(op), 100.0);
                    client.input(Buttons(u16::from(op)), Buttons::NONE, cursor).expect("the cursor is finite");
                    let mut up = Vec::new();
                    client.write(op.into(), &mut up);
                    side.world.receive(side.game, player, &up).expect("a client's own messages are good");
                }
            }
        }
        let stats = side.world.link_stats(side.game, side.ids[0]).expect("the player is there").expect("it is open");
        assert!(stats.memory <= LINK, "{stats:?}");
    }
}

/// A host's bytes, some of them honest ones with flipped bits.
pub(crate) fn down(data: &[u8]) {
    let mut side = side(8);
    let mut client = Receiver::new();
    let mut last: Vec<u8> = Vec::new();
    // Has taken a liar's word, so that honest bytes may not fit any more.
    let mut deceived = false;
    let mut rest = data;
    while let Some((op, message)) = cut(&mut rest) {
        side.world.step();
        let fresh = side.world.packets().find(|p| p.player == side.ids[0]).map(|p| p.bytes.to_vec());
        if let Some(fresh) = fresh {
            last = fresh;
            if op & 1 == 0 {
                let taken = client.receive(&last);
                assert!(deceived || taken.is_ok(), "a host's own messages are good: {taken:?}");
                let mut up = Vec::new();
                client.write(0, &mut up);
                side.world.receive(side.game, side.ids[0], &up).expect("a client's own messages are good");
            }
        }
        let mut bytes = if op & 2 == 0 { message.to_vec() } else { last.clone() };
        if op & 2 != 0 {
            for flip in message {
                let at = usize::from(*flip) % (bytes.len() * 8).max(1);
                if let Some(byte) = bytes.get_mut(at / 8) {
                    *byte ^= 1 << (at % 8);
                }
            }
        } else if let (Some(first), Some(seen)) = (bytes.first_mut(), client.seen()) {
            // Mostly the right kind and epoch.
            if op & 4 != 0 {
                *first = *first & 0xF0 | seen.welcome.epoch << 2;
            }
        }
        // Against a copy, so that honest ones still fit afterwards.
        let mut copy = client.clone();
        match copy.receive(&bytes) {
            Ok(Taken::Snapshot | Taken::Welcome | Taken::Farewell(_)) => {}
            Ok(Taken::Ignored) | Err(Error::BadMessage { .. }) => assert_eq!(copy.seen(), client.seen()),
            Err(e) => panic!("{e}"),
        }
        assert!(copy.memory() <= RECEIVER, "{} bytes", copy.memory());
        if op & 8 != 0 {
            client = copy;
            deceived = true;
        }
    }
}
