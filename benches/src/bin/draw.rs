//! A picture of a match between bots: walls slice by slice with their damage, holes, players, what they see and whom,
//! shots of the last ticks.

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use trespasser::map::{BODY_RADIUS, CELL, PLAYFIELD, SLICES_PER_WALL};
use trespasser::rules::{Material, Team};
use trespasser::scenes::{Bots, loadout};
use trespasser::world::{Event, MatchView, PLAYERS, PlayerView};
use trespasser::{EventKind, MatchDef, PlayerDef, Reading, RuleSet, Vec2, World, WorldDef};
use trespasser_benches::canvas::{Canvas, Ink, faded, mixed};
use trespasser_benches::{exit, load_map, map_label};

const FLOOR: Ink = [24, 27, 33, 255];
const FRAME: Ink = [14, 16, 20, 255];
const GRID: Ink = [255, 255, 255, 10];
const GRID_BOLD: Ink = [255, 255, 255, 20];
const TEXT: Ink = [222, 226, 233, 255];
const DIM: Ink = [132, 140, 152, 255];
const RED: Ink = [242, 92, 84, 255];
const BLUE: Ink = [79, 157, 255, 255];
const SHOT: Ink = [255, 214, 92, 255];
const CRACK: Ink = [10, 11, 14, 255];
const LAMP: Ink = [255, 240, 170, 255];

/// Playfield pixels around the field: title above, legend below.
const MARGIN: f32 = 8.0;
const HEAD: f32 = 22.0;
const FOOT: f32 = 26.0;
/// Shots that are drawn are this young, ticks.
const TRACE: u32 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rules {
    Standard,
    Legacy,
}

/// Draws a match between bots as a PNG.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask draw", version)]
struct Options {
    /// PNG of a map, or the name of one of the project's own.
    #[arg(long, default_value = "citadel")]
    map: String,
    /// Tick of 1/60 s that is drawn.
    #[arg(long, default_value_t = 1200, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    tick: u32,
    /// The picture.
    #[arg(long)]
    out: PathBuf,
    /// Seed of the match.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Bots that play.
    #[arg(long, default_value_t = PLAYERS as u32, value_parser = clap::value_parser!(u32).range(0..=PLAYERS as i64))]
    players: u32,
    /// Picture pixels a playfield pixel.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=16))]
    scale: u32,
    /// Rule set; `legacy` reads the map coarsely, as today's backend does.
    #[arg(long, value_enum, default_value = "standard")]
    rules: Rules,
}

fn main() -> ExitCode {
    exit(run(&Options::parse()))
}

fn run(options: &Options) -> Result<()> {
    let (rules, reading) = match options.rules {
        Rules::Standard => (RuleSet::standard(), Reading::Fine),
        Rules::Legacy => (RuleSet::legacy(), Reading::Coarse),
    };
    let map = load_map(&options.map, reading)?;
    let mut world = World::new(WorldDef { rules, ..WorldDef::default() })?;
    let id = world.create_match(&map, MatchDef { seed: options.seed, kill_target: None })?;
    let mut bots = Bots::new();
    for n in 0..options.players as usize {
        let def = PlayerDef { loadout: loadout(n)?, ..PlayerDef::default() };
        bots.add(&mut world, id, def, 0.3 + 0.4 * n as f32 / PLAYERS as f32)?;
    }
    let bar = progress(options.tick);
    let mut recent: Vec<Event> = Vec::new();
    for tick in 0..options.tick {
        bots.think(&mut world);
        world.step();
        recent.retain(|event| event.tick + TRACE > tick);
        world.drain_events(id, |event| recent.push(*event))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let canvas = draw(options, &world.view(id)?, &recent)?;
    if let Some(folder) = options.out.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    canvas.save(&options.out)?;
    println!("{}: tick {}, {}", options.out.display(), options.tick, map_label(&options.map));
    Ok(())
}

fn progress(ticks: u32) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("playing {wide_bar} {pos}/{len} ticks")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(ticks.into()).with_style(style)
}

fn team_ink(team: Team) -> Ink {
    match team {
        Team::Red => RED,
        Team::Blue => BLUE,
    }
}

fn material_ink(material: Material) -> Ink {
    match material {
        Material::Concrete => [128, 131, 138, 255],
        Material::Metal => [88, 100, 116, 255],
        Material::Wood => [160, 108, 62, 255],
        Material::Glass => [134, 206, 226, 255],
        Material::Border => [60, 60, 66, 255],
    }
}

