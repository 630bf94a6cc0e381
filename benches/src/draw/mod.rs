//! Pictures of a match: walls slice by slice, and on top whatever layers are asked for. `cargo xtask draw`.

mod contour;
mod frame;
mod ground;
mod hearing;
mod options;
mod people;
mod seeing;
mod stages;

pub use options::{Layer, Options, Place};
pub use seeing::END;
pub use stages::{STAGES, Stage, stage};

use crate::canvas::{Canvas, Ink};
use crate::{load_map, map_label};
use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use std::path::{Path, PathBuf};
use trespasser::map::PLAYFIELD;
use trespasser::rules::Team;
use trespasser::scenes::{Bots, Scene, loadout};
use trespasser::world::{Event, MatchView, PLAYERS, PlayerView};
use trespasser::{MatchDef, MatchId, PlayerDef, Reading, RuleSet, SoundKind, Vec2, World, WorldDef};

pub(crate) const FLOOR: Ink = [24, 27, 33, 255];
pub(crate) const FRAME: Ink = [14, 16, 20, 255];
pub(crate) const TEXT: Ink = [222, 226, 233, 255];
pub(crate) const DIM: Ink = [132, 140, 152, 255];
pub(crate) const RED: Ink = [242, 92, 84, 255];
pub(crate) const BLUE: Ink = [79, 157, 255, 255];
/// Clear lines of sight.
pub const SEEN: Ink = [74, 222, 148, 255];
/// Lines of sight that end before their target.
pub const BLOCKED: Ink = [255, 72, 88, 255];
/// The way round of a sound.
pub const WAY: Ink = [255, 176, 46, 255];
/// Where a sound is heard from.
pub const BEARING: Ink = [255, 255, 255, 255];
pub(crate) const SHOT: Ink = [255, 214, 92, 255];
pub(crate) const CRACK: Ink = [10, 11, 14, 255];
pub(crate) const HEALTH: Ink = [128, 222, 128, 255];

/// Shots that are drawn are this young, ticks.
pub const TRACE: u32 = 8;
/// Letters, dot in playfield px: titles, names and legends, small print.
pub(crate) const LARGE: f32 = 0.67;
pub(crate) const NORMAL: f32 = 0.5;
pub(crate) const SMALL: f32 = 0.45;

/// The pictures of the gallery: file in `examples/pictures/`, and the options that draw it, but for `--out`.
pub const GALLERY: &[(&str, &str)] = &[
    ("hole.png", "--scene hole --show polygon,tiles,lines,players --player 0 --part 45,45,280,220 --scale 4"),
    ("smoke.png", "--scene smoke --show polygon,smoke,lines,players --player 0 --part 40,20,280,240 --scale 4"),
    ("shot.png", "--scene shot --show sound,players --player 0 --sound fire_rifle --part 70,20,330,230 --scale 4"),
    (
        "round.png",
        "--scene round --show way,cells,players --player 0 --sound fire_rifle --to 1 --part 65,40,320,200 --scale 4",
    ),
    ("match.png", "--map citadel --seed 3 --tick 1500"),
];

/// The command of a picture of the gallery.
pub fn gallery_command(file: &str, options: &str) -> String {
    format!("cargo xtask draw {options} --out examples/pictures/{file}")
}

/// The options of a picture of the gallery, which are those of its command, with the file in a folder.
///
/// # Errors
/// Options that are none.
pub fn gallery_options(file: &str, options: &str, folder: &Path) -> Result<Options> {
    let words = ["cargo xtask draw"].into_iter().chain(options.split(' ')).map(Into::into);
    let out = ["--out".into(), folder.join(file).into_os_string()];
    Ok(Options::try_parse_from(words.chain(out))?)
}

/// Draws what the options ask for, and says what it wrote.
///
/// # Errors
/// Options that do not fit together or the match; files that cannot be read or written.
pub fn run(options: &Options) -> Result<()> {
    if !options.gallery {
        return write(options);
    }
    let folder = gallery_folder();
    for (file, line) in GALLERY {
        write(&gallery_options(file, line, &folder)?)?;
    }
    Ok(())
}

fn write(options: &Options) -> Result<()> {
    let Some(out) = &options.out else { bail!("--out is missing") };
    let drawn = picture(options)?;
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    drawn.canvas.save(out)?;
    println!("{}: {}", out.display(), drawn.about);
    for line in &drawn.notes {
        println!("  {line}");
    }
    Ok(())
}

