//! Arbitrary bytes as a map; what is accepted is played for a moment.
#![no_main]

use trespasser::{GameMap, MatchDef, PlayerDef, Reading, World, WorldDef};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for reading in [Reading::Fine, Reading::Coarse] {
        let Ok(map) = GameMap::from_png(data, reading) else { continue };
        let mut world = World::new(WorldDef::default()).expect("the defaults are valid");
        let game = world.create_match(&map, MatchDef::default()).expect("there is room");
        for _ in 0..8 {
            world.add_player(game, PlayerDef::default()).expect("there is room");
        }
        for _ in 0..3 {
            world.step();
        }
    }
});
