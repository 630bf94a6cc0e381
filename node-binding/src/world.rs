//! `World`: matches, players, ticks.

use crate::fail::{Fail, Inner, Result, guard};
use crate::held::Held;
use crate::map::JsGameMap;
use crate::read::{self, Fields};
use crate::shape::{Cloud, Projectile, Score, slice_points};
use crate::wire::net_def;
use crate::{TILE_BYTES, external};
use napi::Env;
use napi::JsValue;
use napi::bindgen_prelude::{
    ClassInstance, Float32ArraySlice, Function, JsObjectValue, Object, ObjectFinalize, Uint8ArraySlice, Unknown,
};
use napi_derive::napi;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use trespasser::scenes::{Bots, Role};
use trespasser::world::PLAYERS;
use trespasser::{
    Buttons, InputCmd, MatchDef, MatchId, MatchView, NetDef, PlayerDef, PlayerId, PolygonCache, RuleSet, Team, Vec2,
    WorldDef,
};

/// About what an empty world takes, bytes.
const WORLD_BYTES: i64 = 4 << 10;
/// About what a match takes before anything happens in it, bytes; for the collector, which need not know better.
const MATCH_BYTES: i64 = 16 << 10;
/// Of a bot whose host does not say.
const DEFAULT_SKILL: f32 = 0.5;

/// What a call works on. Arguments are read before it is borrowed, for reading them may run JavaScript.
pub(crate) struct Pool {
    pub(crate) world: trespasser::World,
    /// As the world was made with.
    pub(crate) net: NetDef,
    /// Who plays for the host.
    bots: Bots,
    /// Kept between drains.
    pub(crate) events: Vec<trespasser::Event>,
    /// Kept between calls.
    pub(crate) slices: Vec<u16>,
    /// Kept between drains of recordings.
    pub(crate) bytes: Vec<u8>,
    /// The last polygon of each player who was asked about, so that one who stands still costs next to nothing. Of the
    /// matches that were asked about alone, by raw id.
    polygons: HashMap<u64, Box<[PolygonCache; PLAYERS]>>,
}

impl Pool {
    fn polygon(&mut self, game: MatchId, player: PlayerId) -> Inner<(MatchView<'_>, usize, &mut PolygonCache)> {
        let view = self.world.view(game)?;
        let slot = view.player(player)?.id.slot();
        let caches = self.polygons.entry(game.raw()).or_default();
        Ok((view, slot, &mut caches[slot]))
    }
}

/// The Rust name is the JavaScript one: its methods stand in several modules, and those expanded before this one do not
/// see a `js_name` given here.
#[napi(custom_finalize)]
pub struct World {
    pool: Held<Pool>,
    /// Bytes that the collector has been told of.
    told: Cell<i64>,
    /// A call panicked half way: nothing is known about the state.
    broken: Cell<bool>,
    /// No other world of the process has it.
    serial: u64,
}

impl World {
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// Runs `work` on the pool; refuses for good after a panic.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Pool) -> Inner<T>) -> Inner<T> {
        if self.broken.replace(true) {
            return Err(Fail::panic("this world panicked in an earlier call; make a new one".to_owned()));
        }
        let outcome = self.pool.with(work);
        self.broken.set(false);
        outcome
    }

    /// Lets the collector know about what the world holds, so that worlds that nobody disposes of are collected in time.
    fn tell(&self, env: &Env) -> Inner<()> {
        let matches = self.with(|pool| Ok(pool.world.match_count()))?;
        self.tell_bytes(env, WORLD_BYTES + matches as i64 * MATCH_BYTES)
    }

    fn tell_bytes(&self, env: &Env, bytes: i64) -> Inner<()> {
        let before = self.told.replace(bytes);
        Ok(external(env, bytes - before)?)
    }
}

impl ObjectFinalize for World {
    fn finalize(self, env: Env) -> napi::Result<()> {
        external(&env, -self.told.get())
    }
}

