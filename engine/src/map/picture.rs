//! A map as a picture of 48 x 27 cells: from PNG and from text, and back (rule book, section 10).

use super::geometry::{CELL, CELLS, COLS, ROWS};
use crate::rules::{Material, Team};
use crate::{Error, Result};
use std::io::Cursor;

/// Longest file taken, bytes: four times the largest uncompressed picture of a legal size.
const MAX_FILE: usize = 4 << 20;
/// What the decoder may allocate, bytes: a picture's rows and its palette, with room.
const DECODER_MEMORY: usize = 1 << 20;
/// Unknown colours that get a warning of their own; the rest share one.
const MAX_WARNINGS: usize = 32;

/// What a cell of a picture holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell {
    /// Open ground.
    #[default]
    Empty,
    /// A wall 10 x 10 px.
    Wall(Material),
    /// A spawn point of a team, at the centre of the cell.
    Spawn(Team),
    /// A lamp, at the centre of the cell; for renderers.
    Light,
}

/// Every cell with a meaning: its character in text and its colour in a PNG.
const PALETTE: [(Cell, char, [u8; 3]); 8] = [
    (Cell::Empty, '.', [0xFF, 0xFF, 0xFF]),
    (Cell::Wall(Material::Concrete), '#', [0x80, 0x80, 0x80]),
    (Cell::Wall(Material::Wood), 'w', [0x8B, 0x45, 0x13]),
    (Cell::Wall(Material::Metal), 'M', [0x40, 0x40, 0x40]),
    (Cell::Wall(Material::Glass), 'g', [0x87, 0xCE, 0xEB]),
    (Cell::Spawn(Team::Red), 'R', [0xFF, 0x00, 0x00]),
    (Cell::Spawn(Team::Blue), 'B', [0x00, 0x00, 0xFF]),
    (Cell::Light, 'L', [0xFF, 0xFF, 0x00]),
];

fn bad(reason: impl Into<String>) -> Error {
    Error::BadMap { reason: reason.into() }
}

/// A map as its author draws it: 48 x 27 cells of 10 x 10 px.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Row by row from the top left, index `row * 48 + column`; always 1,296 of them.
    cells: Vec<Cell>,
}

impl Default for Picture {
    fn default() -> Self {
        Picture { cells: vec![Cell::Empty; CELLS] }
    }
}

impl Picture {
    /// The cell at a column and row; `None` outside the picture.
    pub fn get(&self, col: usize, row: usize) -> Option<Cell> {
        if col < COLS && row < ROWS { Some(self.cells[row * COLS + col]) } else { None }
    }

    /// Changes a cell. [`Error::InvalidArgument`] outside the picture, and for a wall of border, which has no colour.
    pub fn set(&mut self, col: usize, row: usize, cell: Cell) -> Result<()> {
        if col >= COLS {
            return Err(Error::invalid("col", col, format!("below {COLS}")));
        }
        if row >= ROWS {
            return Err(Error::invalid("row", row, format!("below {ROWS}")));
        }
        if cell == Cell::Wall(Material::Border) {
            return Err(Error::invalid("cell", "border", "concrete, wood, metal, glass, a spawn, a light or empty"));
        }
        self.cells[row * COLS + col] = cell;
        Ok(())
    }

    /// The material of a wall cell; `None` for all other cells and outside the picture.
    pub fn wall(&self, col: usize, row: usize) -> Option<Material> {
        match self.get(col, row) {
            Some(Cell::Wall(material)) => Some(material),
            _ => None,
        }
    }

