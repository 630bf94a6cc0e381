//! rapier2d: walls as cuboids of a world without bodies, asked by shape casts, its character controller, and ray casts.

use super::ground::Rect;
use rapier2d::control::{CharacterLength, KinematicCharacterController};
use rapier2d::geometry::{Ball, ColliderBuilder};
use rapier2d::math::{Pose, Vector};
use rapier2d::parry::query::ShapeCastOptions;
use rapier2d::pipeline::{PhysicsWorld, QueryFilter};
use rapier2d::prelude::Ray;

pub(crate) const NAME: &str = "rapier2d 0.36.1";
/// px by which a body is kept off walls: what merely touches would count as a hit.
pub(crate) const SKIN: f32 = 0.01;
const BODY: f32 = 6.0;

/// Walls, and bodies that shots may hit.
pub(crate) struct Ground {
    world: PhysicsWorld,
    controller: KinematicCharacterController,
}

impl Ground {
    /// Each wall and body with a number of its own.
    pub(crate) fn new(walls: &[(usize, Rect)], bodies: &[(usize, (f32, f32))]) -> Ground {
        let mut world = PhysicsWorld::new();
        for (number, [x0, y0, x1, y1]) in walls {
            let middle = Vector::new((x0 + x1) * 0.5, (y0 + y1) * 0.5);
            let cuboid = ColliderBuilder::cuboid((x1 - x0) * 0.5, (y1 - y0) * 0.5);
            world.insert_collider(cuboid.translation(middle).user_data(*number as u128), None);
        }
        for (number, (x, y)) in bodies {
            let ball = ColliderBuilder::ball(BODY).translation(Vector::new(*x, *y));
            world.insert_collider(ball.user_data(*number as u128), None);
        }
        // Its tree is made in the first and made better in further ones.
        for _ in 0..16 {
            world.detect_collisions(&(), &());
        }
        let controller = KinematicCharacterController {
            up: Vector::Y,
            offset: CharacterLength::Absolute(SKIN),
            slide: true,
            autostep: None,
            // Seen from above there are no slopes: along every wall a body slides.
            max_slope_climb_angle: core::f32::consts::PI,
            min_slope_slide_angle: core::f32::consts::PI,
            snap_to_ground: None,
            ..KinematicCharacterController::default()
        };
        Ground { world, controller }
    }

    /// Where a body ends that goes along x, then along y, each as far as a shape cast says: our rule by its means.
    pub(crate) fn by_axes(&self, at: (f32, f32), step: (f32, f32)) -> (f32, f32) {
        let queries = self.world.query_pipeline();
        let ball = Ball::new(BODY - SKIN);
        let mut at = Vector::new(at.0, at.1);
        for way in [Vector::new(step.0, 0.0), Vector::new(0.0, step.1)] {
            if way.x != 0.0 || way.y != 0.0 {
                let options = ShapeCastOptions {
                    max_time_of_impact: 1.0,
                    target_distance: 0.0,
                    stop_at_penetration: false,
                    compute_impact_geometry_on_penetration: false,
                };
                let hit = queries.cast_shape(&Pose::from_translation(at), way, &ball, options);
                at += way * hit.map_or(1.0, |(_, hit)| hit.time_of_impact);
            }
        }
        (at.x, at.y)
    }

    /// Where its character controller leaves a body.
    pub(crate) fn by_controller(&self, at: (f32, f32), step: (f32, f32)) -> (f32, f32) {
        let queries = self.world.query_pipeline();
        let pose = Pose::from_translation(Vector::new(at.0, at.1));
        let ball = Ball::new(BODY - SKIN);
        let way = Vector::new(step.0, step.1);
        let moved = self.controller.move_shape(1.0 / 60.0, &queries, &ball, &pose, way, |_| {});
        (at.0 + moved.translation.x, at.1 + moved.translation.y)
    }

    /// Number of the first thing that a ray meets, and how far on, px; not the one with the number `but`.
    pub(crate) fn first(&self, from: (f32, f32), way: (f32, f32), end: f32, but: usize) -> Option<(usize, f32)> {
        let other = |_, collider: &rapier2d::geometry::Collider| collider.user_data != but as u128;
        let queries = self.world.query_pipeline_with_filter(QueryFilter::new().predicate(&other));
        let ray = Ray::new(Vector::new(from.0, from.1), Vector::new(way.0, way.1));
        let (handle, at) = queries.cast_ray(&ray, end, true)?;
        Some((self.world.colliders[handle].user_data as usize, at))
    }

    /// Whether nothing is between two places.
    pub(crate) fn is_clear(&self, from: (f32, f32), to: (f32, f32)) -> bool {
        let ray = Ray::new(Vector::new(from.0, from.1), Vector::new(to.0 - from.0, to.1 - from.1));
        self.world.query_pipeline().cast_ray(&ray, 1.0, true).is_none()
    }
}
