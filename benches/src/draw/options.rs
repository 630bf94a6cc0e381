//! The command line.

use super::{STAGES, stage};
use anyhow::{Result, bail, ensure};
use clap::builder::PossibleValue;
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use trespasser::map::PLAYFIELD;
use trespasser::scenes::SCENES;
use trespasser::world::PLAYERS;
use trespasser::{SoundKind, Vec2};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rules {
    Standard,
    Legacy,
}

/// What can be drawn over floor and walls, in the order of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Layer {
    /// Heat map of a sound's gain with lines at -6, -12, -24 and -48 dB, and where each listener hears it from
    Sound,
    /// Tiles of 8 x 8 px that are seen, by their middles
    Tiles,
    /// What is seen: the visibility polygon
    Polygon,
    /// Outline of the 10 px cells that sound goes through
    Cells,
    /// Clouds; with --player, how much smoke lies between that eye and each place
    Smoke,
    /// Shots of the last 8 ticks
    Shots,
    /// Lines of sight to enemies: seen ones, and with --player those that end before their target, and why
    Lines,
    /// A sound's way round the walls from --from to --to, beside the straight line
    Way,
    /// Projectiles in flight
    Projectiles,
    /// Players, living and dead
    Players,
    /// What each player holds
    Weapons,
}

/// Where a sound is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// Slot.
    Player(usize),
    /// px.
    Point(Vec2),
}

/// Draws a match as a PNG: walls slice by slice with their damage, and the layers that --show names.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask draw", version)]
pub struct Options {
    /// PNG of a map, or the name of one of the project's own; bots play on it.
    #[arg(long, default_value = "citadel")]
    pub(crate) map: String,
    /// A scene of the project's bots, or a stage made to show one thing; instead of a map, seed, rules and players.
    #[arg(long, value_parser = scene_names(), conflicts_with_all = ["map", "seed", "players", "rules"])]
    pub(crate) scene: Option<String>,
    /// Tick of 1/60 s that is drawn [default: 1200; a stage's own moment].
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) tick: Option<u32>,
    /// The picture.
    #[arg(long, required_unless_present = "gallery")]
    pub(crate) out: Option<PathBuf>,
    /// Seed of the match.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Bots that play.
    #[arg(long, default_value_t = PLAYERS as u32, value_parser = clap::value_parser!(u32).range(0..=PLAYERS as i64))]
    pub(crate) players: u32,
    /// Picture pixels a playfield pixel.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) scale: u32,
    /// Rule set; `legacy` reads the map coarsely, as today's backend does.
    #[arg(long, value_enum, default_value = "standard")]
    pub(crate) rules: Rules,
    /// Layers, divided by commas.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "LAYERS",
        default_value = "polygon,smoke,shots,lines,projectiles,players,weapons"
    )]
    pub(crate) show: Vec<Layer>,
    /// Draws the sight of this player alone, 0 to 7, and makes the sound where they are.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..PLAYERS as i64))]
    pub(crate) player: Option<u8>,
    /// Kind of the sound of the layers `sound` and `way` [default: footstep_run].
    #[arg(long, value_name = "KIND", value_parser = sound_kind, hide_possible_values = true)]
    pub(crate) sound: Option<SoundKind>,
    /// Where the sound is made, px [default: where --player is, or else the first who lives].
    #[arg(long, value_name = "X,Y", value_parser = point)]
    pub(crate) from: Option<Vec2>,
    /// Who hears it, or where, for the layer `way`.
    #[arg(long, value_name = "PLAYER|X,Y", value_parser = place)]
    pub(crate) to: Option<Place>,
    /// Part of the playfield that is drawn, px [default: all of it].
    #[arg(long, value_name = "X,Y,WIDTH,HEIGHT", value_parser = part)]
    pub(crate) part: Option<[u32; 4]>,
    /// Draws the pictures of examples/pictures anew; the page there tells the command of each.
    #[arg(long, exclusive = true)]
    pub(crate) gallery: bool,
}

fn scene_names() -> clap::builder::PossibleValuesParser {
    let bots = SCENES.iter().map(|name| PossibleValue::new(*name).help("bots"));
    bots.chain(STAGES.iter().map(|stage| PossibleValue::new(stage.name).help(stage.about))).collect::<Vec<_>>().into()
}

fn sound_kind(text: &str) -> Result<SoundKind> {
    let Some(kind) = SoundKind::ALL.into_iter().find(|kind| kind.name() == text) else {
        bail!("no such sound; there are {}", SoundKind::ALL.map(SoundKind::name).join(", "));
    };
    Ok(kind)
}

fn numbers<const N: usize>(text: &str) -> Option<[f32; N]> {
    let numbers: Option<Vec<f32>> = text.split(',').map(|word| word.parse().ok()).collect();
    numbers?.try_into().ok()
}

fn point(text: &str) -> Result<Vec2> {
    let Some([x, y]) = numbers(text) else { bail!("want X,Y in px, as in 240,135") };
    let (width, height) = PLAYFIELD;
    ensure!(
        (0.0..=width).contains(&x) && (0.0..=height).contains(&y),
        "outside the playfield: x is 0 to {width} and y 0 to {height}"
    );
    Ok(Vec2::new(x, y))
}

fn place(text: &str) -> Result<Place> {
    if text.contains(',') {
        return Ok(Place::Point(point(text)?));
    }
    match text.parse() {
        Ok(slot) if slot < PLAYERS => Ok(Place::Player(slot)),
        _ => bail!("want a player, 0 to {}, or X,Y in px", PLAYERS - 1),
    }
}

fn part(text: &str) -> Result<[u32; 4]> {
    let words: Option<Vec<u32>> = text.split(',').map(|word| word.parse().ok()).collect();
    let Some(Ok(part)) = words.map(<[u32; 4]>::try_from) else {
        bail!("want X,Y,WIDTH,HEIGHT in whole px, as in 120,60,240,150");
    };
    let ([x, y, width, height], least) = (part, 160);
    let fits = |at: u32, size: u32, all: f32| at.checked_add(size).is_some_and(|end| end <= all as u32);
    ensure!(
        fits(x, width, PLAYFIELD.0) && fits(y, height, PLAYFIELD.1),
        "reaches beyond the playfield of 480 x 270 px"
    );
    ensure!(width >= least && height > 0, "want a width of {least} px at least, and a height");
    Ok(part)
}

impl Options {
    /// Options that are not drawn by any layer mislead.
    pub(crate) fn check(&self) -> Result<()> {
        let shows = |layer| self.show.contains(&layer);
        let heard = shows(Layer::Sound) || shows(Layer::Way);
        ensure!(heard || self.sound.is_none(), "--sound wants the layer `sound` or `way` in --show");
        ensure!(heard || self.from.is_none(), "--from wants the layer `sound` or `way` in --show");
        ensure!(shows(Layer::Way) || self.to.is_none(), "--to wants the layer `way` in --show");
        ensure!(!shows(Layer::Way) || self.to.is_some(), "the layer `way` wants --to: a player or X,Y");
        let weapons = shows(Layer::Weapons) && !shows(Layer::Players);
        ensure!(!weapons, "the layer `weapons` wants the layer `players` in --show");
        Ok(())
    }

    pub(crate) fn ticks(&self) -> u32 {
        let own = self.scene.as_deref().and_then(stage).map(|stage| stage.moment);
        self.tick.or(own).unwrap_or(1200)
    }

    pub(crate) fn layers(&self) -> Vec<Layer> {
        self.show.clone()
    }

    pub(crate) fn progress(&self) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("playing {wide_bar} {pos}/{len} ticks")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(self.ticks().into()).with_style(style)
    }
}