    /// All cells that are not empty as (column, row, cell), row by row.
    pub fn drawn(&self) -> impl Iterator<Item = (usize, usize, Cell)> + '_ {
        self.cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| **cell != Cell::Empty)
            .map(|(i, &cell)| (i % COLS, i / COLS, cell))
    }

    /// Reads 27 lines of 48 characters: `#` concrete, `w` wood, `M` metal, `g` glass, `R` and `B` spawns, `L` a
    /// light, `.` empty.
    ///
    /// Line ends may be LF or CRLF, the last one may lack. [`Error::BadMap`] names the line and column.
    pub fn from_text(text: &str) -> Result<Picture> {
        let mut picture = Picture::default();
        let mut rows = 0;
        for (row, line) in text.lines().enumerate() {
            if row >= ROWS {
                return Err(bad(format!("line {} is one too many: a map has {ROWS}", row + 1)));
            }
            let mut cols = 0;
            for (col, c) in line.chars().enumerate() {
                if col >= COLS {
                    return Err(bad(format!("line {} is longer than {COLS} characters", row + 1)));
                }
                let Some((cell, ..)) = PALETTE.iter().find(|(_, letter, _)| *letter == c) else {
                    let known: String = PALETTE.iter().map(|(_, letter, _)| *letter).collect();
                    return Err(bad(format!("line {}, column {}: {c:?} is none of {known}", row + 1, col + 1)));
                };
                picture.cells[row * COLS + col] = *cell;
                cols += 1;
            }
            if cols < COLS {
                return Err(bad(format!("line {} has {cols} characters; it must have {COLS}", row + 1)));
            }
            rows += 1;
        }
        if rows < ROWS {
            return Err(bad(format!("{rows} lines; a map has {ROWS}")));
        }
        Ok(picture)
    }

    /// The text that [`Picture::from_text`] reads, each line ended by LF.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity((COLS + 1) * ROWS);
        for line in self.cells.chunks(COLS) {
            text.extend(line.iter().map(|cell| entry(*cell).1));
            text.push('\n');
        }
        text
    }

    /// A 48 x 27 PNG in the palette of the rule book, 8-bit RGB.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let data: Vec<u8> = self.cells.iter().flat_map(|cell| entry(*cell).2).collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, COLS as u32, ROWS as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder
            .write_header()
            .and_then(|mut writer| {
                writer.write_image_data(&data)?;
                writer.finish()
            })
            .map_err(|e| bad(format!("the picture cannot be written as PNG: {e}")))?;
        Ok(bytes)
    }

    /// Reads a PNG of 48 x 27 pixels, or of 480 x 270 by the centres of its 10 px cells, and returns it with its
    /// warnings.
    ///
    /// Any colour type, depth and interlacing. A pixel of alpha 0 is empty, any other alpha counts as opaque. Colours
    /// outside the palette are empty, with one warning for each but white. [`Error::BadMap`] for another size, a
    /// damaged or truncated file, more than 4 MiB, and a 480 x 270 picture with a spawn's colour inside a wall cell.
    pub fn from_png(bytes: &[u8]) -> Result<(Picture, Vec<String>)> {
        if bytes.len() > MAX_FILE {
            return Err(bad(format!("the PNG has {} bytes; at most {MAX_FILE} are read", bytes.len())));
        }
        let pixels = decode(bytes)?;
        let scale = pixels.width / COLS;
        let mut picture = Picture::default();
        let mut unknown = Unknown::default();
        for row in 0..ROWS {
            for col in 0..COLS {
                let (x, y) = (col * scale + scale / 2, row * scale + scale / 2);
                let Some(rgb) = pixels.at(x, y) else { continue };
                match meaning(rgb) {
                    Some(cell) => picture.cells[row * COLS + col] = cell,
                    None => unknown.add(rgb, x, y),
                }
            }
        }
        let mut warnings = unknown.warnings();
        if scale > 1 {
            stray_spawns(&picture, &pixels, &mut warnings)?;
        }
        Ok((picture, warnings))
    }
}

fn entry(cell: Cell) -> &'static (Cell, char, [u8; 3]) {
    // `set` lets no border in, so the first entry, empty ground, never stands in for a wall.
    PALETTE.iter().find(|e| e.0 == cell).unwrap_or(&PALETTE[0])
}

fn meaning(rgb: [u8; 3]) -> Option<Cell> {
    PALETTE.iter().find(|e| e.2 == rgb).map(|e| e.0)
}

