//! The pictures of `examples/pictures/` can be drawn, show what they claim, and stand on their page with their commands.

use clap::Parser;
use std::collections::BTreeMap;
use trespasser_benches::draw::{
    BEARING, BLOCKED, Drawn, END, GALLERY, Options, SEEN, WAY, gallery_command, gallery_folder, gallery_options,
    picture,
};

fn drawn(file: &str) -> Drawn {
    let (file, line) = GALLERY.iter().find(|(known, _)| *known == file).expect("a picture of the gallery");
    let options = gallery_options(file, line, &gallery_folder()).expect("its options");
    picture(&options).expect("a picture")
}

fn colours(drawn: &Drawn) -> BTreeMap<[u8; 3], usize> {
    let mut colours = BTreeMap::new();
    for pixel in drawn.canvas.pixels() {
        *colours.entry(pixel).or_insert(0) += 1;
    }
    colours
}

/// Picture pixels of exactly one ink.
fn count(drawn: &Drawn, [red, green, blue, _]: [u8; 4]) -> usize {
    colours(drawn).get(&[red, green, blue]).copied().unwrap_or(0)
}

fn line(text: &str) -> anyhow::Result<Drawn> {
    picture(&Options::try_parse_from(["draw", "--out", "unused.png"].into_iter().chain(text.split(' ')))?)
}

#[test]
fn the_hole_shows_who_is_seen_and_what_stops_the_rest() {
    let drawn = drawn("hole.png");
    assert!(count(&drawn, SEEN) > 500 && count(&drawn, BLOCKED) > 200);
    assert_eq!(drawn.notes[1..], ["red 0 sees blue 1, blue 3", "and not blue 2 (wall), blue 4 (outside cone)"]);
    // Before the 27th bullet the wall is whole.
    let earlier = line("--scene hole --show lines --player 0 --tick 100").unwrap();
    assert_eq!(earlier.notes[1], "red 0 sees blue 3");
}

#[test]
fn the_smoke_shows_where_sight_ends() {
    let drawn = drawn("smoke.png");
    assert!(count(&drawn, END) > 500 && count(&drawn, SEEN) > 200 && count(&drawn, BLOCKED) > 200);
    let note = &drawn.notes[1];
    assert!(note.starts_with("red 0 sees blue 2 (smoke of 0."), "{note}");
    assert_eq!(drawn.notes[2], "and not blue 1 (smoke), blue 4 (smoke)");
}

#[test]
fn the_shot_is_a_heat_map() {
    let drawn = drawn("shot.png");
    // Each an area, not the edge of a letter.
    let areas = colours(&drawn).values().filter(|&&pixels| pixels > 400).count();
    assert!(areas > 20, "{areas} colours");
    assert!(count(&drawn, BEARING) > 500);
    assert!(drawn.notes.iter().any(|note| note.starts_with("blue 3: way round")), "{:?}", drawn.notes);
    assert!(drawn.notes.iter().any(|note| note.starts_with("blue 2: straight")), "{:?}", drawn.notes);
}

#[test]
fn the_way_round_turns_as_often_as_it_says() {
    let drawn = drawn("round.png");
    assert!(count(&drawn, WAY) > 2000 && count(&drawn, BEARING) > 200);
    assert!(drawn.notes.iter().any(|note| note.contains("3 quarter turns")), "{:?}", drawn.notes);
}

#[test]
fn pictures_are_the_same_every_time() {
    for (file, _) in GALLERY {
        let (one, other) = (drawn(file), drawn(file));
        assert!(one.canvas.pixels().eq(other.canvas.pixels()), "{file}");
        assert!(colours(&one).len() > 20, "{file}");
    }
}

#[test]
fn the_page_names_each_picture_with_its_command() {
    let page = std::fs::read_to_string(gallery_folder().join("README.md")).unwrap();
    for (file, line) in GALLERY {
        assert!(page.contains(&format!("]({file})")), "{file} is missing");
        assert!(page.contains(&gallery_command(file, line)), "{}", gallery_command(file, line));
        assert!(gallery_folder().join(file).is_file(), "{file}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |text: &str| line(text).unwrap_err().to_string();
    let unknown = refused("--show polygon,walls");
    assert!(unknown.contains("'walls'") && unknown.contains("polygon, cells"), "{unknown}");
    assert!(refused("--show sound --sound meow").contains("footstep_run"));
    assert!(refused("--scene nowhere").contains("hole"));
    assert!(refused("--show way").contains("--to"));
    assert!(refused("--show polygon --from 1,2").contains("--show"));
    assert!(refused("--show sound --from 1,999").contains("outside"));
    assert!(refused("--part 400,0,200,100").contains("beyond"));
    assert!(refused("--scene hole --seed 2").contains("cannot be used"));
    assert!(refused("--scene round --player 7").contains("there are 0, 1"));
}
