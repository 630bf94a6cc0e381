//! Pictures read and refused, walls cut, columns against naive oracles, and the project's own maps.

use super::build::WHOLE;
use super::picture::{Cell, Picture};
use super::*;
use proptest::prelude::*;

/// A picture of empty ground with rows of letters drawn at a place.
fn drawn(col: usize, row: usize, lines: &[&str]) -> Picture {
    let mut text: Vec<Vec<u8>> = vec![vec![b'.'; COLS]; ROWS];
    for (i, line) in lines.iter().enumerate() {
        text[row + i][col..col + line.len()].copy_from_slice(line.as_bytes());
    }
    let lines: Vec<String> = text.into_iter().map(|line| String::from_utf8(line).unwrap()).collect();
    Picture::from_text(&lines.join("\n")).unwrap()
}

fn reason(result: Result<Arc<GameMap>>) -> String {
    match result {
        Err(Error::BadMap { reason }) => reason,
        other => panic!("expected BadMap, got {other:?}"),
    }
}

mod png_file {
    //! Writes PNGs of every flavour by hand, uncompressed, for `png` writes no interlaced ones.

    fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
        out.extend((data.len() as u32).to_be_bytes());
        let start = out.len();
        out.extend(kind);
        out.extend(data);
        let mut crc = u32::MAX;
        for &byte in &out[start..] {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
            }
        }
        out.extend((!crc).to_be_bytes());
    }

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut out = vec![0x78, 0x01];
        let blocks = data.chunks(0xFFFF).count();
        for (i, block) in data.chunks(0xFFFF).enumerate() {
            out.push(u8::from(i + 1 == blocks));
            out.extend((block.len() as u16).to_le_bytes());
            out.extend((!(block.len() as u16)).to_le_bytes());
            out.extend(block);
        }
        let (mut a, mut b) = (1u32, 0u32);
        for &byte in data {
            a = (a + u32::from(byte)) % 65521;
            b = (b + a) % 65521;
        }
        out.extend((b << 16 | a).to_be_bytes());
        out
    }

    fn rows(data: &mut Vec<u8>, depth: u8, xs: &[usize], ys: &[usize], pixel: &dyn Fn(usize, usize) -> Vec<u16>) {
        for &y in ys {
            if xs.is_empty() {
                continue;
            }
            data.push(0);
            let (mut bits, mut filled) = (0u32, 0);
            for sample in xs.iter().flat_map(|&x| pixel(x, y)) {
                bits = bits << depth | u32::from(sample);
                filled += depth;
                while filled >= 8 {
                    filled -= 8;
                    data.push((bits >> filled) as u8);
                }
            }
            if filled > 0 {
                data.push((bits << (8 - filled)) as u8);
            }
        }
    }

    pub(super) struct Flavour {
        pub(super) colour_type: u8,
        pub(super) depth: u8,
        pub(super) interlaced: bool,
        pub(super) palette: Vec<u8>,
        pub(super) transparency: Vec<u8>,
    }

    impl Flavour {
        /// 8 bits a sample, not interlaced.
        pub(super) fn rgb() -> Flavour {
            Flavour { colour_type: 2, depth: 8, interlaced: false, palette: vec![], transparency: vec![] }
        }
    }

    /// The signature and the header.
    pub(super) fn begin(flavour: &Flavour, width: u32, height: u32) -> Vec<u8> {
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut header = Vec::new();
        header.extend(width.to_be_bytes());
        header.extend(height.to_be_bytes());
        header.extend([flavour.depth, flavour.colour_type, 0, 0, u8::from(flavour.interlaced)]);
        chunk(&mut out, b"IHDR", &header);
        out
    }

    pub(super) fn write(
        flavour: &Flavour,
        width: usize,
        height: usize,
        pixel: &dyn Fn(usize, usize) -> Vec<u16>,
    ) -> Vec<u8> {
        let mut data = Vec::new();
        let passes: &[(usize, usize, usize, usize)] = if flavour.interlaced {
            &[(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)]
        } else {
            &[(0, 1, 0, 1)]
        };
        for &(x0, dx, y0, dy) in passes {
            let xs: Vec<usize> = (x0..width).step_by(dx).collect();
            let ys: Vec<usize> = (y0..height).step_by(dy).collect();
            rows(&mut data, flavour.depth, &xs, &ys, pixel);
        }
        let mut out = begin(flavour, width as u32, height as u32);
        if !flavour.palette.is_empty() {
            chunk(&mut out, b"PLTE", &flavour.palette);
        }
        if !flavour.transparency.is_empty() {
            chunk(&mut out, b"tRNS", &flavour.transparency);
        }
        chunk(&mut out, b"IDAT", &zlib(&data));
        chunk(&mut out, b"IEND", &[]);
        out
    }

    pub(super) fn rgb(width: usize, height: usize, pixel: &dyn Fn(usize, usize) -> [u8; 3]) -> Vec<u8> {
        write(&Flavour::rgb(), width, height, &|x, y| pixel(x, y).map(u16::from).to_vec())
    }
}
use png_file::Flavour;

const COLOURS: [(u8, [u8; 3]); 8] = [
    (b'.', [0xFF, 0xFF, 0xFF]),
    (b'#', [0x80, 0x80, 0x80]),
    (b'w', [0x8B, 0x45, 0x13]),
    (b'M', [0x40, 0x40, 0x40]),
    (b'g', [0x87, 0xCE, 0xEB]),
    (b'R', [0xFF, 0x00, 0x00]),
    (b'B', [0x00, 0x00, 0xFF]),
    (b'L', [0xFF, 0xFF, 0x00]),
];
const SAMPLE: [&str; 5] = ["###w.M", "#....g", "#.R..g", "w..L..", "#Mww.B"];

