//! Pictures in playfield pixels: anti-aliased shapes, text in an 8 x 8 font, PNG out.

use anyhow::{Context, Result};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, PremultipliedColorU8, Rect, Stroke, Transform,
};
use trespasser::Vec2;

/// Red, green, blue and opacity, 0 to 255.
pub type Ink = [u8; 4];

/// An ink with another opacity, 0 to 1.
pub fn faded(ink: Ink, opacity: f32) -> Ink {
    [ink[0], ink[1], ink[2], (f32::from(ink[3]) * opacity.clamp(0.0, 1.0)) as u8]
}

/// An ink between two others; 0: the first, 1: the second.
pub fn mixed(a: Ink, b: Ink, share: f32) -> Ink {
    core::array::from_fn(|i| (f32::from(a[i]) + (f32::from(b[i]) - f32::from(a[i])) * share).round() as u8)
}

/// Width of a text in playfield pixels, in a picture of this scale; see [`Canvas::text`].
pub fn text_width(scale: f32, dot: f32, text: &str) -> f32 {
    text.chars().count() as f32 * 8.0 * dots(scale, dot) / scale
}

/// Edge of a letter's dot in whole picture pixels.
fn dots(scale: f32, dot: f32) -> f32 {
    (dot * scale).round().max(1.0)
}

/// A picture. Coordinates are playfield pixels from `origin` on, `scale` picture pixels each.
#[derive(Debug)]
pub struct Canvas {
    pixmap: Pixmap,
    scale: f32,
    origin: Vec2,
}

impl Canvas {
    /// `size` and `origin` (where playfield (0, 0) is) in playfield pixels.
    ///
    /// # Errors
    /// A picture without pixels or with more than memory can hold.
    pub fn new(size: Vec2, origin: Vec2, scale: f32, background: Ink) -> Result<Canvas> {
        let (width, height) = ((size.x * scale).ceil() as u32, (size.y * scale).ceil() as u32);
        let mut pixmap =
            Pixmap::new(width, height).with_context(|| format!("a picture of {width} x {height} pixels"))?;
        pixmap.fill(color(background));
        Ok(Canvas { pixmap, scale, origin })
    }

