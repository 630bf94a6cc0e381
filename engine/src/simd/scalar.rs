//! The reference of every kernel, for processors without a level of their own.

/// See [`super::DamageBlock`].
pub(super) fn damage_block(health: &mut [u16; 64], damage: &mut [u16; 64], see_through: &[u16; 64]) -> (u64, u64) {
    let (mut gone, mut clear) = (0, 0);
    for lane in 0..64 {
        let left = health[lane].saturating_sub(damage[lane]);
        health[lane] = left;
        damage[lane] = 0;
        gone |= u64::from(left == 0) << lane;
        clear |= u64::from(left <= see_through[lane]) << lane;
    }
    (gone, clear)
}
