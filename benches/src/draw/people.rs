//! Players, living and dead.

use super::{CRACK, FLOOR, HEALTH, Layer, NORMAL, Plan, SMALL, TEXT, name_of, team_ink};
use crate::canvas::{Canvas, Ink, faded, mixed};
use trespasser::Vec2;
use trespasser::map::{BODY_RADIUS, PLAYFIELD};
use trespasser::world::PlayerView;

impl Plan<'_> {
    /// The dead under the living, names on top.
    pub(crate) fn people(&self, canvas: &mut Canvas) {
        for player in self.players.iter().filter(|player| player.placed && !player.alive) {
            cross(canvas, player.position, BODY_RADIUS, team_ink(player.team));
        }
        for player in self.players.iter().filter(|player| player.alive) {
            self.fighter(canvas, player);
        }
        for player in self.players.iter().filter(|player| player.alive) {
            self.name(canvas, player);
        }
    }

    fn fighter(&self, canvas: &mut Canvas, player: &PlayerView) {
        let (at, ink) = (player.position, team_ink(player.team));
        let grip = at + player.facing.perp() * 2.4;
        canvas.line(&[grip, grip + player.facing * 12.0], 2.2, CRACK);
        canvas.line(&[grip, grip + player.facing * 11.6], 1.1, TEXT);
        canvas.disc(at, BODY_RADIUS, CRACK);
        canvas.disc(at, BODY_RADIUS - 0.6, ink);
        canvas.disc(at, BODY_RADIUS - 2.4, mixed(ink, CRACK, 0.35));
        canvas.arc(at, BODY_RADIUS + 1.6, 1.0, 1.0, faded(CRACK, 0.8));
        let full = f32::from(self.view.rules().life.health);
        canvas.arc(at, BODY_RADIUS + 1.6, player.health / full, 1.0, HEALTH);
        if player.invulnerable_until > self.view.tick() {
            canvas.arc(at, BODY_RADIUS + 3.4, 1.0, 0.6, faded(TEXT, 0.8));
        }
        let label = player.id.slot().to_string();
        let size = Vec2::new(canvas.text_width(NORMAL, &label), canvas.text_height(NORMAL));
        // A letter's last column of dots is empty.
        canvas.text(at - size * 0.5 + Vec2::new(size.x / 16.0, size.y / 16.0), NORMAL, TEXT, &label);
    }

    fn name(&self, canvas: &mut Canvas, player: &PlayerView) {
        let mut lines = vec![(name_of(player), mixed(team_ink(player.team), TEXT, 0.35))];
        if let Some(weapon) = player.weapon.filter(|_| self.shows(Layer::Weapons)) {
            lines.push((weapon.name().to_owned(), faded(TEXT, 0.85)));
        }
        let step = canvas.text_height(SMALL) + 0.8;
        let below = player.position.y + BODY_RADIUS + 3.6;
        let mut y = if below + step * lines.len() as f32 > PLAYFIELD.1.min(self.part.0.y + self.part.1.y) {
            player.position.y - BODY_RADIUS - 3.6 - step * lines.len() as f32
        } else {
            below
        };
        for (line, ink) in lines {
            let width = canvas.text_width(SMALL, &line);
            let left = self.part.0.x + 1.0;
            let x = (player.position.x - width * 0.5).clamp(left, (left + self.part.1.x - width - 2.0).max(left));
            canvas.label(Vec2::new(x, y), SMALL, ink, CRACK, &line);
            y += step;
        }
    }
}

/// A dead body.
pub(crate) fn cross(canvas: &mut Canvas, at: Vec2, radius: f32, team: Ink) {
    let ink = mixed(team, FLOOR, 0.45);
    canvas.disc(at, radius, faded(ink, 0.5));
    let arm = radius * 0.55;
    for side in [-1.0, 1.0] {
        let diagonal = Vec2::new(arm, arm * side);
        canvas.line(&[at - diagonal, at + diagonal], 1.2, ink);
    }
}