fn draw(options: &Options, view: &MatchView<'_>, recent: &[Event]) -> Result<Canvas> {
    let field = Vec2::new(PLAYFIELD.0, PLAYFIELD.1);
    let size = field + Vec2::new(2.0 * MARGIN, HEAD + FOOT);
    let mut canvas = Canvas::new(size, Vec2::new(MARGIN, HEAD), options.scale as f32, FRAME)?;
    floor(&mut canvas, view);
    let players: Vec<PlayerView> = view.players().collect();
    let mut corners = Vec::new();
    for player in players.iter().filter(|player| player.alive) {
        view.polygon(player.id.slot(), &mut corners);
        canvas.polygon(&corners, faded(team_ink(player.team), 0.13));
        canvas.outline(&corners, 0.4, faded(team_ink(player.team), 0.35));
    }
    walls(&mut canvas, view);
    sights(&mut canvas, view, &players);
    shots(&mut canvas, view, recent);
    for player in players.iter().filter(|player| player.placed && !player.alive) {
        body(&mut canvas, player);
    }
    for player in players.iter().filter(|player| player.alive) {
        fighter(&mut canvas, view, player)?;
    }
    head(&mut canvas, options, view);
    foot(&mut canvas);
    Ok(canvas)
}

fn floor(canvas: &mut Canvas, view: &MatchView<'_>) {
    canvas.rect(Vec2::ZERO, Vec2::new(PLAYFIELD.0, PLAYFIELD.1), FLOOR);
    for column in 0..=(PLAYFIELD.0 / CELL) as u32 {
        let (x, ink) = (column as f32 * CELL, if column % 4 == 0 { GRID_BOLD } else { GRID });
        canvas.line(&[Vec2::new(x, 0.0), Vec2::new(x, PLAYFIELD.1)], 0.34, ink);
    }
    for row in 0..=(PLAYFIELD.1 / CELL) as u32 {
        let (y, ink) = (row as f32 * CELL, if row % 4 == 0 { GRID_BOLD } else { GRID });
        canvas.line(&[Vec2::new(0.0, y), Vec2::new(PLAYFIELD.0, y)], 0.34, ink);
    }
    for &lamp in view.map().lights() {
        for ring in 1..=12 {
            canvas.disc(lamp, ring as f32 * 2.0, faded(LAMP, 0.012));
        }
    }
    for spawn in view.map().spawns() {
        canvas.disc(spawn.at, BODY_RADIUS, faded(team_ink(spawn.team), 0.10));
        canvas.arc(spawn.at, BODY_RADIUS, 1.0, 0.5, faded(team_ink(spawn.team), 0.45));
    }
}

/// How much of a slice's health is left, 0 to 1; `None`: never there.
fn health(view: &MatchView<'_>, slice: usize) -> Option<f32> {
    let geometry = view.map().geometry();
    if geometry.missing[slice / 64] >> (slice % 64) & 1 == 1 {
        return None;
    }
    Some(f32::from(view.slice_health(slice)) / f32::from(geometry.max_health[slice].max(1)))
}

fn walls(canvas: &mut Canvas, view: &MatchView<'_>) {
    let geometry = view.map().geometry();
    for wall in &geometry.walls {
        for slice in wall.first_slice as usize..wall.first_slice as usize + SLICES_PER_WALL {
            let Some(left) = health(view, slice) else { continue };
            let at = Vec2::new(geometry.x0[slice], geometry.y0[slice]);
            let size = Vec2::new(geometry.x1[slice], geometry.y1[slice]) - at;
            slice_at(canvas, at, size, wall.material, left);
        }
    }
}

/// One slice in the four states of the rule book: none, light, medium, heavy; and the rubble of a destroyed one.
fn slice_at(canvas: &mut Canvas, at: Vec2, size: Vec2, material: Material, left: f32) {
    let ink = material_ink(material);
    let point = |x: f32, y: f32| at + size * Vec2::new(x, y);
    if left <= 0.0 {
        canvas.rect(at, size, faded(ink, 0.10));
        for (x, y) in [(0.3, 0.12), (0.7, 0.35), (0.25, 0.62), (0.65, 0.86)] {
            canvas.disc(point(x, y), 0.45, faded(ink, 0.55));
        }
        return;
    }
    let state = match left {
        left if left > 0.75 => 0,
        left if left > 0.5 => 1,
        left if left > 0.25 => 2,
        _ => 3,
    };
    let body = mixed(ink, CRACK, [0.0, 0.18, 0.36, 0.54][state]);
    let opacity = if material == Material::Glass { 0.85 } else { 1.0 };
    canvas.rect(at, size, faded(body, opacity));
    // A seam on the far sides tells neighbours apart.
    canvas.rect(at, Vec2::new(size.x, 0.3), faded([255, 255, 255, 255], 0.14));
    canvas.rect(at, Vec2::new(0.3, size.y), faded([255, 255, 255, 255], 0.08));
    canvas.rect(point(0.0, 1.0) - Vec2::new(0.0, 0.34), Vec2::new(size.x, 0.34), faded(CRACK, 0.5));
    canvas.rect(point(1.0, 0.0) - Vec2::new(0.34, 0.0), Vec2::new(0.34, size.y), faded(CRACK, 0.35));
    const CRACKS: [&[(f32, f32)]; 3] = [
        &[(0.1, 0.30), (0.5, 0.42), (0.9, 0.36)],
        &[(0.1, 0.62), (0.45, 0.70), (0.9, 0.58)],
        &[(0.5, 0.08), (0.42, 0.45), (0.6, 0.92)],
    ];
    for crack in &CRACKS[..state] {
        let line: Vec<Vec2> = crack.iter().map(|&(x, y)| point(x, y)).collect();
        canvas.line(&line, 0.4, faded(CRACK, 0.9));
    }
}