/// A spawn drawn smaller than its cell, beside the centre that is read: refused inside a wall, told of elsewhere.
fn stray_spawns(picture: &Picture, pixels: &Pixels, warnings: &mut Vec<String>) -> Result<()> {
    let scale = CELL as usize;
    let mut told = [false; CELLS];
    for y in 0..pixels.height {
        for x in 0..pixels.width {
            let (col, row) = (x / scale, y / scale);
            let Some(Cell::Spawn(team)) = pixels.at(x, y).and_then(meaning) else { continue };
            match picture.cells[row * COLS + col] {
                Cell::Wall(material) => {
                    return Err(bad(format!(
                        "the {} spawn at pixel ({x}, {y}) stands inside a {} wall",
                        team.name(),
                        material.name()
                    )));
                }
                Cell::Spawn(_) => {}
                Cell::Empty | Cell::Light => {
                    if !told[row * COLS + col] && warnings.len() < 2 * MAX_WARNINGS {
                        told[row * COLS + col] = true;
                        warnings.push(format!(
                            "the {} spawn at pixel ({x}, {y}) misses the centre ({}, {}) of its cell, which is what \
                             is read",
                            team.name(),
                            col * scale + scale / 2,
                            row * scale + scale / 2
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Colours that mean nothing: how often and where first, in order of appearance.
#[derive(Default)]
struct Unknown {
    colours: Vec<([u8; 3], usize, (usize, usize))>,
}

impl Unknown {
    fn add(&mut self, rgb: [u8; 3], x: usize, y: usize) {
        match self.colours.iter_mut().find(|(known, ..)| *known == rgb) {
            Some((_, count, _)) => *count += 1,
            None => self.colours.push((rgb, 1, (x, y))),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self
            .colours
            .iter()
            .take(MAX_WARNINGS)
            .map(|([r, g, b], count, (x, y))| {
                let pixels = if *count == 1 { "pixel" } else { "pixels" };
                format!(
                    "colour #{r:02X}{g:02X}{b:02X} is none of the palette and counts as empty: {count} {pixels}, the \
                     first at ({x}, {y})"
                )
            })
            .collect();
        if let Some(rest) = self.colours.get(MAX_WARNINGS..).filter(|rest| !rest.is_empty()) {
            let count: usize = rest.iter().map(|(_, count, _)| count).sum();
            warnings.push(format!("{} further colours count as empty: {count} pixels", rest.len()));
        }
        warnings
    }
}

/// A decoded picture: 8 bits a sample, gray or RGB as `samples` says, alpha last.
struct Pixels {
    width: usize,
    height: usize,
    samples: usize,
    data: Vec<u8>,
}

impl Pixels {
    /// The colour of a pixel; `None` where it is fully transparent.
    fn at(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        let start = (y * self.width + x) * self.samples;
        match self.data[start..start + self.samples] {
            [gray] => Some([gray; 3]),
            [_, 0] | [_, _, _, 0] => None,
            [gray, _] => Some([gray; 3]),
            [r, g, b, ..] => Some([r, g, b]),
            [] => None,
        }
    }
}

fn decode(bytes: &[u8]) -> Result<Pixels> {
    let damaged = |e: png::DecodingError| bad(format!("the PNG is damaged: {e}"));
    let limits = png::Limits { bytes: DECODER_MEMORY };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(
        png::Transformations::EXPAND | png::Transformations::ALPHA | png::Transformations::STRIP_16,
    );
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (header.width as usize, header.height as usize);
    let big = CELL as usize;
    if (width, height) != (COLS, ROWS) && (width, height) != (COLS * big, ROWS * big) {
        return Err(bad(format!(
            "the PNG is {width} x {height} pixels; it must be {COLS} x {ROWS} or {} x {}",
            COLS * big,
            ROWS * big
        )));
    }
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or_else(|| bad("the PNG is damaged: its rows have no length"))?;
    let mut data = vec![0; size];
    let frame = reader.next_frame(&mut data).map_err(damaged)?;
    if (frame.width as usize, frame.height as usize) != (width, height) {
        return Err(bad(format!(
            "the PNG is damaged: its first frame is {} x {} in a picture of {width} x {height}",
            frame.width, frame.height
        )));
    }
    // Reads on to the end mark, without which the file is truncated.
    reader.finish().map_err(damaged)?;
    let samples = frame.color_type.samples();
    if frame.bit_depth != png::BitDepth::Eight || data.len() < width * height * samples {
        return Err(bad("the PNG is damaged: its pixels do not have 8 bits a sample once expanded"));
    }
    Ok(Pixels { width, height, samples, data })
}