/// A picture, and what it says in words.
#[derive(Debug)]
pub struct Drawn {
    /// The picture.
    pub canvas: Canvas,
    /// Tick and map or scene.
    pub about: String,
    /// What stands under the picture.
    pub notes: Vec<String>,
}

/// Plays the match and draws it.
///
/// # Errors
/// Options that do not fit together or the match; a map that cannot be read.
pub fn picture(options: &Options) -> Result<Drawn> {
    options.check()?;
    let played = play(options)?;
    let view = played.world.view(played.game)?;
    let plan = Plan::new(options, &view, &played)?;
    let (canvas, notes) = plan.draw()?;
    Ok(Drawn { canvas, about: format!("tick {}, {}", view.tick(), played.title), notes })
}

/// Draws a match as it stands. `recent`: events of the last [`TRACE`] ticks, whose shots are drawn; of the options those
/// that say what to play are left aside.
///
/// # Errors
/// Options that do not fit together or the match.
pub fn picture_of(world: World, game: MatchId, recent: Vec<Event>, title: String, options: &Options) -> Result<Drawn> {
    options.check()?;
    let played = Played { world, game, recent, title, about: None };
    let view = played.world.view(played.game)?;
    let (canvas, notes) = Plan::new(options, &view, &played)?.draw()?;
    Ok(Drawn { canvas, about: format!("tick {}, {}", view.tick(), played.title), notes })
}

/// A match at the tick that is drawn.
struct Played {
    world: World,
    game: MatchId,
    recent: Vec<Event>,
    title: String,
    /// What a stage shows.
    about: Option<&'static str>,
}

fn play(options: &Options) -> Result<Played> {
    let mut recent: Vec<Event> = Vec::new();
    let mut keep = |event: &Event| {
        recent.retain(|old| old.tick + TRACE > event.tick);
        recent.push(*event);
    };
    if let Some(name) = &options.scene {
        if let Some(stage) = stage(name) {
            let (world, game) = stage.play(options.tick.unwrap_or(stage.moment), keep)?;
            return Ok(Played { world, game, recent, title: format!("stage {name}"), about: Some(stage.about) });
        }
        let mut scene = Scene::new(name)?;
        let bar = options.progress();
        for _ in 0..options.ticks() {
            scene.advance(1);
            scene.world.drain_events(scene.game, &mut keep)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        return Ok(Played {
            world: scene.world,
            game: scene.game,
            recent,
            title: format!("scene {name}"),
            about: None,
        });
    }
    let (rules, reading) = match options.rules {
        options::Rules::Standard => (RuleSet::standard(), Reading::Fine),
        options::Rules::Legacy => (RuleSet::legacy(), Reading::Coarse),
    };
    let title = format!("{}, {} rules, seed {}", map_label(&options.map), rules.name, options.seed);
    let map = load_map(&options.map, reading)?;
    let mut world = World::new(WorldDef { rules, ..WorldDef::default() })?;
    let game = world.create_match(&map, MatchDef { seed: options.seed, kill_target: None })?;
    let mut bots = Bots::new();
    for n in 0..options.players as usize {
        let def = PlayerDef { loadout: loadout(n)?, ..PlayerDef::default() };
        bots.add(&mut world, game, def, 0.3 + 0.4 * n as f32 / PLAYERS as f32)?;
    }
    let bar = options.progress();
    for _ in 0..options.ticks() {
        bots.think(&mut world);
        world.step();
        world.drain_events(game, &mut keep)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(Played { world, game, recent, title, about: None })
}

/// What is drawn, with every question about the options answered.
pub(crate) struct Plan<'a> {
    pub(crate) view: &'a MatchView<'a>,
    pub(crate) players: Vec<PlayerView>,
    /// The one whose eyes and ears it is about; `None`: everybody's.
    pub(crate) one: Option<PlayerView>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) recent: &'a [Event],
    pub(crate) title: &'a str,
    pub(crate) about: Option<&'static str>,
    pub(crate) kind: SoundKind,
    /// Where the sound is made, and by whom.
    pub(crate) source: Option<(Vec2, Option<PlayerView>)>,
    /// Where the way round leads.
    pub(crate) listener: Option<Vec2>,
    /// Left top corner and size of the part of the playfield that is drawn.
    pub(crate) part: (Vec2, Vec2),
    pub(crate) scale: f32,
}