/// A line from each viewer to the living whom it sees, with an arrowhead before the seen one.
fn sights(canvas: &mut Canvas, view: &MatchView<'_>, players: &[PlayerView]) {
    for viewer in players {
        let seen = view.sees(viewer.id.slot());
        for target in players.iter().filter(|target| target.alive && seen >> target.id.slot() & 1 == 1) {
            let way = target.position - viewer.position;
            let length = way.length();
            if length <= 2.0 * BODY_RADIUS {
                continue;
            }
            let (along, across) = (way / length, Vec2::new(-way.y, way.x) / length);
            // To one side of the middle, so that two who see each other have two lines.
            let aside = across * 1.2;
            let from = viewer.position + along * (BODY_RADIUS + 2.0) + aside;
            let tip = target.position - along * (BODY_RADIUS + 2.5) + aside;
            let ink = faded(team_ink(viewer.team), 0.85);
            canvas.line(&[from, tip - along * 3.0], 0.6, ink);
            canvas.polygon(&[tip, tip - along * 4.5 + across * 1.8, tip - along * 4.5 - across * 1.8], ink);
        }
    }
}

/// From the shooter to the impact, the older the fainter.
fn shots(canvas: &mut Canvas, view: &MatchView<'_>, recent: &[Event]) {
    let mut muzzles = [None; PLAYERS];
    for event in recent {
        let share = 1.0 - view.tick().saturating_sub(event.tick) as f32 / TRACE as f32;
        let at = Vec2::new(event.x, event.y);
        let slot = usize::from(event.actor);
        match EventKind::from_number(event.kind) {
            Some(EventKind::Fired) if slot < PLAYERS => {
                muzzles[slot] = Some(at);
                canvas.disc(at, 1.6, faded(SHOT, 0.7 * share));
            }
            Some(EventKind::HitWall | EventKind::HitPlayer | EventKind::Miss) if slot < PLAYERS => {
                if let Some(muzzle) = muzzles[slot] {
                    canvas.line(&[muzzle, at], 0.5, faded(SHOT, 0.75 * share));
                }
                if EventKind::from_number(event.kind) != Some(EventKind::Miss) {
                    canvas.disc(at, 1.3, faded(SHOT, share));
                }
            }
            _ => {}
        }
    }
}

fn body(canvas: &mut Canvas, player: &PlayerView) {
    let ink = mixed(team_ink(player.team), FLOOR, 0.45);
    canvas.disc(player.position, BODY_RADIUS, faded(ink, 0.5));
    let arm = BODY_RADIUS * 0.55;
    for side in [-1.0, 1.0] {
        let diagonal = Vec2::new(arm, arm * side);
        canvas.line(&[player.position - diagonal, player.position + diagonal], 1.2, ink);
    }
}

fn fighter(canvas: &mut Canvas, view: &MatchView<'_>, player: &PlayerView) -> Result<()> {
    let (at, ink) = (player.position, team_ink(player.team));
    let across = Vec2::new(-player.facing.y, player.facing.x);
    let grip = at + across * 2.4;
    canvas.line(&[grip, grip + player.facing * 12.0], 2.2, CRACK);
    canvas.line(&[grip, grip + player.facing * 11.6], 1.1, TEXT);
    canvas.disc(at, BODY_RADIUS, CRACK);
    canvas.disc(at, BODY_RADIUS - 0.6, ink);
    canvas.disc(at, BODY_RADIUS - 2.4, mixed(ink, CRACK, 0.35));
    canvas.arc(at, BODY_RADIUS + 1.6, 1.0, 1.0, faded(CRACK, 0.8));
    let full = f32::from(view.rules().life.health);
    canvas.arc(at, BODY_RADIUS + 1.6, player.health / full, 1.0, [128, 222, 128, 255]);
    if player.invulnerable_until > view.tick() {
        canvas.arc(at, BODY_RADIUS + 3.4, 1.0, 0.6, faded(TEXT, 0.8));
    }
    let label = player.id.slot().to_string();
    let width = canvas.text_width(0.5, &label);
    canvas.text(at - Vec2::new(width * 0.5, 2.0), 0.5, TEXT, &label);
    let weapon = player.weapon.map_or("", |weapon| weapon.name());
    let width = canvas.text_width(0.34, weapon);
    let x = (at.x - width * 0.5).clamp(1.0, PLAYFIELD.0 - width - 1.0);
    let y = if at.y > PLAYFIELD.1 - 16.0 { at.y - 14.0 } else { at.y + 10.0 };
    canvas.text(Vec2::new(x + 0.34, y + 0.34), 0.34, CRACK, weapon);
    canvas.text(Vec2::new(x, y), 0.34, faded(TEXT, 0.85), weapon);
    Ok(())
}