/// The sample's letter in a cell, as an index into `COLOURS`.
fn sample(col: usize, row: usize) -> usize {
    let letter = SAMPLE.get(row.wrapping_sub(4)).and_then(|l| l.as_bytes().get(col.wrapping_sub(7))).unwrap_or(&b'.');
    COLOURS.iter().position(|(l, _)| l == letter).unwrap()
}

#[test]
fn the_palette_is_the_rule_books() {
    let png = png_file::rgb(48, 27, &|x, y| if y == 0 && x < 8 { COLOURS[x].1 } else { [255; 3] });
    let (picture, warnings) = Picture::from_png(&png).unwrap();
    assert!(picture.to_text().starts_with(".#wMgRBL."), "{}", picture.to_text());
    assert_eq!(warnings, [""; 0]);
    let cells: Vec<Cell> = picture.drawn().map(|(.., cell)| cell).collect();
    use Material::{Concrete, Glass, Metal, Wood};
    let walls = [Concrete, Wood, Metal, Glass].map(Cell::Wall);
    assert_eq!(cells[..4], walls);
    assert_eq!(cells[4..], [Cell::Spawn(Team::Red), Cell::Spawn(Team::Blue), Cell::Light]);
    assert_eq!(Picture::from_png(&picture.to_png().unwrap()).unwrap(), (picture, vec![]));
}

#[test]
fn every_flavour_of_png_reads_the_same() {
    let expected = GameMap::from_picture(&drawn(7, 4, &SAMPLE), Reading::Fine).unwrap();
    let palette: Vec<u8> = COLOURS.iter().flat_map(|(_, rgb)| *rgb).collect();
    type Encode = fn(usize, bool) -> Vec<u16>;
    type Case<'a> = (u8, u8, &'a [u8], &'a [u8], Encode);
    // (colour type, depth, palette, alpha of the palette, samples of a colour; true asks for transparent ground)
    let flavours: [Case; 8] = [
        (2, 8, &[], &[], |c, _| COLOURS[c].1.map(u16::from).to_vec()),
        (
            2,
            8,
            &[],
            &[0, 1, 0, 2, 0, 3],
            |c, clear| {
                if clear { vec![1, 2, 3] } else { COLOURS[c].1.map(u16::from).to_vec() }
            },
        ),
        (2, 16, &[], &[], |c, _| COLOURS[c].1.map(|v| u16::from(v) << 8 | 0x5A).to_vec()),
        (6, 8, &[], &[], |c, clear| {
            let mut samples = COLOURS[c].1.map(u16::from).to_vec();
            samples.push(if clear { 0 } else { 255 });
            if clear {
                samples[0] = 7;
            }
            samples
        }),
        (6, 16, &[], &[], |c, clear| {
            let mut samples = COLOURS[c].1.map(|v| u16::from(v) << 8).to_vec();
            samples.push(if clear { 0 } else { 0xFFFF });
            samples
        }),
        (3, 8, &palette, &[0], |c, _| vec![c as u16]),
        (3, 4, &palette, &[], |c, _| vec![c as u16]),
        (2, 8, &palette, &[], |c, _| COLOURS[c].1.map(u16::from).to_vec()),
    ];
    for (n, (colour_type, depth, palette, transparency, encode)) in flavours.into_iter().enumerate() {
        for interlaced in [false, true] {
            for scale in [1, 10] {
                let flavour = Flavour {
                    colour_type,
                    depth,
                    interlaced,
                    palette: palette.to_vec(),
                    transparency: transparency.to_vec(),
                };
                let png = png_file::write(&flavour, 48 * scale, 27 * scale, &|x, y| {
                    let c = sample(x / scale, y / scale);
                    encode(c, c == 0)
                });
                let map = GameMap::from_png(&png, Reading::Fine)
                    .unwrap_or_else(|e| panic!("flavour {n}, interlaced {interlaced}, scale {scale}: {e}"));
                assert_eq!(map.warnings(), [""; 0], "flavour {n}");
                assert_eq!(map.hash(), expected.hash(), "flavour {n}, interlaced {interlaced}, scale {scale}");
            }
        }
    }
}

#[test]
fn gray_pictures_have_concrete_metal_and_ground() {
    let shade = |x: usize| {
        if x < 3 {
            0x80
        } else if x < 5 {
            0x40
        } else {
            0xFF
        }
    };
    for (colour_type, depth, alpha) in [(0, 8, false), (0, 16, false), (4, 8, true), (4, 16, true)] {
        for interlaced in [false, true] {
            let flavour = Flavour { colour_type, depth, interlaced, palette: vec![], transparency: vec![] };
            let full = if depth == 16 { u16::MAX } else { 255 };
            let png = png_file::write(&flavour, 48, 27, &|x, y| {
                let gray = if y == 3 { shade(x) } else { 0xFF };
                let mut samples = vec![if depth == 16 { gray * 0x101 } else { gray }];
                if alpha {
                    samples.push(full);
                }
                samples
            });
            let (picture, warnings) = Picture::from_png(&png).unwrap();
            assert_eq!(picture, drawn(0, 3, &["###MM"]), "type {colour_type} depth {depth}");
            assert!(warnings.is_empty());
        }
    }
    // One bit a pixel: white ground and black, which means nothing.
    let flavour = Flavour { colour_type: 0, depth: 1, interlaced: true, palette: vec![], transparency: vec![] };
    let png = png_file::write(&flavour, 48, 27, &|x, y| vec![u16::from((x, y) != (5, 6))]);
    let (picture, warnings) = Picture::from_png(&png).unwrap();
    assert_eq!(picture, Picture::default());
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("#000000") && warnings[0].contains("(5, 6)"), "{}", warnings[0]);
}

