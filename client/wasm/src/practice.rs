//! The loaded map, played at once against bots.

use crate::answer::{Answer, Fault};
use crate::arena::Arena;
use crate::ground::Ground;
use serde::Deserialize;
use serde_json::json;
use trespasser::scenes::Bots;
use trespasser::{Buttons, InputCmd, Loadout, MatchDef, PlayerDef, PlayerId, Team, Vec2, World, WorldDef};

/// Besides the player.
const MOST_BOTS: u32 = 7;

pub(crate) fn of(practice: &mut Option<Practice>) -> Result<&mut Practice, Fault> {
    practice.as_mut().ok_or_else(|| Fault::not_yet("no match has begun; begin one first"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Def {
    /// 0 to 7.
    bots: u32,
    /// 0 to 1.
    skill: f32,
    seed: u32,
    team: String,
    primary: String,
    secondary: String,
    support: Vec<String>,
}

pub(crate) struct Practice {
    pub(crate) arena: Arena,
    bots: Bots,
    own: PlayerId,
    sequence: u32,
}

impl Practice {
    pub(crate) fn begin(text: &[u8], ground: &Ground) -> Result<(Practice, Answer), Fault> {
        let def: Def = serde_json::from_slice(text).map_err(|error| {
            Fault::argument(
                "match",
                format!("no such thing ({error})"),
                "{bots, skill, seed, team, primary, secondary, support}",
            )
        })?;
        if def.bots > MOST_BOTS {
            return Err(Fault::argument("bots", def.bots, format!("0 to {MOST_BOTS}")));
        }
        let team: Team = def.team.parse()?;
        let support: Vec<&str> = def.support.iter().map(String::as_str).collect();
        let loadout = Loadout::from_names(&def.primary, &def.secondary, &support)?;
        let map = ground.map()?;
        let mut world = World::new(WorldDef { max_matches: 1, ..WorldDef::default() })?;
        let game = world.create_match(&map, MatchDef { seed: def.seed.into(), kill_target: None })?;
        let own = world.add_player(game, PlayerDef { team: Some(team), loadout, spawn: true })?;
        let mut bots = Bots::new();
        for bot in 0..def.bots {
            // Enemies first, so that a lone bot is one.
            let team = if bot % 2 == 0 { team.other() } else { team };
            bots.add(&mut world, game, PlayerDef { team: Some(team), ..PlayerDef::default() }, def.skill)?;
        }
        let mut arena = Arena::new(world, game);
        arena.begin(0)?;
        let practice = Practice { arena, bots, own, sequence: 0 };
        Ok((practice, json!({ "slot": own.slot(), "map": crate::ground::map_of(&map, &[]) }).into()))
    }

    pub(crate) fn step(&mut self, held: u32, taps: u32, x: f32, y: f32) -> Result<Answer, Fault> {
        let buttons = |field: &str, value: u32| {
            u16::try_from(value).map(Buttons).map_err(|_| Fault::argument(field, value, "0 to 65535, a bit a button"))
        };
        let (held, taps) = (buttons("held", held)?, buttons("taps", taps)?);
        let input = InputCmd::new(self.sequence.wrapping_add(1), held, taps, Vec2::new(x, y))?;
        let Arena { world, game, .. } = &mut self.arena;
        world.push_input(*game, self.own, input)?;
        self.sequence = self.sequence.wrapping_add(1);
        self.bots.think(world);
        world.step();
        self.arena.after_tick(|_| {})?;
        Ok(json!({ "tick": self.arena.view()?.tick() }).into())
    }

    pub(crate) fn frame(&mut self, own: bool) -> Result<Answer, Fault> {
        let viewer = if own { self.own.slot() as i32 } else { -1 };
        let mut frame = self.arena.frame(viewer)?;
        frame["own"] = json!(self.own.slot());
        Ok(frame.into())
    }
}
