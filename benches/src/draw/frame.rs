//! Around the field: title, score, notes and legend.

use super::contour::viridis;
use super::ground::{caption, sample};
use super::hearing::{CELLS, FAINTEST, LEVELS, STRAIGHT};
use super::seeing::{END, depth_ink, stop, tile};
use super::{
    BEARING, BLOCKED, BLUE, CRACK, DIM, FRAME, HEALTH, LARGE, Layer, NORMAL, Plan, RED, SEEN, SHOT, TEXT, WAY, people,
};
use crate::canvas::{Canvas, Ink, faded, mixed, text_width};
use anyhow::Result;
use trespasser::Vec2;
use trespasser::rules::Material;

/// Playfield px around the field.
const MARGIN: f32 = 8.0;
const HEAD: f32 = 22.0;
/// Playfield px of a row of the legend and of a line of notes.
const ROW: f32 = 14.0;
const LINE: f32 = 7.5;

type Drawing = Box<dyn Fn(&mut Canvas, Vec2)>;

/// A sign of the legend: its width, how it is drawn in a row 10 px high, and its meaning.
pub(crate) struct Sign {
    width: f32,
    text: String,
    draw: Drawing,
}

fn sign(width: f32, text: &str, draw: impl Fn(&mut Canvas, Vec2) + 'static) -> Sign {
    Sign { width, text: text.to_owned(), draw: Box::new(draw) }
}

fn stroke(text: &str, width: f32, ink: Ink) -> Sign {
    sign(12.0, text, move |canvas, at| {
        canvas.line(&[at + Vec2::new(0.0, 5.0), at + Vec2::new(12.0, 5.0)], width, ink);
    })
}