#[test]
fn large_pictures_are_read_by_cell_centres() {
    let png = png_file::rgb(480, 270, &|x, y| {
        if x % 10 == 5 && y % 10 == 5 { COLOURS[sample(x / 10, y / 10)].1 } else { [1, 2, 3] }
    });
    let (picture, warnings) = Picture::from_png(&png).unwrap();
    assert_eq!(picture, drawn(7, 4, &SAMPLE));
    assert_eq!(warnings, [""; 0]);
}

#[test]
fn a_spawn_drawn_inside_a_wall_is_refused_by_its_pixel() {
    let draw = |ground: [u8; 3]| {
        png_file::rgb(480, 270, &move |x, y| match (x, y) {
            (202..=203, 101..=102) => [255, 0, 0],
            (200..=209, 100..=109) => ground,
            _ => [255; 3],
        })
    };
    let reason = reason(GameMap::from_png(&draw([0x80; 3]), Reading::Fine));
    assert!(reason.contains("red spawn at pixel (202, 101)") && reason.contains("concrete"), "{reason}");
    let (picture, warnings) = Picture::from_png(&draw([255; 3])).unwrap();
    assert_eq!(picture, Picture::default());
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("(202, 101)") && warnings[0].contains("(205, 105)"), "{}", warnings[0]);
}

#[test]
fn other_sizes_are_refused_from_the_header() {
    for (width, height) in [(27, 48), (48, 26), (1, 1), (480, 27), (481, 270), (960, 540)] {
        let png = png_file::rgb(width, height, &|_, _| [255; 3]);
        let reason = reason(GameMap::from_png(&png, Reading::Fine));
        assert!(reason.contains(&format!("{width} x {height}")) && reason.contains("48 x 27"), "{reason}");
    }
    // A header that promises exabytes, and nothing behind it.
    let reason_of = |png: &[u8]| reason(GameMap::from_png(png, Reading::Fine));
    let reason = reason_of(&png_file::begin(&Flavour::rgb(), 0x7FFF_FFFF, 0x7FFF_FFFF));
    assert!(reason.contains("2147483647 x 2147483647"), "{reason}");
    let reason = reason_of(&vec![0; (4 << 20) + 1]);
    assert!(reason.contains("4194305"), "{reason}");
}

#[test]
fn truncated_files_are_refused_at_every_byte() {
    let interlaced = Flavour { interlaced: true, ..Flavour::rgb() };
    let pixel = |x, y| COLOURS[sample(x, y)].1.map(u16::from).to_vec();
    let files = [drawn(7, 4, &SAMPLE).to_png().unwrap(), png_file::write(&interlaced, 48, 27, &pixel)];
    for png in &files {
        for length in 0..png.len() {
            let reason = reason(GameMap::from_png(&png[..length], Reading::Fine));
            assert!(!reason.is_empty(), "{length} bytes");
        }
    }
}

#[test]
fn damaged_files_never_panic() {
    let png = drawn(7, 4, &SAMPLE).to_png().unwrap();
    let expected = GameMap::from_png(&png, Reading::Fine).unwrap().hash();
    for at in 0..png.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut damaged = png.clone();
            damaged[at] ^= flip;
            // What a checksum does not cover may change without harm.
            if let Ok(map) = GameMap::from_png(&damaged, Reading::Fine) {
                assert_eq!(map.hash(), expected, "byte {at} ^ {flip:#x}");
            }
        }
    }
}

#[test]
fn unknown_colours_warn_once_each() {
    let png = png_file::rgb(48, 27, &|x, y| match (x, y) {
        (3, 2) | (9, 2) | (0, 20) => [0x81, 0x80, 0x80],
        (4, 5) => [0, 0, 0],
        _ => [255; 3],
    });
    let map = GameMap::from_png(&png, Reading::Fine).unwrap();
    assert_eq!(
        map.warnings(),
        [
            "colour #818080 is none of the palette and counts as empty: 3 pixels, the first at (3, 2)",
            "colour #000000 is none of the palette and counts as empty: 1 pixel, the first at (4, 5)",
        ]
    );
    assert!(map.geometry().walls.is_empty());
    let photo = png_file::rgb(48, 27, &|x, y| [x as u8, y as u8, 200]);
    let map = GameMap::from_png(&photo, Reading::Fine).unwrap();
    assert_eq!(map.warnings().len(), 33);
    assert!(map.warnings()[32].starts_with("1264 further colours"), "{}", map.warnings()[32]);
}

#[test]
fn texts_are_checked_by_line_and_column() {
    let line = ".".repeat(48);
    let text = |lines: Vec<String>| match Picture::from_text(&lines.join("\n")) {
        Err(Error::BadMap { reason }) => reason,
        other => panic!("{other:?}"),
    };
    assert!(text(vec![line.clone(); 26]).contains("26 lines"));
    assert!(text(vec![line.clone(); 28]).contains("line 28"));
    let mut lines = vec![line.clone(); 27];
    lines[3] = format!("{}x{}", &line[..10], &line[..37]);
    assert!(text(lines).contains("line 4, column 11: 'x'"));
    let mut lines = vec![line.clone(); 27];
    lines[0].push('.');
    assert!(text(lines.clone()).contains("line 1 is longer"));
    lines[0].truncate(40);
    assert!(text(lines).contains("line 1 has 40"));
    let crlf = vec![line; 27].join("\r\n");
    assert_eq!(Picture::from_text(&crlf).unwrap(), Picture::default());
}

