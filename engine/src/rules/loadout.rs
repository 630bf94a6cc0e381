//! What a player carries.

use super::{Slot, Weapon};
use crate::{Error, Result};

/// Places in a player's hands: primary, secondary and up to three support items.
pub const INVENTORY: usize = 5;

/// A legal choice of weapons: one primary, one secondary, support items of at most three slots in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loadout {
    weapons: [Option<Weapon>; INVENTORY],
}

impl Default for Loadout {
    /// Rifle and pistol.
    fn default() -> Self {
        Loadout { weapons: [Some(Weapon::Rifle), Some(Weapon::Pistol), None, None, None] }
    }
}

impl Loadout {
    /// Checks the limits of section 5.
    ///
    /// # Errors
    /// [`Error::IllegalLoadout`] naming the weapon and the limit.
    pub fn new(primary: Weapon, secondary: Weapon, support: &[Weapon]) -> Result<Self> {
        let illegal = |reason: String| Err(Error::IllegalLoadout { reason });
        let rule = |w: Weapon| super::weapon::TABLE[w as usize];
        if rule(primary).slot != Slot::Primary {
            return illegal(format!("primary is {}, which is no primary weapon", primary.name()));
        }
        if rule(secondary).slot != Slot::Secondary {
            return illegal(format!("secondary is {}, which is no secondary weapon", secondary.name()));
        }
        let mut weapons = [Some(primary), Some(secondary), None, None, None];
        let mut used = 0;
        for (i, &item) in support.iter().enumerate() {
            let Slot::Support(cost) = rule(item).slot else {
                return illegal(format!("support holds {}, which is no support item", item.name()));
            };
            used += u32::from(cost);
            if i >= 3 || used > 3 {
                return illegal(format!("support takes {used} slots or more with {}; the limit is 3", item.name()));
            }
            weapons[2 + i] = Some(item);
        }
        Ok(Loadout { weapons })
    }

    /// The same from names.
    ///
    /// # Errors
    /// [`Error::UnknownWeapon`] or [`Error::IllegalLoadout`].
    pub fn from_names(primary: &str, secondary: &str, support: &[&str]) -> Result<Self> {
        if support.len() > 3 {
            return Err(Error::IllegalLoadout {
                reason: format!("support holds {} items; the limit is 3 slots", support.len()),
            });
        }
        let mut items = [Weapon::Grenade; 3];
        for (item, name) in items.iter_mut().zip(support) {
            *item = name.parse()?;
        }
        Loadout::new(primary.parse()?, secondary.parse()?, &items[..support.len()])
    }

    /// Primary, secondary, support items; empty places are `None` and stand last.
    pub fn weapons(&self) -> [Option<Weapon>; INVENTORY] {
        self.weapons
    }
}