impl Plan<'_> {
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.about.map(str::to_owned).into_iter().collect();
        if self.shows(Layer::Lines) {
            notes.extend(self.sight_notes());
        }
        notes.extend(self.sound_notes());
        notes
    }

    /// Notes in lines that fit the picture.
    fn lines_of(&self, notes: &[String]) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for note in notes {
            let mut line = String::new();
            for word in note.split(' ') {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if text_width(self.scale, NORMAL, &longer) > self.part.1.x {
                    lines.push(line);
                    line = format!("  {word}");
                } else {
                    line = longer;
                }
            }
            lines.push(line);
        }
        lines
    }

    pub(crate) fn legend(&self) -> Vec<Sign> {
        let mut signs = Vec::new();
        let walls = &self.view.map().geometry().walls;
        for material in [Material::Concrete, Material::Metal, Material::Wood, Material::Glass] {
            if walls.iter().any(|wall| wall.material == material) {
                signs.push(sign(10.0, material.name(), move |canvas, at| sample(canvas, at, material)));
            }
        }
        let viewer = self.one.map_or(RED, |one| super::team_ink(one.team));
        for layer in &self.layers {
            match layer {
                Layer::Sound => signs.push(scale()),
                Layer::Tiles => signs.push(sign(8.0, "seen tile, 8 px", move |canvas, at| {
                    tile(canvas, at + Vec2::new(0.0, 1.0), viewer);
                    tile(canvas, at + Vec2::new(0.0, 1.0), viewer);
                })),
                Layer::Polygon => signs.push(sign(10.0, "seen", move |canvas, at| {
                    let corners = [(0.0, 5.0), (10.0, 0.5), (10.0, 9.5)].map(|(x, y)| at + Vec2::new(x, y));
                    canvas.polygon(&corners, faded(viewer, 0.3));
                    canvas.outline(&corners, 0.5, faded(viewer, 0.8));
                })),
                Layer::Cells => signs.push(stroke("edge of open cells, 10 px", 0.8, CELLS)),
                Layer::Smoke if self.view.clouds().next().is_none() => {}
                Layer::Smoke if self.one.is_some() => {
                    signs.push(depths());
                    let depth = self.view.rules().smoke.depth;
                    signs.push(stroke(&format!("sight ends, depth {depth}"), 0.9, END));
                }
                Layer::Smoke => signs.push(sign(10.0, "smoke", |canvas, at| {
                    canvas.disc(at + Vec2::splat(5.0), 5.0, faded(super::seeing::SMOKE[1], 0.4));
                })),
                Layer::Shots if self.recent.is_empty() => {}
                Layer::Shots => signs.push(sign(13.0, "shot", |canvas, at| {
                    canvas.line(&[at + Vec2::new(0.0, 5.0), at + Vec2::new(12.0, 5.0)], 0.5, SHOT);
                    canvas.disc(at + Vec2::new(12.0, 5.0), 1.3, SHOT);
                })),
                Layer::Lines => {
                    signs.push(sign(14.0, "sees", |canvas, at| {
                        canvas.arrow(at + Vec2::new(0.0, 5.0), at + Vec2::new(14.0, 5.0), 0.8, SEEN);
                    }));
                    if self.one.is_some() {
                        signs.push(sign(18.0, "sight stopped", |canvas, at| {
                            let middle = at + Vec2::new(10.0, 5.0);
                            canvas.line(&[at + Vec2::new(0.0, 5.0), middle], 0.8, BLOCKED);
                            canvas.dashes(middle, at + Vec2::new(18.0, 5.0), (2.0, 3.0), 0.5, faded(BLOCKED, 0.6));
                            stop(canvas, middle);
                        }));
                    }
                }
                Layer::Way => {
                    signs.push(stroke("way round", 1.3, WAY));
                    signs.push(sign(8.0, "quarter turn", |canvas, at| canvas.disc(at + Vec2::splat(4.6), 3.6, WAY)));
                    signs.push(sign(16.0, "straight through", |canvas, at| {
                        canvas.dashes(at + Vec2::new(0.0, 5.0), at + Vec2::new(16.0, 5.0), (4.0, 3.0), 0.8, STRAIGHT);
                    }));
                }
                Layer::Projectiles if self.view.projectiles().next().is_none() => {}
                Layer::Projectiles => signs.push(sign(6.0, "in flight", |canvas, at| {
                    canvas.disc(at + Vec2::new(3.0, 5.0), 2.6, DIM);
                    canvas.disc(at + Vec2::new(3.0, 5.0), 0.8, TEXT);
                })),
                Layer::Players => {
                    if self.players.iter().any(|player| player.placed && !player.alive) {
                        signs.push(sign(10.0, "dead", |canvas, at| {
                            people::cross(canvas, at + Vec2::splat(5.0), 4.5, RED);
                        }));
                    }
                    signs.push(sign(10.0, "health", |canvas, at| {
                        canvas.arc(at + Vec2::splat(5.0), 4.5, 0.7, 1.0, HEALTH);
                    }));
                }
                Layer::Weapons => {}
            }
        }
        if self.source.is_some() {
            signs.push(sign(12.0, "heard from there, gain", |canvas, at| {
                canvas.arrow(at + Vec2::new(0.0, 5.0), at + Vec2::new(12.0, 5.0), 1.4, BEARING);
            }));
        }
        signs
    }

    /// Each sign's place in the legend, and the rows that they take.
    fn places(&self, legend: &[Sign]) -> (Vec<Vec2>, usize) {
        let (mut x, mut rows) = (0.0, 1);
        let places = legend.iter().map(|sign| {
            let width = sign.width + 3.0 + text_width(self.scale, NORMAL, &sign.text);
            if x > 0.0 && x + width > self.part.1.x {
                (x, rows) = (0.0, rows + 1);
            }
            let at = Vec2::new(x, (rows - 1) as f32 * ROW);
            x += width + 8.0;
            at
        });
        (places.collect(), rows)
    }

    pub(crate) fn frame(&self, notes: &[String], legend: &[Sign]) -> Result<Canvas> {
        let (corner, size) = self.part;
        let rows = self.places(legend).1;
        let notes = if notes.is_empty() { 0.0 } else { self.lines_of(notes).len() as f32 * LINE + 4.0 };
        let foot = 6.0 + notes + rows as f32 * ROW + 2.0;
        let origin = Vec2::new(MARGIN, HEAD) - corner;
        Canvas::new(size + Vec2::new(2.0 * MARGIN, HEAD + foot), origin, self.scale, FRAME)
    }

    /// Covers what was drawn beyond the part, and writes around it.
    pub(crate) fn margins(&self, canvas: &mut Canvas, notes: &[String], legend: &[Sign]) {
        let (corner, size) = self.part;
        let far = Vec2::splat(1000.0);
        canvas.rect(corner - far, Vec2::new(3000.0, 1000.0), FRAME);
        canvas.rect(corner - far, Vec2::new(1000.0, 3000.0), FRAME);
        canvas.rect(corner + Vec2::new(-1000.0, size.y), Vec2::new(3000.0, 1000.0), FRAME);
        canvas.rect(corner + Vec2::new(size.x, -1000.0), Vec2::new(1000.0, 3000.0), FRAME);
        self.head(canvas);
        let mut y = corner.y + size.y + 6.0;
        for (n, note) in self.lines_of(notes).iter().enumerate() {
            canvas.text(Vec2::new(corner.x, y), NORMAL, if n == 0 { TEXT } else { mixed(TEXT, DIM, 0.4) }, note);
            y += LINE;
        }
        if !notes.is_empty() {
            y += 4.0;
        }
        for (sign, place) in legend.iter().zip(self.places(legend).0) {
            let at = Vec2::new(corner.x, y) + place;
            (sign.draw)(canvas, at);
            caption(canvas, at + Vec2::new(sign.width + 3.0, 0.0), &sign.text);
        }
    }

    fn head(&self, canvas: &mut Canvas) {
        let (corner, size) = self.part;
        let y = corner.y - HEAD + 8.0;
        let seconds = f64::from(self.view.tick()) / 60.0;
        let time = format!("tick {} ({seconds:.1} s)", self.view.tick());
        let right = corner.x + size.x;
        let time_width = canvas.text_width(LARGE, &time);
        let [red, blue] = self.view.score().map(|kills| kills.to_string());
        let middle = corner.x + size.x * 0.5;
        let (wide, colon) = (canvas.text_width(1.0, &red), canvas.text_width(1.0, ":"));
        let title_width = canvas.text_width(LARGE, self.title);
        canvas.text(Vec2::new(corner.x, y), LARGE, TEXT, self.title);
        // A long title leaves room for nothing else.
        if title_width + time_width + 8.0 < size.x {
            canvas.text(Vec2::new(right - time_width, y), LARGE, DIM, &time);
        }
        if self.about.is_none() && title_width + 8.0 < size.x * 0.5 - wide {
            canvas.text(Vec2::new(middle - colon * 0.5 - wide, y - 1.5), 1.0, RED, &red);
            canvas.text(Vec2::new(middle - colon * 0.5, y - 1.5), 1.0, DIM, ":");
            canvas.text(Vec2::new(middle + colon * 0.5, y - 1.5), 1.0, BLUE, &blue);
        }
    }
}