    fn transform(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale).pre_translate(self.origin.x, self.origin.y)
    }

    /// A filled rectangle.
    pub fn rect(&mut self, at: Vec2, size: Vec2, ink: Ink) {
        let transform = self.transform();
        if let Some(rect) = Rect::from_xywh(at.x, at.y, size.x, size.y) {
            self.pixmap.fill_rect(rect, &paint(ink), transform, None);
        }
    }

    /// A filled polygon.
    pub fn polygon(&mut self, corners: &[Vec2], ink: Ink) {
        let transform = self.transform();
        if let Some(path) = outline(corners, true) {
            self.pixmap.fill_path(&path, &paint(ink), FillRule::Winding, transform, None);
        }
    }

    /// A line through points, `width` in playfield pixels.
    pub fn line(&mut self, points: &[Vec2], width: f32, ink: Ink) {
        let transform = self.transform();
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        if let Some(path) = outline(points, false) {
            self.pixmap.stroke_path(&path, &paint(ink), &stroke, transform, None);
        }
    }

    /// A closed line.
    pub fn outline(&mut self, corners: &[Vec2], width: f32, ink: Ink) {
        let transform = self.transform();
        let stroke = Stroke { width, line_join: LineJoin::Round, ..Stroke::default() };
        if let Some(path) = outline(corners, true) {
            self.pixmap.stroke_path(&path, &paint(ink), &stroke, transform, None);
        }
    }

    /// A filled circle.
    pub fn disc(&mut self, centre: Vec2, radius: f32, ink: Ink) {
        let transform = self.transform();
        if let Some(path) = PathBuilder::from_circle(centre.x, centre.y, radius) {
            self.pixmap.fill_path(&path, &paint(ink), FillRule::Winding, transform, None);
        }
    }

    /// A part of a circle's edge from the top clockwise; `share` 1: all of it.
    pub fn arc(&mut self, centre: Vec2, radius: f32, share: f32, width: f32, ink: Ink) {
        const STEPS: usize = 48;
        let steps = (share.clamp(0.0, 1.0) * STEPS as f32).round() as usize;
        let spoke = |n: usize| Vec2::from_angle(std::f32::consts::TAU * n as f32 / STEPS as f32);
        // From the top, and clockwise with y down.
        let points: Vec<Vec2> = (0..=steps).map(|n| centre - spoke(n).perp() * radius).collect();
        self.line(&points, width, ink);
    }

    /// Text in a font of 8 x 8 dots with its top left corner at `at`; `dot`: edge of a dot in playfield pixels.
    /// Characters beyond ASCII are left blank.
    pub fn text(&mut self, at: Vec2, dot: f32, ink: Ink, text: &str) {
        let dot = dots(self.scale, dot) as i32;
        let left = ((at.x + self.origin.x) * self.scale).round() as i32;
        let top = ((at.y + self.origin.y) * self.scale).round() as i32;
        for (n, character) in text.chars().enumerate() {
            let glyph = font8x8::legacy::BASIC_LEGACY.get(character as usize).copied().unwrap_or_default();
            for (row, bits) in glyph.into_iter().enumerate() {
                for column in (0..8).filter(|column| bits >> column & 1 == 1) {
                    self.dot(left + (n as i32 * 8 + column) * dot, top + row as i32 * dot, dot, ink);
                }
            }
        }
    }

    /// Width of a text in playfield pixels.
    pub fn text_width(&self, dot: f32, text: &str) -> f32 {
        text_width(self.scale, dot, text)
    }

    /// Height of a line of text in playfield pixels.
    pub fn text_height(&self, dot: f32) -> f32 {
        8.0 * dots(self.scale, dot) / self.scale
    }

    /// Text on any ground: with a dark edge around each letter.
    pub fn label(&mut self, at: Vec2, dot: f32, ink: Ink, edge: Ink, text: &str) {
        let step = dots(self.scale, dot) / self.scale;
        for (x, y) in
            [(-1.0, -1.0), (0.0, -1.0), (1.0, -1.0), (-1.0, 0.0), (1.0, 0.0), (-1.0, 1.0), (0.0, 1.0), (1.0, 1.0)]
        {
            self.text(at + Vec2::new(x, y) * step, dot, edge, text);
        }
        self.text(at, dot, ink, text);
    }

    /// A straight line in dashes and gaps of these lengths, playfield pixels.
    pub fn dashes(&mut self, from: Vec2, to: Vec2, (dash, gap): (f32, f32), width: f32, ink: Ink) {
        let length = from.distance(to);
        let mut at = 0.0;
        while at < length {
            let end = (at + dash).min(length);
            self.line(&[from.lerp(to, at / length), from.lerp(to, end / length)], width, ink);
            at += dash + gap;
        }
    }

    /// Many straight pieces at once: where they meet or cross, nothing is painted twice.
    pub fn pieces(&mut self, pieces: &[[Vec2; 2]], width: f32, ink: Ink) {
        let transform = self.transform();
        let mut path = PathBuilder::new();
        for [from, to] in pieces {
            path.move_to(from.x, from.y);
            path.line_to(to.x, to.y);
        }
        let stroke = Stroke { width, line_cap: LineCap::Round, ..Stroke::default() };
        if let Some(path) = path.finish() {
            self.pixmap.stroke_path(&path, &paint(ink), &stroke, transform, None);
        }
    }

    /// A line from `from` that ends in an arrowhead whose tip is `to`.
    pub fn arrow(&mut self, from: Vec2, to: Vec2, width: f32, ink: Ink) {
        let along = (to - from).normalize_or_zero();
        let (back, across) = (along * width * 5.0, along.perp() * width * 2.2);
        self.line(&[from, to - back], width, ink);
        self.polygon(&[to, to - back + across, to - back - across], ink);
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> impl Iterator<Item = [u8; 3]> + '_ {
        self.pixmap.pixels().iter().map(|pixel| {
            let pixel = pixel.demultiply();
            [pixel.red(), pixel.green(), pixel.blue()]
        })
    }

    /// A square of picture pixels, without anti-aliasing: letters stay crisp.
    fn dot(&mut self, left: i32, top: i32, edge: i32, ink: Ink) {
        let (width, height) = (self.pixmap.width() as i32, self.pixmap.height() as i32);
        let ink = Color::from_rgba8(ink[0], ink[1], ink[2], ink[3]).premultiply().to_color_u8();
        let keep = 255 - u16::from(ink.alpha());
        let pixels = self.pixmap.pixels_mut();
        for y in top.max(0)..(top + edge).min(height) {
            for x in left.max(0)..(left + edge).min(width) {
                let below = &mut pixels[(y * width + x) as usize];
                let over = |new: u8, old: u8| (u16::from(new) + u16::from(old) * keep / 255).min(255) as u8;
                let alpha = over(ink.alpha(), below.alpha());
                let blend = |new, old| over(new, old).min(alpha);
                *below = PremultipliedColorU8::from_rgba(
                    blend(ink.red(), below.red()),
                    blend(ink.green(), below.green()),
                    blend(ink.blue(), below.blue()),
                    alpha,
                )
                .unwrap_or(*below);
            }
        }
    }

    /// Writes the picture, 8-bit RGB.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let file = File::create(path).with_context(|| format!("writing {}", path.display()))?;
        let mut encoder = png::Encoder::new(BufWriter::new(file), self.pixmap.width(), self.pixmap.height());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let bytes: Vec<u8> = self.pixels().flatten().collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        writer.finish().with_context(|| format!("writing {}", path.display()))
    }
}

fn color(ink: Ink) -> Color {
    Color::from_rgba8(ink[0], ink[1], ink[2], ink[3])
}

fn paint(ink: Ink) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(color(ink));
    paint
}

fn outline(points: &[Vec2], close: bool) -> Option<tiny_skia::Path> {
    let (first, rest) = points.split_first()?;
    let mut path = PathBuilder::new();
    path.move_to(first.x, first.y);
    for point in rest {
        path.line_to(point.x, point.y);
    }
    if close {
        path.close();
    }
    path.finish()
}
