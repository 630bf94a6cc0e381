//! Angles for the prediction of cursors. They are part of the format, so that a recording reads the same for ever: only
//! `+ - * /` of 32-bit floats in the order written here, no library's sine.

use core::f32::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Coefficients of the arc tangent's odd powers on [0, 1] (Hastings, "Approximations for digital computers", 1955).
const ATAN: [f32; 6] = [0.999_977_26, -0.332_623_47, 0.193_543_46, -0.116_432_87, 0.052_653_32, -0.011_721_2];

/// Angle of a vector, -pi to pi, within 2e-6; 0 for no vector.
pub(super) fn angle_approx(x: f32, y: f32) -> f32 {
    let (wide, high) = (x.abs(), y.abs());
    let steep = high > wide;
    let (long, short) = if steep { (high, wide) } else { (wide, high) };
    if long == 0.0 {
        return 0.0;
    }
    let t = short / long;
    let t2 = t * t;
    let mut sum = ATAN[5];
    for coefficient in ATAN[..5].iter().rev() {
        sum = sum * t2 + coefficient;
    }
    let mut angle = sum * t;
    if steep {
        angle = FRAC_PI_2 - angle;
    }
    if x < 0.0 {
        angle = PI - angle;
    }
    if y < 0.0 { -angle } else { angle }
}

/// Cosine and sine of an angle from -2 pi to 2 pi, within 1e-6.
pub(super) fn direction_approx(angle: f32) -> [f32; 2] {
    let mut a = wrapped(angle);
    let behind = a.abs() > FRAC_PI_2;
    if behind {
        a = if a > 0.0 { PI - a } else { -PI - a };
    }
    // |a| is at most a quarter turn: beyond an eighth, the other function of what is left to it.
    let size = a.abs();
    let swapped = size > FRAC_PI_4;
    let t = if swapped { FRAC_PI_2 - size } else { size };
    let t2 = t * t;
    let sine = t * (1.0 + t2 * (-1.0 / 6.0 + t2 * (1.0 / 120.0 + t2 * (-1.0 / 5040.0))));
    let cosine = 1.0 + t2 * (-0.5 + t2 * (1.0 / 24.0 + t2 * (-1.0 / 720.0 + t2 * (1.0 / 40_320.0))));
    let (cosine, sine) = if swapped { (sine, cosine) } else { (cosine, sine) };
    [if behind { -cosine } else { cosine }, if a < 0.0 { -sine } else { sine }]
}

/// An angle from -3 pi to 3 pi, less or more a turn: -pi to pi.
pub(super) fn wrapped(angle: f32) -> f32 {
    if angle > PI {
        angle - 2.0 * PI
    } else if angle < -PI {
        angle + 2.0 * PI
    } else {
        angle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn angles_and_directions_are_close(angle in -6.2f32..6.2, length in 0.1f32..5000.0) {
            let (sine, cosine) = libm::sincosf(angle);
            let [x, y] = direction_approx(angle);
            prop_assert!((x - cosine).abs() < 2e-6 && (y - sine).abs() < 2e-6, "{angle}: {x} {y}");
            let back = angle_approx(cosine * length, sine * length);
            prop_assert!(wrapped(back - wrapped(angle)).abs() < 5e-6, "{angle}: {back}");
        }
    }
}