#[napi]
impl World {
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, options: Unknown<'_>) -> Result<World> {
        guard(|| {
            let fields = Fields::optional("options", options)?;
            let mut def = WorldDef::default();
            if let Some(rate) = fields.get("tickRate")? {
                def.tick_rate = read::uint32("tickRate", &rate)?;
            }
            if let Some(name) = fields.get("rules")? {
                def.rules = RuleSet::by_name(&read::string("rules", &name, "standard or legacy")?)?;
            }
            if let Some(most) = fields.get("maxMatches")? {
                def.max_matches = read::uint32("maxMatches", &most)?;
            }
            if let Some(wire) = fields.get("wire")? {
                def.net = net_def(wire)?;
            }
            let pool = Pool {
                net: def.net,
                world: trespasser::World::new(def)?,
                bots: Bots::new(),
                events: Vec::new(),
                slices: Vec::new(),
                bytes: Vec::new(),
                polygons: HashMap::new(),
            };
            static NEXT: AtomicU64 = AtomicU64::new(0);
            // A serial is only ever compared: the order between threads does not matter.
            let serial = NEXT.fetch_add(1, Ordering::Relaxed);
            let pool = Held::new("World", pool);
            let world = World { pool, told: Cell::new(0), broken: Cell::new(false), serial };
            world.tell(env)?;
            Ok(world)
        })
    }

    /// Also frees a world that has panicked.
    #[napi(catch_unwind)]
    pub fn dispose(&self, env: &Env) -> Result<()> {
        guard(|| {
            self.pool.release();
            self.broken.set(false);
            self.tell_bytes(env, 0)
        })
    }

    #[napi(getter, catch_unwind)]
    pub fn tick_rate(&self) -> Result<u32> {
        guard(|| self.with(|pool| Ok(pool.world.tick_rate())))
    }

    #[napi(getter, catch_unwind)]
    pub fn simd(&self) -> Result<&'static str> {
        guard(|| self.with(|pool| Ok(pool.world.simd().name())))
    }

    #[napi(getter, catch_unwind)]
    pub fn match_count(&self) -> Result<u32> {
        guard(|| self.with(|pool| Ok(pool.world.match_count() as u32)))
    }

    #[napi(catch_unwind)]
    pub fn matches(&self) -> Result<Vec<f64>> {
        guard(|| self.with(|pool| Ok(pool.world.match_ids().map(|id| id.raw() as f64).collect())))
    }

    #[napi(catch_unwind)]
    pub fn create_match(&self, env: &Env, map: Unknown<'_>, options: Unknown<'_>) -> Result<f64> {
        guard(|| {
            let map: ClassInstance<'_, JsGameMap> = read::instance("map", &map, "a GameMap")?;
            let fields = Fields::optional("options", options)?;
            let mut def = MatchDef::default();
            if let Some(seed) = fields.get("seed")? {
                def.seed = read::seed(&seed)?;
            }
            if let Some(target) = fields.get("killTarget")? {
                def.kill_target = Some(read::uint16("killTarget", &target)?);
            }
            let map = map.shared()?;
            let id = self.with(|pool| Ok(pool.world.create_match(&map, def)?.raw() as f64))?;
            self.tell(env)?;
            Ok(id)
        })
    }

    #[napi(catch_unwind)]
    pub fn destroy_match(&self, env: &Env, game: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| {
                pool.world.destroy_match(game)?;
                pool.polygons.remove(&game.raw());
                Ok(())
            })?;
            self.tell(env)
        })
    }

    #[napi(catch_unwind)]
    pub fn reset_match(&self, game: Unknown<'_>, seed: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            let seed = read::given(seed)?.map(|seed| read::seed(&seed)).transpose()?;
            self.with(|pool| {
                let next = pool.world.view(game)?.seed().wrapping_add(1);
                Ok(pool.world.reset_match(game, seed.unwrap_or(next))?)
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn add_player(&self, game: Unknown<'_>, options: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            let def = player_def(&Fields::optional("options", options)?)?;
            self.with(|pool| Ok(pool.world.add_player(game, def)?.raw()))
        })
    }

    #[napi(catch_unwind)]
    pub fn remove_player(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|Pool { world, bots, .. }| {
                if bots.is_bot(game, player) {
                    return Ok(bots.remove(world, game, player)?);
                }
                Ok(world.remove_player(game, player)?)
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn set_team(&self, game: Unknown<'_>, player: Unknown<'_>, team: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let team = read::team("team", &team)?;
            self.with(|pool| Ok(pool.world.set_team(game, player, team)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn set_loadout(&self, game: Unknown<'_>, player: Unknown<'_>, loadout: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let loadout = read::loadout(loadout)?;
            self.with(|pool| Ok(pool.world.set_loadout(game, player, &loadout)?))
        })
    }

    // One argument for each of the call's values: an object for each of 480 inputs a second and match is measurable.
    #[allow(clippy::too_many_arguments)]
    #[napi(catch_unwind)]
    pub fn push_input(
        &self,
        game: Unknown<'_>,
        player: Unknown<'_>,
        sequence: Unknown<'_>,
        held: Unknown<'_>,
        taps: Unknown<'_>,
        mouse_x: Unknown<'_>,
        mouse_y: Unknown<'_>,
        ack_tick: Unknown<'_>,
    ) -> Result<bool> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let mut input = InputCmd::new(
                read::uint32("sequence", &sequence)?,
                Buttons(read::uint16("held", &held)?),
                Buttons(read::uint16("taps", &taps)?),
                Vec2::new(read::finite("mouseX", &mouse_x)?, read::finite("mouseY", &mouse_y)?),
            )?;
            if let Some(tick) = read::given(ack_tick)? {
                input.ack_tick = read::uint32("ackTick", &tick)?;
            }
            self.with(|pool| Ok(pool.world.push_input(game, player, input)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn tap(&self, game: Unknown<'_>, player: Unknown<'_>, buttons: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let buttons = Buttons(read::uint16("buttons", &buttons)?);
            self.with(|pool| Ok(pool.world.tap(game, player, buttons)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn kill_player(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| Ok(pool.world.kill_player(game, player)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn throw_item(&self, game: Unknown<'_>, player: Unknown<'_>, charge_level: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            // The rules say how many levels there are.
            let level = read::whole("chargeLevel", &charge_level, 0, u8::MAX.into())? as u8;
            self.with(|pool| Ok(pool.world.throw(game, player, level)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn give_weapon(&self, game: Unknown<'_>, player: Unknown<'_>, weapon: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let weapon = read::string("weapon", &weapon, "a weapon's name")?.parse()?;
            self.with(|pool| Ok(pool.world.give_weapon(game, player, weapon)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn repair_walls(&self, game: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.repair_walls(game)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn add_bot(&self, game: Unknown<'_>, options: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            let fields = Fields::optional("options", options)?;
            let def = player_def(&fields)?;
            let skill = match fields.get("skill")? {
                Some(skill) => read::finite("skill", &skill)?,
                None => DEFAULT_SKILL,
            };
            let flag = |name| fields.get(name)?.map_or(Ok(false), |value| read::boolean(name, &value));
            let role = Role { def, skill, wrecks: flag("wrecks")?, rough: flag("rough")? };
            self.with(|Pool { world, bots, .. }| Ok(bots.add_role(world, game, &role)?.raw()))
        })
    }

    #[napi(catch_unwind)]
    pub fn adopt_bot(&self, game: Unknown<'_>, player: Unknown<'_>, skill: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let skill = read::finite("skill", &skill)?;
            self.with(|Pool { world, bots, .. }| Ok(bots.adopt(world, game, player, skill)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn release_bot(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<bool> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|Pool { world, bots, .. }| Ok(bots.release(game, world.view(game)?.player(player)?.id)))
        })
    }

    #[napi(catch_unwind)]
    pub fn is_bot(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<bool> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|Pool { world, bots, .. }| Ok(bots.is_bot(game, world.view(game)?.player(player)?.id)))
        })
    }

    #[napi(catch_unwind)]
    pub fn think_bots(&self) -> Result<()> {
        guard(|| {
            self.with(|Pool { world, bots, .. }| {
                bots.think(world);
                Ok(())
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn step(&self) -> Result<()> {
        guard(|| {
            self.with(|pool| {
                pool.world.step();
                Ok(())
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn step_parallel(&self) -> Result<()> {
        guard(|| {
            self.with(|pool| {
                pool.world.step_parallel();
                Ok(())
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn tick(&self, game: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.view(game)?.tick()))
        })
    }

    #[napi(catch_unwind)]
    pub fn score(&self, game: Unknown<'_>) -> Result<Score> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| {
                let view = pool.world.view(game)?;
                let [red, blue] = view.score();
                let winner = view.winner().map(Team::name);
                Ok(Score { red: red.into(), blue: blue.into(), over: view.is_over(), winner })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn sees(&self, game: Unknown<'_>, viewer: Unknown<'_>, target: Unknown<'_>) -> Result<bool> {
        guard(|| {
            let game = read::match_id(&game)?;
            let (viewer, target) = (read::player_id("viewer", &viewer)?, read::player_id("target", &target)?);
            self.with(|pool| {
                let view = pool.world.view(game)?;
                // For their errors: a stale id would name the slot's next player.
                let (viewer, target) = (view.player(viewer)?.id, view.player(target)?.id);
                Ok(view.sees(viewer.slot()) >> target.slot() & 1 == 1)
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn line_is_clear(
        &self,
        game: Unknown<'_>,
        x1: Unknown<'_>,
        y1: Unknown<'_>,
        x2: Unknown<'_>,
        y2: Unknown<'_>,
    ) -> Result<bool> {
        guard(|| {
            let game = read::match_id(&game)?;
            let (from, to) = line(&x1, &y1, &x2, &y2)?;
            self.with(|pool| Ok(pool.world.view(game)?.line_is_clear(from, to)))
        })
    }

    #[napi(catch_unwind)]
    pub fn smoke_between(
        &self,
        game: Unknown<'_>,
        x1: Unknown<'_>,
        y1: Unknown<'_>,
        x2: Unknown<'_>,
        y2: Unknown<'_>,
    ) -> Result<f64> {
        guard(|| {
            let game = read::match_id(&game)?;
            let (from, to) = line(&x1, &y1, &x2, &y2)?;
            self.with(|pool| Ok(pool.world.view(game)?.smoke_between(from, to).into()))
        })
    }

    #[napi(catch_unwind)]
    pub fn sight_matrix<'env>(&self, env: &'env Env, game: Unknown<'_>) -> Result<Uint8ArraySlice<'env>> {
        guard(|| {
            let game = read::match_id(&game)?;
            let rows = self.with(|pool| Ok(pool.world.view(game)?.sight_matrix().to_le_bytes()))?;
            Ok(Uint8ArraySlice::copy_from(env, rows)?)
        })
    }

    #[napi(catch_unwind)]
    pub fn walls_version(&self, game: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.view(game)?.walls_version()))
        })
    }

    #[napi(catch_unwind)]
    pub fn slice_health<'env>(&self, env: &'env Env, game: Unknown<'_>, out: Unknown<'env>) -> Result<Unknown<'env>> {
        guard(|| {
            let game = read::match_id(&game)?;
            floats(env, out, |out| {
                self.with(|pool| {
                    let view = pool.world.view(game)?;
                    let count = view.map().geometry().slice_count;
                    out.fill(count, (0..count).map(|slice| slice_points(view.slice_health(slice)) as f32))
                })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn projectiles(&self, game: Unknown<'_>) -> Result<Vec<Projectile>> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.view(game)?.projectiles().map(Projectile::from).collect()))
        })
    }

    #[napi(catch_unwind)]
    pub fn clouds(&self, game: Unknown<'_>) -> Result<Vec<Cloud>> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.view(game)?.clouds().map(Cloud::from).collect()))
        })
    }

    #[napi(catch_unwind)]
    pub fn polygon<'env>(
        &self,
        env: &'env Env,
        game: Unknown<'_>,
        player: Unknown<'_>,
        out: Unknown<'env>,
    ) -> Result<Unknown<'env>> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            floats(env, out, |out| {
                self.with(|pool| {
                    let (view, slot, cache) = pool.polygon(game, player)?;
                    let corners = view.polygon_cached(slot, cache);
                    out.fill(corners.len() * 2, corners.iter().flat_map(|corner| [corner.x, corner.y]))
                })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn tiles<'env>(
        &self,
        env: &'env Env,
        game: Unknown<'_>,
        player: Unknown<'_>,
        out: Unknown<'env>,
    ) -> Result<Unknown<'env>> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let given = read::given(out)?;
            let mut room = match &given {
                Some(array) => Some(read::typed::<Uint8ArraySlice<'env>>("out", array, "a Uint8Array")?),
                None => None,
            };
            const NEED: usize = TILE_BYTES as usize;
            if let Some(room) = room.as_ref().filter(|room| room.len() < NEED) {
                let limit = format!("a Uint8Array of at least {NEED}");
                return Err(Fail::invalid("out", format_args!("of length {}", room.len()), limit));
            }
            let words = self.with(|pool| {
                let (view, slot, cache) = pool.polygon(game, player)?;
                Ok(view.tiles_cached(slot, cache))
            })?;
            let bytes = words.iter().flat_map(|word| word.to_le_bytes()).take(NEED);
            let (Some(array), Some(room)) = (given, &mut room) else {
                return Ok(Uint8ArraySlice::copy_from(env, bytes.collect::<Vec<_>>())?.to_unknown());
            };
            let length = room.len();
            // SAFETY: the call holds the only view of the array, and no JavaScript runs while it is written.
            unsafe { room.as_mut() }.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
            beginning(array, length, NEED)
        })
    }

    #[napi(catch_unwind)]
    pub fn hash(&self, game: Unknown<'_>) -> Result<String> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(format!("{:016x}", pool.world.hash(game)?)))
        })
    }

    #[napi(catch_unwind)]
    pub fn map_hash(&self, game: Unknown<'_>) -> Result<String> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(format!("{:016x}", pool.world.view(game)?.map().hash())))
        })
    }

    #[napi(catch_unwind)]
    pub fn match_bytes(&self, game: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.view(game)?.bytes() as u32))
        })
    }

    #[napi(catch_unwind)]
    pub fn save<'env>(&self, env: &'env Env, game: Unknown<'_>) -> Result<Uint8ArraySlice<'env>> {
        guard(|| {
            let game = read::match_id(&game)?;
            let mut bytes = Vec::new();
            self.with(|pool| Ok(pool.world.save(game, &mut bytes)?))?;
            Ok(Uint8ArraySlice::copy_from(env, bytes)?)
        })
    }

    #[napi(catch_unwind)]
    pub fn restore(&self, game: Unknown<'_>, bytes: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            let bytes: Uint8ArraySlice<'_> = read::typed("bytes", &bytes, "a Uint8Array that save() gave")?;
            self.with(|pool| Ok(pool.world.restore(game, &bytes)?))
        })
    }
}

/// `{ team?, loadout?, spawn? }`.
fn player_def(fields: &Fields<'_>) -> Inner<PlayerDef> {
    let mut def = PlayerDef::default();
    if let Some(team) = fields.get("team")? {
        def.team = Some(read::team("team", &team)?);
    }
    if let Some(loadout) = fields.get("loadout")? {
        def.loadout = read::loadout(loadout)?;
    }
    if let Some(spawn) = fields.get("spawn")? {
        def.spawn = read::boolean("spawn", &spawn)?;
    }
    Ok(def)
}

/// Where numbers of a call go: the caller's array, or a new one.
pub(crate) enum Floats<'a> {
    Given(Float32ArraySlice<'a>),
    New(Vec<f32>),
}

impl Floats<'_> {
    /// Takes `count` numbers.
    pub(crate) fn fill(&mut self, count: usize, numbers: impl Iterator<Item = f32>) -> Inner<usize> {
        match self {
            Floats::New(vec) => vec.extend(numbers),
            Floats::Given(array) => {
                if array.len() < count {
                    let limit = format!("a Float32Array of at least {count}");
                    return Err(Fail::invalid("out", format_args!("of length {}", array.len()), limit));
                }
                // SAFETY: the call holds the only view of the array, and no JavaScript runs while it is written.
                let out = unsafe { array.as_mut() };
                for (place, number) in out.iter_mut().zip(numbers) {
                    *place = number;
                }
            }
        }
        Ok(count)
    }
}

/// Calls `work` with the caller's array or a new one, and gives back an array of exactly the numbers written: the
/// caller's own where it has that length, else a view of its beginning.
pub(crate) fn floats<'env>(
    env: &'env Env,
    out: Unknown<'env>,
    work: impl FnOnce(&mut Floats<'env>) -> Inner<usize>,
) -> Inner<Unknown<'env>> {
    let Some(array) = read::given(out)? else {
        let mut new = Floats::New(Vec::new());
        work(&mut new)?;
        let Floats::New(numbers) = new else { unreachable!("it was made as a new one") };
        return Ok(Float32ArraySlice::copy_from(env, numbers)?.to_unknown());
    };
    let slice: Float32ArraySlice<'env> = read::typed("out", &array, "a Float32Array")?;
    let length = slice.len();
    let written = work(&mut Floats::Given(slice))?;
    beginning(array, length, written)
}

/// A typed array as it is where `written` is its length, else a view of its beginning.
fn beginning(array: Unknown<'_>, length: usize, written: usize) -> Inner<Unknown<'_>> {
    if written == length {
        return Ok(array);
    }
    let object: Object<'_> = read::typed("out", &array, "a typed array")?;
    let subarray: Function<'_, napi::bindgen_prelude::FnArgs<(u32, u32)>, Unknown<'_>> =
        object.get_named_property_unchecked("subarray")?;
    Ok(subarray.apply(object, (0, written as u32).into())?)
}

/// Two points of the playfield, px.
pub(crate) fn line(x1: &Unknown<'_>, y1: &Unknown<'_>, x2: &Unknown<'_>, y2: &Unknown<'_>) -> Inner<(Vec2, Vec2)> {
    let from = Vec2::new(read::finite("x1", x1)?, read::finite("y1", y1)?);
    Ok((from, Vec2::new(read::finite("x2", x2)?, read::finite("y2", y2)?)))
}