#[test]
fn pictures_are_edited_within_their_bounds() {
    let mut picture = Picture::default();
    picture.set(47, 26, Cell::Wall(Material::Metal)).unwrap();
    assert_eq!(picture.wall(47, 26), Some(Material::Metal));
    assert_eq!(picture.set(48, 0, Cell::Light).unwrap_err().code(), "INVALID_ARGUMENT");
    assert_eq!(picture.set(0, 27, Cell::Light).unwrap_err().code(), "INVALID_ARGUMENT");
    assert!(picture.set(0, 0, Cell::Wall(Material::Border)).is_err());
    assert_eq!(picture.get(48, 0), None);
}

/// Coarse walls as (column, row, `right` or `down`, cells that stand).
fn runs(lines: &[&str]) -> Vec<(usize, usize, &'static str, usize)> {
    cut::coarse(&drawn(10, 5, lines))
        .iter()
        .map(|piece| {
            let long = (piece.def.width.max(piece.def.height), piece.def.width.min(piece.def.height));
            assert_eq!(long, (50.0, 10.0));
            assert_eq!(piece.along_x, piece.def.width > piece.def.height);
            let length = piece.present.count_ones() as usize;
            assert_eq!(piece.present, WHOLE >> (5 - length), "the missing slices are the last ones");
            let way = if piece.along_x { "right" } else { "down" };
            ((piece.def.x / CELL) as usize - 10, (piece.def.y / CELL) as usize - 5, way, length)
        })
        .collect()
}

#[test]
fn coarse_runs_are_cut_as_the_rule_book_says() {
    assert_eq!(runs(&["###"]), [(0, 0, "right", 3)]);
    assert_eq!(runs(&["#", "#"]), [(0, 0, "down", 2)]);
    assert_eq!(runs(&["#"]), [(0, 0, "down", 1)]);
    let long = [(0, 0, "right", 5), (5, 0, "right", 5), (10, 0, "right", 2)];
    assert_eq!(runs(&["############"]), long);
    assert_eq!(runs(&["#"; 12]), [(0, 0, "down", 5), (0, 5, "down", 5), (0, 10, "down", 2)]);
    // An L: the longer arm first, down when equal; what is left of the other is a run of its own.
    assert_eq!(runs(&["####", "#", "#"]), [(0, 0, "right", 4), (0, 1, "down", 2)]);
    assert_eq!(runs(&["###", "#", "#"]), [(0, 0, "down", 3), (1, 0, "right", 2)]);
    assert_eq!(runs(&["..#", "###"]), [(2, 0, "down", 2), (0, 1, "right", 2)]);
    // A T: its bar goes down nowhere but under the middle.
    assert_eq!(runs(&["#####", "..#", "..#"]), [(0, 0, "right", 5), (2, 1, "down", 2)]);
    assert_eq!(runs(&["#####", "#.#", "#.#"]), [(0, 0, "right", 5), (2, 1, "down", 2), (0, 1, "down", 2)]);
    // Solid blocks: further cells of the second arm are runs of one.
    assert_eq!(runs(&["##", "##"]), [(0, 0, "down", 2), (1, 0, "down", 1), (1, 1, "down", 1)]);
    assert_eq!(runs(&["###", "##"]), [(0, 0, "right", 3), (0, 1, "right", 1), (1, 1, "down", 1)]);
    // Another material ends a run.
    assert_eq!(runs(&["##ww#"]), [(0, 0, "right", 2), (2, 0, "right", 2), (4, 0, "down", 1)]);
    assert_eq!(runs(&["#w", "#w"]), [(0, 0, "down", 2), (1, 0, "down", 2)]);
}

#[test]
fn short_coarse_runs_keep_their_length_with_slices_missing() {
    let map = GameMap::from_picture(&drawn(46, 26, &["##"]), Reading::Coarse).unwrap();
    let g = map.geometry();
    assert_eq!((g.walls.len(), g.slice_count, g.lanes()), (1, 5, 64));
    assert_eq!((g.walls[0].x, g.walls[0].width), (460.0, 50.0));
    assert_eq!(g.missing, [!0b11]);
    assert_eq!(g.cells_of(1), [26 * 48 + 47]);
    assert_eq!(g.cells_of(2), [0u16; 0], "beyond the playfield");
}

#[test]
fn fine_cells_are_cut_across_the_way_their_wall_runs() {
    let cut = |lines: &[&str]| -> Vec<bool> {
        let map = GameMap::from_picture(&drawn(20, 9, lines), Reading::Fine).unwrap();
        map.geometry().walls.iter().map(|wall| wall.along_x).collect()
    };
    assert_eq!(cut(&["#"]), [true]);
    assert_eq!(cut(&["##"]), [true, true]);
    assert_eq!(cut(&["#", "w", "#"]), [false, false, false]);
    // The corner of an L has a neighbour beside it.
    assert_eq!(cut(&["##", "#."]), [true, true, false]);
    let map = GameMap::from_picture(&drawn(20, 9, &["#", "#"]), Reading::Fine).unwrap();
    let g = map.geometry();
    assert_eq!((g.x0[1], g.y0[1], g.x1[1], g.y1[1]), (200.0, 92.0, 210.0, 94.0));
}

