//! A match of bots, built the way a game server builds its own: a world, a map, a match, players; then think, step and
//! drain events and sounds, tick by tick.
//!
//! `cargo run -p trespasser-example-rust -- [SCENE] [TICKS]`

use anyhow::{Context, Result};
use trespasser::map::Reading;
use trespasser::scenes::{Bots, script};
use trespasser::sound::own;
use trespasser::{EventKind, GameMap, MatchDef, RuleSet, World, WorldDef};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let scene = arguments.next().unwrap_or_else(|| "brawl".to_owned());
    let ticks: u32 = match arguments.next() {
        Some(text) => text.parse().with_context(|| format!("TICKS is {text:?}; it must be 0 to 4294967295"))?,
        None => 600,
    };

    let script = script(&scene)?;
    let map = GameMap::builtin(script.map, Reading::Fine)?;
    let (rules, tick_rate) = (RuleSet::by_name(script.rules)?, script.tick_rate);
    let mut world = World::new(WorldDef { rules, tick_rate, ..WorldDef::default() })?;
    let game = world.create_match(&map, MatchDef { seed: script.seed, kill_target: Some(script.kill_target) })?;
    let mut bots = Bots::new();
    for role in &script.roles {
        bots.add_role(&mut world, game, role)?;
    }

    let mut counts = [0u32; 256];
    let mut heard = 0u64;
    for _ in 0..ticks {
        bots.think(&mut world);
        world.step();
        let lost = world.drain_events(game, |event| counts[event.kind as usize] += 1)?;
        let lost = lost + world.drain_sounds(game, |sound| heard += u64::from(sound.flags & own::OWN == 0))?;
        anyhow::ensure!(lost == 0, "{lost} events and sounds were lost; drain after every step");
        let view = world.view(game)?;
        // A match that is over begins anew.
        if view.is_over() {
            let seed = view.seed() + 1;
            world.reset_match(game, seed)?;
        }
    }

    let of = |kind: EventKind| counts[kind as usize];
    println!("scene {scene}: {} on {}, {ticks} ticks, SIMD {}", script.roles.len(), script.map, world.simd().name());
    println!(
        "shots {}, hits {}, deaths {}, slices destroyed {}",
        of(EventKind::Fired),
        of(EventKind::HitPlayer),
        of(EventKind::Died),
        of(EventKind::SliceDestroyed)
    );
    println!("sounds of others heard {heard}");
    let view = world.view(game)?;
    let [red, blue] = view.score();
    println!("score red {red}, blue {blue}");
    for p in view.players() {
        println!(
            "{:5} {:3} points at ({:5.1}, {:5.1}), {} kills, {} deaths",
            p.team.name(),
            p.health,
            p.position.x,
            p.position.y,
            p.kills,
            p.deaths
        );
    }
    println!("hash {:016x}", world.hash(game)?);
    Ok(())
}