fn head(canvas: &mut Canvas, options: &Options, view: &MatchView<'_>) {
    let y = -HEAD + 8.0;
    let seconds = f64::from(view.tick()) / 60.0;
    let title = format!("{}, {} rules, seed {}", map_label(&options.map), view.rules().name, options.seed);
    canvas.text(Vec2::new(0.0, y), 0.67, TEXT, &title);
    let time = format!("tick {} ({seconds:.1} s)", view.tick());
    let width = canvas.text_width(0.67, &time);
    canvas.text(Vec2::new(PLAYFIELD.0 - width, y), 0.67, DIM, &time);
    let [red, blue] = view.score().map(|kills| kills.to_string());
    let middle = PLAYFIELD.0 * 0.5;
    let (wide, colon) = (canvas.text_width(1.0, &red), canvas.text_width(1.0, ":"));
    canvas.text(Vec2::new(middle - colon * 0.5 - wide, y - 1.5), 1.0, RED, &red);
    canvas.text(Vec2::new(middle - colon * 0.5, y - 1.5), 1.0, DIM, ":");
    canvas.text(Vec2::new(middle + colon * 0.5, y - 1.5), 1.0, BLUE, &blue);
}

fn foot(canvas: &mut Canvas) {
    let y = PLAYFIELD.1 + 8.0;
    let mut x = 0.0;
    for material in [Material::Concrete, Material::Metal, Material::Wood, Material::Glass] {
        for (n, left) in [1.0, 0.7, 0.4, 0.1, 0.0].into_iter().enumerate() {
            slice_at(canvas, Vec2::new(x + n as f32 * 2.0, y), Vec2::new(2.0, 10.0), material, left);
        }
        canvas.text(Vec2::new(x + 13.0, y + 2.5), 0.5, DIM, material.name());
        x += 13.0 + canvas.text_width(0.5, material.name()) + 8.0;
    }
    let sees = "sees";
    for (ink, side) in [(RED, -1.0), (BLUE, 1.0)] {
        let middle = Vec2::new(x + 6.0, y + 5.0 + side * 2.0);
        canvas.line(&[middle - Vec2::new(6.0, 0.0), middle + Vec2::new(3.0, 0.0)], 0.6, ink);
        let tip = middle + Vec2::new(6.0, 0.0);
        canvas.polygon(&[tip, tip - Vec2::new(4.0, -1.6), tip - Vec2::new(4.0, 1.6)], ink);
    }
    canvas.text(Vec2::new(x + 15.0, y + 2.5), 0.5, DIM, sees);
    x += 15.0 + canvas.text_width(0.5, sees) + 8.0;
    canvas.line(&[Vec2::new(x, y + 5.0), Vec2::new(x + 12.0, y + 5.0)], 0.5, SHOT);
    canvas.disc(Vec2::new(x + 12.0, y + 5.0), 1.3, SHOT);
    canvas.text(Vec2::new(x + 16.0, y + 2.5), 0.5, DIM, "shot");
    x += 16.0 + canvas.text_width(0.5, "shot") + 8.0;
    canvas.disc(Vec2::new(x + 4.0, y + 5.0), 4.0, mixed(RED, FLOOR, 0.7));
    for side in [-1.0, 1.0] {
        let diagonal = Vec2::new(2.2, 2.2 * side);
        let middle = Vec2::new(x + 4.0, y + 5.0);
        canvas.line(&[middle - diagonal, middle + diagonal], 1.0, mixed(RED, FLOOR, 0.45));
    }
    canvas.text(Vec2::new(x + 11.0, y + 2.5), 0.5, DIM, "dead");
    x += 11.0 + canvas.text_width(0.5, "dead") + 8.0;
    canvas.arc(Vec2::new(x + 5.0, y + 5.0), 4.5, 0.7, 1.0, [128, 222, 128, 255]);
    canvas.text(Vec2::new(x + 13.0, y + 2.5), 0.5, DIM, "health");
}