#[test]
fn columns_hold_what_their_documentation_says() {
    let at = |x, material| WallDef { x, y: 10.0, width: 50.0, height: 7.0, material };
    let walls: Vec<WallDef> = Material::ALL.iter().enumerate().map(|(i, &m)| at(60.0 * i as f32, m)).collect();
    let map = GameMap::from_rects(&walls, &[]).unwrap();
    let g = map.geometry();
    assert_eq!((g.slice_count, g.lanes(), g.blocks()), (25, 64, 1));
    let of_wall = |column: &[u16]| -> Vec<u16> { column.iter().step_by(5).take(5).copied().collect() };
    assert_eq!(of_wall(&g.max_health), [675 * 64, 200 * 64, 80 * 64, 30 * 64, u16::MAX]);
    assert_eq!(of_wall(&g.see_through), [0, 0, 40 * 64, 15 * 64, 0]);
    assert_eq!(of_wall(&g.wall), [0, 1, 2, 3, 4]);
    assert_eq!(g.material[..6], [0, 0, 0, 0, 0, 1]);
    assert_eq!(g.missing, [u64::MAX << 25]);
    assert_eq!((g.x0[25], g.y0[63], g.x1[25], g.y1[63]), (EMPTY_LANE, EMPTY_LANE, -EMPTY_LANE, -EMPTY_LANE));
    assert_eq!((g.max_health[25], g.see_through[25], g.material[25], g.wall[25]), (0, 0, 0, u16::MAX));
    assert!(g.walls[0].along_x);
    let empty = GameMap::from_rects(&[], &[]).unwrap();
    assert_eq!((empty.geometry().lanes(), empty.geometry().cell_start.len()), (0, CELLS + 1));
    assert_eq!(MAX_SLICES % 64, 0);
}

#[test]
fn rectangles_are_checked_by_index_field_and_limit() {
    let good = WallDef { x: 100.0, y: 100.0, width: 20.0, height: 5.0, material: Material::Wood };
    let refused = |wall: WallDef| reason(GameMap::from_rects(&[good, wall], &[]));
    assert_eq!(refused(WallDef { width: 0.5, ..good }), "walls[1].width is 0.5; it must be 1 to 480");
    assert_eq!(refused(WallDef { height: 271.0, ..good }), "walls[1].height is 271; it must be 1 to 270");
    assert!(refused(WallDef { width: f32::NAN, ..good }).contains("walls[1].width is NaN"));
    assert!(refused(WallDef { width: f32::INFINITY, ..good }).contains("walls[1].width is inf"));
    assert!(refused(WallDef { x: -0.5, ..good }).contains("walls[1].x is -0.5; it must be 0 to 460"));
    assert!(refused(WallDef { x: f32::NAN, ..good }).contains("walls[1].x is NaN"));
    assert!(refused(WallDef { y: 266.0, ..good }).contains("walls[1].y is 266; it must be 0 to 265"));
    assert!(reason(GameMap::from_rects(&[good; MAX_WALLS + 1], &[])).contains("1601 walls"));
    assert!(GameMap::from_rects(&[good; MAX_WALLS], &[]).is_ok());
    let spawn = |x, y| Spawn { at: Vec2::new(x, y), team: Team::Red };
    let refused = |spawn: Spawn| reason(GameMap::from_rects(&[good], &[spawn]));
    assert!(refused(spawn(f32::NAN, 50.0)).contains("spawns[0]"));
    assert!(refused(spawn(5.0, 50.0)).contains("x must be 6 to 474 and y 6 to 264"));
    assert!(refused(spawn(110.0, 102.0)).contains("spawns[0] at (110, 102) stands inside a wall"));
    assert!(refused(spawn(104.0, 102.0)).contains("stands inside a wall"), "between two slices");
    let many = [spawn(50.0, 50.0); MAX_SPAWNS + 1];
    assert!(reason(GameMap::from_rects(&[], &many)).contains("65 spawns"));
    let minus = GameMap::from_rects(&[WallDef { x: -0.0, ..good }], &[]).unwrap();
    assert_eq!(minus.hash(), GameMap::from_rects(&[WallDef { x: 0.0, ..good }], &[]).unwrap().hash());
}

#[test]
fn spawns_get_room_for_a_body() {
    // Next to a wall on the left the body would overlap it by one pixel.
    let map = GameMap::from_picture(&drawn(20, 9, &["#R"]), Reading::Fine).unwrap();
    assert_eq!(map.spawns_of(Team::Red).collect::<Vec<_>>(), [Vec2::new(216.0, 95.0)]);
    let map = GameMap::from_picture(&drawn(20, 9, &["##", "#R", "##"]), Reading::Coarse).unwrap();
    let moved: Vec<Vec2> = map.spawns_of(Team::Red).collect();
    assert!(map.geometry().is_free(moved[0]) && moved[0].distance(Vec2::new(215.0, 105.0)) <= 12.0, "{moved:?}");
    let reason = reason(GameMap::from_picture(&drawn(20, 9, &["###", "#R#", "###"]), Reading::Fine));
    assert!(reason.contains("pixel (21, 10)") && reason.contains("no free spot within 12 px"), "{reason}");
    // At the edge of the field the centre is out of bounds.
    let map = GameMap::from_picture(&drawn(0, 0, &["R"]), Reading::Fine).unwrap();
    assert_eq!(map.spawns_of(Team::Red).collect::<Vec<_>>(), [Vec2::splat(6.0)]);
}