/// The heat map's colours by loudness.
fn scale() -> Sign {
    const WIDTH: f32 = 120.0;
    sign(WIDTH, "dB", |canvas, at| {
        for n in 0..48 {
            let x = n as f32 * WIDTH / 48.0;
            canvas.rect(at + Vec2::new(x, 0.0), Vec2::new(WIDTH / 48.0 + 0.1, 4.0), viridis(n as f32 / 47.0));
        }
        for level in LEVELS.into_iter().chain([0.0]) {
            let x = WIDTH * (1.0 - level / FAINTEST);
            let text = level.to_string();
            let left =
                (x - canvas.text_width(NORMAL, &text) * 0.5).clamp(0.0, WIDTH - canvas.text_width(NORMAL, &text));
            canvas.line(&[at + Vec2::new(x, 0.0), at + Vec2::new(x, 4.6)], 0.5, CRACK);
            canvas.text(at + Vec2::new(left, 5.4), NORMAL, DIM, &text);
        }
    })
}

/// The colours of smoke by its depth.
fn depths() -> Sign {
    const WIDTH: f32 = 60.0;
    sign(WIDTH, "depth of smoke", |canvas, at| {
        for n in 0..24 {
            let depth = 4.0 * ((n as f32 + 0.5) / 24.0) * ((n as f32 + 0.5) / 24.0);
            let x = n as f32 * WIDTH / 24.0;
            canvas.rect(at + Vec2::new(x, 0.0), Vec2::new(WIDTH / 24.0, 4.0), depth_ink(depth));
        }
        for depth in [0.0f32, 0.25, 1.0, 4.0] {
            let x = WIDTH * (depth / 4.0).sqrt();
            let text = depth.to_string();
            let left =
                (x - canvas.text_width(NORMAL, &text) * 0.5).clamp(0.0, WIDTH - canvas.text_width(NORMAL, &text));
            canvas.line(&[at + Vec2::new(x, 0.0), at + Vec2::new(x, 4.6)], 0.5, DIM);
            canvas.text(at + Vec2::new(left, 5.4), NORMAL, DIM, &text);
        }
    })
}