impl<'a> Plan<'a> {
    fn new(options: &Options, view: &'a MatchView<'a>, played: &'a Played) -> Result<Plan<'a>> {
        let players: Vec<PlayerView> = view.players().collect();
        let find = |option: &str, slot: usize| {
            players.iter().find(|player| player.id.slot() == slot).copied().with_context(|| {
                let known: Vec<String> = players.iter().map(|player| player.id.slot().to_string()).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                format!("{option}: no player {slot} in the match; there are {known}")
            })
        };
        let alive = |option: &str, slot: usize| {
            let player = find(option, slot)?;
            ensure!(player.alive, "{option}: player {slot} is dead at tick {}; give a place X,Y", view.tick());
            Ok(player)
        };
        let one = options.player.map(|slot| find("--player", slot as usize)).transpose()?;
        let layers = options.layers();
        let loud = layers.contains(&Layer::Sound) || layers.contains(&Layer::Way);
        let source = match (loud, options.from) {
            (false, _) => None,
            (true, Some(at)) => Some((at, None)),
            (true, None) => {
                let first = players.iter().find(|player| player.alive);
                let slot = options.player.map(|slot| slot as usize).or(first.map(|player| player.id.slot()));
                let slot = slot.context("nobody lives who could make the sound; give --from X,Y")?;
                let player = alive("--player", slot).context("--from is where that player is, unless it is given")?;
                Some((player.position, Some(player)))
            }
        };
        let listener = match options.to {
            Some(Place::Player(slot)) => Some(alive("--to", slot)?.position),
            Some(Place::Point(at)) => Some(at),
            None => None,
        };
        let [x, y, width, height] = options.part.unwrap_or([0, 0, PLAYFIELD.0 as u32, PLAYFIELD.1 as u32]);
        Ok(Plan {
            view,
            one,
            layers,
            recent: &played.recent,
            title: &played.title,
            about: played.about,
            kind: options.sound.unwrap_or(SoundKind::FootstepRun),
            source,
            listener,
            part: (Vec2::new(x as f32, y as f32), Vec2::new(width as f32, height as f32)),
            scale: options.scale as f32,
            players,
        })
    }

    pub(crate) fn shows(&self, layer: Layer) -> bool {
        self.layers.contains(&layer)
    }

    /// The living whose sight is drawn.
    pub(crate) fn viewers(&self) -> impl Iterator<Item = &PlayerView> {
        self.players
            .iter()
            .filter(|player| player.alive && self.one.is_none_or(|one| one.id.slot() == player.id.slot()))
    }

    /// Small print around a point, moved so that it lies within the part.
    pub(crate) fn label(&self, canvas: &mut Canvas, middle: Vec2, ink: Ink, text: &str) {
        let size = Vec2::new(canvas.text_width(SMALL, text), canvas.text_height(SMALL));
        let (low, high) = (self.part.0 + 1.0, self.part.0 + self.part.1 - size - 1.0);
        canvas.label((middle - size * 0.5).min(high).max(low), SMALL, ink, CRACK, text);
    }

    /// Bottom layers first.
    fn draw(&self) -> Result<(Canvas, Vec<String>)> {
        let notes = self.notes();
        let legend = self.legend();
        let mut canvas = self.frame(&notes, &legend)?;
        self.floor(&mut canvas);
        if self.shows(Layer::Sound) {
            self.heat(&mut canvas);
        }
        if self.shows(Layer::Tiles) {
            self.tiles(&mut canvas);
        }
        if self.shows(Layer::Polygon) {
            self.polygons(&mut canvas);
        }
        self.walls(&mut canvas);
        if self.shows(Layer::Cells) {
            self.cells(&mut canvas);
        }
        if self.shows(Layer::Smoke) {
            self.smoke(&mut canvas);
        }
        if self.shows(Layer::Sound) {
            self.loudness_lines(&mut canvas);
        }
        if self.shows(Layer::Shots) {
            self.shots(&mut canvas);
        }
        if self.shows(Layer::Lines) {
            self.lines(&mut canvas);
        }
        if self.shows(Layer::Way) {
            self.way(&mut canvas);
        }
        if self.shows(Layer::Projectiles) {
            self.projectiles(&mut canvas);
        }
        self.source(&mut canvas);
        if self.shows(Layer::Players) {
            self.people(&mut canvas);
        }
        self.bearings(&mut canvas);
        self.margins(&mut canvas, &notes, &legend);
        Ok((canvas, notes))
    }
}

pub(crate) fn team_ink(team: Team) -> Ink {
    match team {
        Team::Red => RED,
        Team::Blue => BLUE,
    }
}

pub(crate) fn name_of(player: &PlayerView) -> String {
    format!("{} {}", player.team.name(), player.id.slot())
}

/// Where the gallery's pictures lie.
pub fn gallery_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/pictures");
    folder.canonicalize().unwrap_or(folder)
}