#[test]
fn teams_without_spawns_get_the_fallback() {
    let map = GameMap::from_rects(&[], &[]).unwrap();
    let at = |x| Vec2::new(x, 135.0);
    assert_eq!(map.spawns(), [Spawn { at: at(50.0), team: Team::Red }, Spawn { at: at(430.0), team: Team::Blue }]);
    let wall = WallDef { x: 0.0, y: 0.0, width: 479.0, height: 250.0, material: Material::Concrete };
    let map = GameMap::from_rects(&[wall], &[]).unwrap();
    assert_eq!(map.spawns_of(Team::Red).collect::<Vec<_>>(), [Vec2::new(50.0, 256.0)]);
    assert_eq!(map.nearest_free(Vec2::new(1.0e9, -4.0)), Some(Vec2::new(474.0, 256.0)));
    assert_eq!(map.nearest_free(Vec2::new(f32::NAN, 0.0)), None);
    let full = WallDef { width: 480.0, height: 270.0, ..wall };
    assert!(reason(GameMap::from_rects(&[full], &[])).contains("no free spot"));
    assert!(reason(GameMap::from_rects(&[WallDef { width: 470.0, height: 265.0, ..wall }], &[])).contains("red"));
}

#[test]
fn the_hash_tells_maps_apart() {
    let hash = |lines: &[&str], reading| GameMap::from_picture(&drawn(7, 4, lines), reading).unwrap().hash();
    let hashes = [
        hash(&SAMPLE, Reading::Fine),
        hash(&SAMPLE, Reading::Coarse),
        hash(&["#"], Reading::Fine),
        hash(&["w"], Reading::Fine),
        hash(&["#", ".", "L"], Reading::Fine),
        hash(&["#", ".", "R"], Reading::Fine),
        hash(&["#", ".", "B"], Reading::Fine),
        hash(&[], Reading::Fine),
    ];
    for (i, a) in hashes.iter().enumerate() {
        assert!(!hashes[..i].contains(a), "{i}");
    }
}

fn material() -> impl Strategy<Value = Material> {
    (0..5u8).prop_map(|n| Material::from_number(n).unwrap())
}

/// Walls on whole and on odd coordinates, of 1 px to the whole field.
fn wall() -> impl Strategy<Value = WallDef> {
    let axis = |limit: f32| {
        let odd = (1.0..limit, 0.0..1.0f32).prop_map(move |(extent, share)| ((limit - extent) * share, extent));
        let cells = limit / CELL;
        let whole = (1..=cells as u32, 0.0..1.0f32).prop_map(move |(n, share)| {
            let extent = n as f32 * CELL;
            (libm::floorf((cells - n as f32) * share) * CELL, extent)
        });
        prop_oneof![odd, whole]
    };
    (axis(PLAYFIELD.0), axis(PLAYFIELD.1), material())
        .prop_map(|((x, width), (y, height), material)| WallDef { x, y, width, height, material })
        .prop_filter("rounded out of the field", |w| w.x + w.width <= PLAYFIELD.0 && w.y + w.height <= PLAYFIELD.1)
}

fn cells() -> impl Strategy<Value = Picture> {
    (0..4u32, proptest::collection::vec(any::<u8>(), CELLS)).prop_map(|(density, bytes)| {
        let mut picture = Picture::default();
        for (i, byte) in bytes.into_iter().enumerate() {
            if u32::from(byte) < 64 * (density + 1) && byte & 3 != 3 {
                let material = [Material::Concrete, Material::Wood, Material::Metal][(byte & 3) as usize];
                picture.set(i % COLS, i / COLS, Cell::Wall(material)).unwrap();
            }
        }
        picture
    })
}

