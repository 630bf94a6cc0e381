//! Which numbers of parties of 1, 2, 3 and 4 make two teams.

use super::{Mode, PARTY};

/// How many parties of each size a match takes, those of one player first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) parties: [u8; PARTY],
    pub(super) players: u8,
    /// By how many players the teams differ, with the parties dealt as evenly as they can be.
    pub(super) uneven: u8,
}

/// All shapes of a mode: even ones first, of these the fullest first.
pub(super) fn shapes(mode: &Mode) -> Vec<Shape> {
    let team = mode.team_size();
    let mut teams = Vec::new();
    for fours in 0..=1u8 {
        for threes in 0..=1u8 {
            for twos in 0..=2u8 {
                for ones in 0..=4u8 {
                    let players = ones + 2 * twos + 3 * threes + 4 * fours;
                    if (1..=team).contains(&players) {
                        teams.push(([ones, twos, threes, fours], players));
                    }
                }
            }
        }
    }
    let mut all: Vec<Shape> = Vec::new();
    for (red, reds) in &teams {
        for (blue, blues) in &teams {
            let shape = Shape {
                parties: core::array::from_fn(|size| red[size] + blue[size]),
                players: reds + blues,
                uneven: reds.abs_diff(*blues),
            };
            if shape.players < mode.least {
                continue;
            }
            match all.iter_mut().find(|known| known.parties == shape.parties) {
                Some(known) => known.uneven = known.uneven.min(shape.uneven),
                None => all.push(shape),
            }
        }
    }
    all.sort_by_key(|shape| (shape.uneven, core::cmp::Reverse(shape.players), shape.parties));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_against_four() {
        let mode = Mode { name: "m".to_owned(), least: 2, most: 8 };
        let all = shapes(&mode);
        let of = |parties: [u8; 4]| all.iter().find(|shape| shape.parties == parties).map(|shape| shape.uneven);
        assert_eq!(of([8, 0, 0, 0]), Some(0));
        assert_eq!(of([1, 0, 0, 1]), Some(3));
        assert_eq!(of([2, 0, 2, 0]), Some(0));
        assert_eq!(of([0, 1, 2, 0]), None, "3 and 2 are more than a team");
        assert_eq!(of([0, 3, 0, 0]), Some(2));
        assert_eq!(of([9, 0, 0, 0]), None);
        assert!(all.windows(2).all(|pair| pair[0].uneven <= pair[1].uneven));
        assert!(all.iter().all(|shape| (2..=8).contains(&shape.players)));
        let strict = shapes(&Mode { name: "m".to_owned(), least: 4, most: 4 });
        assert_eq!(strict.len(), 3, "2 and 2, 2 and 1 and 1, 1 and 1 and 1 and 1: {strict:?}");
    }
}
