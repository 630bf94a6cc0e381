//! What chances are before anything has been seen: a table that was learnt from bots once, and is part of the format.
//!
//! A byte a chance, in the order of the models' `each`: 0 to 255 for 1/512 to 511/512 that a bit is 1.

use super::coder::Bit;

/// Operations, then keyframes.
const TABLE: &[u8] = include_bytes!("priors.bin");

/// Goes over the chances of a model in a fixed order.
pub(super) trait Chances {
    /// Hands over every chance.
    fn each(&mut self, f: &mut impl FnMut(&mut Bit));
}

impl Chances for Bit {
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        f(self);
    }
}

impl<T: Chances, const N: usize> Chances for [T; N] {
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        self.iter_mut().for_each(|part| part.each(f));
    }
}

/// Sets the chances of a model to the table's from `start` on, and returns where its next model begins. A table that is
/// too short leaves the rest even: so it is while it is being learnt.
pub(super) fn load(model: &mut impl Chances, start: usize) -> usize {
    let mut at = start;
    model.each(&mut |chance| {
        *chance = TABLE.get(at).map_or(Bit::EVEN, |byte| Bit::of(*byte));
        at += 1;
    });
    at
}

#[cfg(all(test, feature = "scenes"))]
mod learning {
    use super::super::coder::{Bit, Coder, Weights};
    use super::super::ops::{Item, Model};
    use super::super::{shadow, state};
    use super::Chances;
    use crate::scenes::{SCENES, Scene};
    use crate::world::{Op, PLAYERS};

    /// Writes nothing, and counts zeros and ones by where the chance lies.
    struct Counting<'a> {
        start: usize,
        counts: &'a mut [[u32; 2]],
    }

    impl Coder for Counting<'_> {
        const WRITES: bool = true;

        fn bit(&mut self, chance: &mut Bit, bit: bool) -> bool {
            let at = (core::ptr::from_ref(chance).addr() - self.start) / size_of::<Bit>();
            self.counts[at][usize::from(bit)] += 1;
            bit
        }

        fn with(&mut self, _: u32, bit: bool) -> bool {
            bit
        }

        fn mixed<const N: usize>(&mut self, chances: [&mut Bit; N], _: &mut Weights<N>, bit: bool) -> bool {
            for chance in chances {
                self.bit(chance, bit);
            }
            bit
        }

        fn plain(&mut self, _: u32, value: u32) -> u32 {
            value
        }
    }

    /// Bytes of a model's chances by what was counted.
    fn bytes<M: Chances>(model: &mut M, counts: &[[u32; 2]], out: &mut Vec<u8>) {
        let start = core::ptr::from_ref(model).addr();
        model.each(&mut |chance| {
            let [zeros, ones] = counts[(core::ptr::from_ref(chance).addr() - start) / size_of::<Bit>()];
            let share = (f64::from(ones) + 0.5) / (f64::from(zeros) + f64::from(ones) + 1.0);
            out.push((share * 256.0).clamp(0.0, 255.0) as u8);
        });
    }

    /// `LEARN_PRIORS=1 cargo test -p trespasser-engine --features scenes --lib replay::priors -- --ignored`: never again
    /// for this version of the format, whose recordings could not be read any more.
    #[test]
    #[ignore = "rewrites the table"]
    fn priors_are_learnt() {
        let mut model = Model::boxed();
        let mut columns = state::Model::boxed();
        let room = |bytes: usize| vec![[0u32; 2]; bytes.div_ceil(size_of::<Bit>())];
        let mut counts = [room(size_of::<Model>()), room(size_of::<state::Model>())];
        for name in SCENES {
            for seed in 1..4 {
                let mut scene = Scene::new(name).unwrap();
                scene.world.reset_match(scene.game, seed).unwrap();
                for tick in 1..=3 * 3600u32 {
                    let mut items = Vec::new();
                    scene.bots.think_with(&scene.world, |_, player, input| {
                        items.push(Item::Op(Op::Input { slot: player.slot() as u8, input }));
                    });
                    let state = scene.world.game(scene.game).unwrap().state;
                    let places: [_; PLAYERS] = core::array::from_fn(|i| shadow::place(state.x[i], state.y[i]));
                    let start = core::ptr::from_ref(&*model).addr();
                    model.tick(&mut Counting { start, counts: &mut counts[0] }, tick, &places, &mut items).unwrap();
                    for item in items {
                        let Item::Op(op) = item else { continue };
                        scene.world.apply(scene.game, &op).unwrap();
                    }
                    scene.world.step();
                    if tick.is_multiple_of(1200) {
                        let game = scene.world.game(scene.game).unwrap();
                        let (mut state, mut blocks) = (game.state, game.blocks.clone());
                        let start = core::ptr::from_ref(&*columns).addr();
                        let coder = &mut Counting { start, counts: &mut counts[1] };
                        state::code(coder, &mut columns, game.map.geometry(), &mut state, &mut blocks);
                    }
                }
            }
        }
        let mut out = Vec::new();
        bytes(&mut *model, &counts[0], &mut out);
        bytes(&mut *columns, &counts[1], &mut out);
        if std::env::var_os("LEARN_PRIORS").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/replay/priors.bin"), &out).unwrap();
        }
        println!("{} chances", out.len());
    }
}