fn check_grid(g: &Geometry) -> std::result::Result<(), TestCaseError> {
    for s in 0..g.slice_count {
        let naive: Vec<u16> = (0..CELLS)
            .filter(|cell| {
                let (left, top) = ((cell % COLS * 10) as f32, (cell / COLS * 10) as f32);
                g.x0[s] < left + 10.0 && g.x1[s] > left && g.y0[s] < top + 10.0 && g.y1[s] > top
            })
            .map(|cell| cell as u16)
            .collect();
        prop_assert_eq!(g.cells_of(s), &naive[..], "slice {}", s);
    }
    for cell in 0..CELLS {
        let naive: Vec<u16> =
            (0..g.slice_count as u16).filter(|&s| g.cells_of(s as usize).contains(&(cell as u16))).collect();
        prop_assert_eq!(g.cell(cell), &naive[..], "cell {}", cell);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_grid_agrees_with_a_naive_overlap_test(walls in proptest::collection::vec(wall(), 0..20)) {
        let pieces: Vec<Piece> = walls.iter().map(|wall| Piece::whole(*wall)).collect();
        check_grid(&Geometry::build(&pieces).unwrap())?;
    }

    #[test]
    fn slices_tile_their_wall(wall in wall(), along_x in any::<bool>()) {
        let g = Geometry::build(&[Piece { along_x, ..Piece::whole(wall) }]).unwrap();
        let (low, high, start, end) = if along_x {
            (&g.x0, &g.x1, wall.x, wall.x + wall.width)
        } else {
            (&g.y0, &g.y1, wall.y, wall.y + wall.height)
        };
        prop_assert_eq!(low[0].to_bits(), start.to_bits());
        prop_assert_eq!(high[4].to_bits(), end.to_bits());
        for s in 0..5 {
            prop_assert!(low[s] < high[s]);
            prop_assert!(s == 4 || high[s].to_bits() == low[s + 1].to_bits());
            let across = if along_x { (g.y0[s], g.y1[s]) } else { (g.x0[s], g.x1[s]) };
            let wanted = if along_x { (wall.y, wall.y + wall.height) } else { (wall.x, wall.x + wall.width) };
            prop_assert_eq!(across, wanted);
        }
    }

    #[test]
    fn tiled_cells_are_covered_once_everywhere(
        walls in proptest::collection::vec((0..6u8, 0..6u8, 1..5u8, 1..5u8), 0..9),
    ) {
        // Multiples of 5 px, so that 1 px samples at half pixels see every gap and overlap.
        let pieces: Vec<Piece> = walls.iter().map(|&(x, y, w, h)| Piece::whole(WallDef {
            x: f32::from(x) * 5.0,
            y: f32::from(y) * 5.0,
            width: f32::from(w) * 5.0,
            height: f32::from(h) * 5.0,
            material: Material::Wood,
        })).collect();
        let g = Geometry::build(&pieces).unwrap();
        for (row, word) in g.tiled.iter().enumerate() {
            for col in 0..COLS {
                let covered = (0..100).all(|i| {
                    let x = (col * 10 + i % 10) as f32 + 0.5;
                    let y = (row * 10 + i / 10) as f32 + 0.5;
                    pieces.iter().filter(|p| {
                        let d = p.def;
                        (d.x..d.x + d.width).contains(&x) && (d.y..d.y + d.height).contains(&y)
                    }).count() == 1
                });
                prop_assert_eq!(word >> col & 1 == 1, covered, "column {}, row {}", col, row);
            }
        }
    }

    #[test]
    fn both_readings_cover_each_wall_cell_once(picture in cells()) {
        let fine = Geometry::build(&cut::fine(&picture)).unwrap();
        let coarse = Geometry::build(&cut::coarse(&picture)).unwrap();
        for row in 0..ROWS {
            for col in 0..COLS {
                let cell = row * COLS + col;
                let material = picture.wall(col, row);
                prop_assert_eq!(fine.tiled[row] >> col & 1 == 1, material.is_some());
                prop_assert_eq!(fine.cell(cell).len(), if material.is_some() { 5 } else { 0 });
                let standing: Vec<Material> = coarse
                    .cell(cell)
                    .iter()
                    .filter(|&&s| coarse.stands_at_start(s as usize))
                    .map(|&s| Material::from_number(coarse.material[s as usize]).unwrap())
                    .collect();
                prop_assert_eq!(standing, material.into_iter().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn the_nearest_free_spot_is_free_and_nearest(
        picture in cells(), x in 0..48i32, y in 0..27i32,
    ) {
        let g = Geometry::build(&cut::fine(&picture)).unwrap();
        let at = Vec2::new(x as f32 * 10.0 + 5.0, y as f32 * 10.0 + 5.0);
        let from = at.clamp(Vec2::splat(6.0), Vec2::new(474.0, 264.0));
        let naive = (-270..=270i32)
            .flat_map(|dy| (-480..=480i32).map(move |dx| (dx * dx + dy * dy, dy, dx)))
            .filter(|&(distance, ..)| distance <= 40 * 40)
            .filter(|&(_, dy, dx)| g.is_free(from + Vec2::new(dx as f32, dy as f32)))
            .min()
            .map(|(_, dy, dx)| from + Vec2::new(dx as f32, dy as f32));
        if naive.is_some() {
            prop_assert_eq!(g.nearest_free(at), naive);
        }
    }

    #[test]
    fn a_body_is_free_where_no_standing_slice_is_near(picture in cells(), x in 0.0..480f32, y in 0.0..270f32) {
        let g = Geometry::build(&cut::coarse(&picture)).unwrap();
        let at = Vec2::new(x, y);
        let naive = (6.0..=474.0).contains(&x)
            && (6.0..=264.0).contains(&y)
            && (0..g.slice_count).filter(|&s| g.stands_at_start(s)).all(|s| {
                let dx = (g.x0[s] - x).max(x - g.x1[s]).max(0.0);
                let dy = (g.y0[s] - y).max(y - g.y1[s]).max(0.0);
                dx * dx + dy * dy >= 36.0
            });
        prop_assert_eq!(g.is_free(at), naive);
    }

    #[test]
    fn any_bytes_are_refused_or_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = GameMap::from_png(&bytes, Reading::Fine);
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend(&bytes);
        let _ = GameMap::from_png(&png, Reading::Coarse);
    }
}

mod builtin {
    //! The project's own maps: their pictures match their texts, and what makes them playable holds.

    use super::*;

    const TEXTS: [(&str, &str); 3] = [
        ("yard", include_str!("../../maps/yard.txt")),
        ("depot", include_str!("../../maps/depot.txt")),
        ("citadel", include_str!("../../maps/citadel.txt")),
    ];

    #[test]
    fn pictures_match_their_texts() {
        for ((name, text), (builtin, png)) in TEXTS.iter().zip(GameMap::BUILTIN) {
            assert_eq!(name, builtin);
            let picture = Picture::from_text(text).unwrap_or_else(|e| panic!("{name}.txt: {e}"));
            if std::env::var_os("UPDATE_MAPS").is_some() {
                let path = format!("{}/maps/{name}.png", env!("CARGO_MANIFEST_DIR"));
                std::fs::write(path, picture.to_png().unwrap()).unwrap();
            } else {
                let hint = "run again with UPDATE_MAPS=1";
                assert_eq!(Picture::from_png(png).unwrap(), (picture, vec![]), "{name}.png; {hint}");
            }
        }
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = GameMap::builtin("dust", Reading::Fine).unwrap_err();
        assert_eq!(error.code(), "UNKNOWN_NAME");
        assert!(error.to_string().contains("yard, depot, citadel"), "{error}");
    }

    /// Lattice points of 1 px that a body reaches from a point without breaking anything.
    fn reached_from(map: &GameMap, start: Vec2) -> Vec<bool> {
        let (width, height) = (481, 271);
        let free: Vec<bool> = (0..width * height)
            .map(|i| map.geometry().is_free(Vec2::new((i % width) as f32, (i / width) as f32)))
            .collect();
        let mut reached = vec![false; free.len()];
        let mut open = vec![start.y as usize * width + start.x as usize];
        while let Some(i) = open.pop() {
            if free[i] && !reached[i] {
                reached[i] = true;
                // No free point lies on the field's edge, so these four never wrap.
                open.extend([i - 1, i + 1, i - width, i + width]);
            }
        }
        reached
    }

    fn is_outside(picture: &Picture) -> Vec<bool> {
        let mut outside = vec![false; CELLS];
        let mut open: Vec<(usize, usize)> = (0..CELLS)
            .map(|i| (i % COLS, i / COLS))
            .filter(|&(c, r)| c == 0 || r == 0 || c == COLS - 1 || r == ROWS - 1)
            .collect();
        while let Some((col, row)) = open.pop() {
            if picture.get(col, row).is_none() || picture.wall(col, row).is_some() || outside[row * COLS + col] {
                continue;
            }
            outside[row * COLS + col] = true;
            open.extend([(col.wrapping_sub(1), row), (col + 1, row), (col, row.wrapping_sub(1)), (col, row + 1)]);
        }
        outside
    }

    #[test]
    fn a_body_gets_everywhere_without_breaking_walls() {
        for (name, text) in TEXTS {
            let picture = Picture::from_text(text).unwrap();
            let outside = is_outside(&picture);
            for reading in [Reading::Fine, Reading::Coarse] {
                let map = GameMap::builtin(name, reading).unwrap();
                let reached = reached_from(&map, map.spawns()[0].at);
                for spawn in map.spawns() {
                    assert!(reached[spawn.at.y as usize * 481 + spawn.at.x as usize], "{name}: {spawn:?}");
                }
                for (cell, is_outside) in outside.iter().copied().enumerate() {
                    let (col, row) = (cell % COLS, cell / COLS);
                    let is_reached =
                        (0..=10).any(|dy| (0..=10).any(|dx| reached[(row * 10 + dy) * 481 + col * 10 + dx]));
                    let is_open = picture.wall(col, row).is_none() && !is_outside;
                    assert!(!is_open || is_reached, "{name}: cell ({col}, {row}) is a sealed pocket");
                    assert!(!is_outside || picture.get(col, row) == Some(Cell::Empty));
                }
            }
        }
    }

    #[test]
    fn half_a_turn_swaps_the_teams() {
        for (name, text) in TEXTS {
            let turned: String = text
                .trim_end()
                .chars()
                .rev()
                .map(|c| match c {
                    'R' => 'B',
                    'B' => 'R',
                    other => other,
                })
                .collect();
            assert_eq!(turned, text.trim_end(), "{name}");
            let map = GameMap::builtin(name, Reading::Fine).unwrap();
            let distances = |team: Team| {
                let mut nearest: Vec<f32> = map
                    .spawns_of(team)
                    .map(|own| map.spawns_of(team.other()).map(|o| own.distance(o)).fold(f32::MAX, f32::min))
                    .collect();
                nearest.sort_by(f32::total_cmp);
                nearest
            };
            assert_eq!(distances(Team::Red), distances(Team::Blue), "{name}");
        }
    }

    #[test]
    fn spawns_are_many_roomy_and_out_of_each_others_sight() {
        for (name, text) in TEXTS {
            let picture = Picture::from_text(text).unwrap();
            let map = GameMap::builtin(name, Reading::Fine).unwrap();
            let wanted = if name == "citadel" { 4 } else { 3 };
            for team in [Team::Red, Team::Blue] {
                assert!(map.spawns_of(team).count() >= wanted, "{name}");
            }
            for spawn in map.spawns() {
                assert!(spawn.at.x % 10.0 == 5.0 && spawn.at.y % 10.0 == 5.0, "{name}: {spawn:?} was moved");
            }
            for red in map.spawns_of(Team::Red) {
                for blue in map.spawns_of(Team::Blue) {
                    let blocked = (0..=1000).any(|i| {
                        let at = red.lerp(blue, i as f32 / 1000.0) / CELL;
                        picture.wall(at.x as usize, at.y as usize).is_some_and(|material| !material.is_soft())
                    });
                    assert!(blocked, "{name}: {red} sees {blue}");
                }
            }
            assert!(map.lights().len() >= 4, "{name}");
            assert!(map.geometry().walls.len() * 100 >= 12 * CELLS, "{name}");
            for material in [Material::Concrete, Material::Wood, Material::Metal, Material::Glass] {
                assert!(map.geometry().walls.iter().any(|wall| wall.material == material), "{name}");
            }
        }
    }
}

#[test]
fn a_coordinate_is_in_the_cell_that_holds_it_or_the_nearest() {
    let by_floor = |v: f32, count: usize| if v <= 0.0 { 0 } else { ((v * 0.1) as usize).min(count - 1) };
    let edges =
        [f32::NAN, f32::NEG_INFINITY, f32::INFINITY, f32::MIN, f32::MAX, -0.0, 0.0, -1.0e-9, 1.0e-30, 4.0e9, 1.0e19];
    for v in (-200..5000).map(|i| i as f32 * 0.125).chain(edges) {
        for count in [1, ROWS, COLS] {
            assert_eq!(cell_index(v, count), by_floor(v, count), "{v} of {count}");
            assert_eq!(cell_indices(v.into(), count), [by_floor(v, count) as i32; 8], "{v} of {count}");
        }
    }
    assert_eq!((cell_index(479.99, COLS), cell_index(480.0, COLS), cell_index(9.99, COLS)), (47, 47, 0));
}
