//! Counter-based randomness: a number is a pure function of (seed, tick, purpose, index), never of what was drawn
//! before, so that no order of evaluation can change it.
//!
//! Philox4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011).

/// What a number is drawn for. Two purposes never share a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Spread of a shot; index: slot x 8 + pellet.
    Spread = 1,
    /// Choice of a spawn; index: slot.
    Spawn = 2,
    /// Bots; index: slot + 8 x stream, with the bot's own count of inputs for the tick.
    Bot = 3,
    /// Shrapnel; index: (tick of the launch x 8 + slot of the owner) x 64 + ray.
    Shrapnel = 4,
    /// A decoy's place and way, with the match's tick; index: slot of the viewer + 8 x number of the try.
    Decoy = 5,
}

/// Four 32-bit words for a 128-bit counter under a 64-bit key.
pub fn philox4x32(mut ctr: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let a = u64::from(ctr[0]) * 0xD251_1F53;
        let b = u64::from(ctr[2]) * 0xCD9E_8D57;
        ctr = [(b >> 32) as u32 ^ ctr[1] ^ key[0], b as u32, (a >> 32) as u32 ^ ctr[3] ^ key[1], a as u32];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    ctr
}

/// Four words for a match's seed and tick.
pub fn draw(seed: u64, tick: u32, purpose: Purpose, index: u32) -> [u32; 4] {
    philox4x32([tick, purpose as u32, index, 0], [seed as u32, (seed >> 32) as u32])
}

/// A word as a number in [0, 1), in steps of 2^-24.
#[inline]
pub fn unit(word: u32) -> f32 {
    (word >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// A word as a whole number below `n`, by multiplication (bias under n / 2^32). `n` must not be 0.
#[inline]
pub fn below(word: u32, n: u32) -> u32 {
    ((u64::from(word) * u64::from(n)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers of the reference implementation (Random123, `kat_vectors`).
    #[test]
    fn philox_known_answers() {
        assert_eq!(philox4x32([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox4x32([!0; 4], [!0; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox4x32([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn unit_stays_below_one() {
        assert_eq!(unit(0), 0.0);
        assert!(unit(u32::MAX) < 1.0);
        assert_eq!(below(u32::MAX, 7), 6);
    }
}
