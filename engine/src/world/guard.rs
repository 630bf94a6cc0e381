//! What a host calls for the anti-cheat.

use super::{MatchId, PlayerId, World, slot_of};
use crate::guard::{Evidence, Guard, GuardDef, Standing};
use crate::{Error, Result, Vec2};

impl World {
    /// Watches a match's players from now on, or anew with another definition: what was found before is forgotten.
    /// Changes nothing in the simulation or on the wire.
    ///
    /// # Errors
    /// [`Error::StaleId`]; those of [`GuardDef::validate`].
    pub fn guard(&mut self, id: MatchId, def: GuardDef) -> Result<()> {
        def.validate()?;
        let game = self.game_mut(id)?;
        game.guard = Some(Box::new(Guard::new(def, game)));
        Ok(())
    }

    /// Watches a match no more; evidence that waits is gone.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn unguard(&mut self, id: MatchId) -> Result<()> {
        self.game_mut(id)?.guard = None;
        Ok(())
    }

    /// Leaves one player unwatched, or watches again, until the player leaves: for bots and for those whom a host drives.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the match is not guarded.
    pub fn guard_player(&mut self, id: MatchId, player: PlayerId, on: bool) -> Result<()> {
        let (guard, slot) = self.guarded(id, player)?;
        guard.set_watched(slot, on);
        Ok(())
    }

    /// Hands over a match's evidence since the last drain, oldest first; returns how many pieces were lost because more
    /// than [`crate::guard::EVIDENCE_RING`] waited: those still count in the standing. None for a match that is not guarded.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn drain_evidence(&mut self, id: MatchId, each: impl FnMut(&Evidence)) -> Result<u64> {
        Ok(self.game_mut(id)?.guard.as_mut().map_or(0, |guard| guard.drain(each)))
    }

    /// How a player stands. Clear in a match that is not guarded.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn standing(&self, id: MatchId, player: PlayerId) -> Result<Standing> {
        let game = self.game(id)?;
        let slot = slot_of(&game.state, player)?;
        Ok(game.guard.as_ref().map(|guard| guard.standing(slot, game.state.tick)).unwrap_or_default())
    }

    /// How all players of a match stand, by slot.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn verdicts(&self, id: MatchId, mut each: impl FnMut(PlayerId, Standing)) -> Result<()> {
        let view = self.view(id)?;
        for slot in 0..super::PLAYERS {
            if let Some(player) = view.id_of(slot) {
                each(player, self.standing(id, player)?);
            }
        }
        Ok(())
    }

    /// Says where the decoy stands that a player's client alone is sent in this tick, or that there is none: for hosts
    /// that make their own. The wire calls it by itself.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the match is not guarded; [`Error::InvalidArgument`] for a place that is
    /// none of the playfield.
    pub fn set_decoy(&mut self, id: MatchId, player: PlayerId, at: Option<Vec2>) -> Result<()> {
        let (guard, slot) = self.guarded(id, player)?;
        let (width, height) = crate::map::PLAYFIELD;
        if let Some(at) = at
            && !((0.0..=width).contains(&at.x) && (0.0..=height).contains(&at.y))
        {
            return Err(Error::invalid("decoy", at, "a place of the playfield, 0 to 480 by 0 to 270 px"));
        }
        guard.decoy(slot, at.map(|at| (at.x, at.y)));
        Ok(())
    }

    fn guarded(&mut self, id: MatchId, player: PlayerId) -> Result<(&mut Guard, usize)> {
        let (game, slot) = self.player_mut(id, player)?;
        let guard = game.guard.as_deref_mut().ok_or(Error::NotAllowed {
            action: "telling the guard",
            reason: "the match is not guarded; call World::guard first",
        })?;
        Ok((guard, slot))
    }
}
