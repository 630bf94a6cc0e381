//! The rule book's numbers, typed in from its tables and not from the engine. Points, px, seconds, radians.

use trespasser::Weapon;
use trespasser::rules::Material;

pub const WIDTH: f64 = 480.0;
pub const HEIGHT: f64 = 270.0;
pub const BODY: f64 = 6.0;
pub const PROJECTILE: f64 = 2.0;
/// One tick and one input, s.
pub const TICK: f64 = 1.0 / 60.0;

/// A row of section 5's table. `slots`: 0 primary, -1 secondary, else support slots taken.
pub struct Row {
    pub weapon: Weapon,
    pub name: &'static str,
    pub slots: i32,
    pub damage: f64,
    pub magazine: u16,
    pub reserve: u16,
    /// Rounds a minute.
    pub rate: u32,
    /// ms; 0: none.
    pub reload: u32,
    pub accuracy: f64,
    pub range: f64,
}

#[allow(clippy::too_many_arguments)]
const fn row(
    weapon: Weapon,
    name: &'static str,
    slots: i32,
    damage: f64,
    magazine: u16,
    reserve: u16,
    rate: u32,
    reload: u32,
    accuracy: f64,
    range: f64,
) -> Row {
    Row { weapon, name, slots, damage, magazine, reserve, rate, reload, accuracy, range }
}

pub const WEAPONS: [Row; 15] = [
    row(Weapon::Rifle, "rifle", 0, 25.0, 30, 180, 600, 2500, 0.90, 350.0),
    row(Weapon::Smg, "smg", 0, 20.0, 35, 210, 900, 2000, 0.75, 250.0),
    row(Weapon::Shotgun, "shotgun", 0, 120.0, 8, 32, 70, 3500, 0.60, 200.0),
    row(Weapon::BattleRifle, "battlerifle", 0, 35.0, 20, 120, 450, 2800, 0.95, 400.0),
    row(Weapon::SniperRifle, "sniperrifle", 0, 90.0, 5, 30, 40, 3500, 0.98, 600.0),
    row(Weapon::Pistol, "pistol", -1, 25.0, 12, 72, 450, 1500, 0.80, 200.0),
    row(Weapon::Revolver, "revolver", -1, 60.0, 6, 36, 150, 3000, 0.90, 250.0),
    row(Weapon::SuppressedPistol, "suppressedpistol", -1, 20.0, 15, 90, 450, 1800, 0.85, 150.0),
    row(Weapon::MachineGun, "machinegun", 3, 10.0, 200, 600, 1000, 8000, 0.70, 350.0),
    row(Weapon::AntiMaterialRifle, "antimaterialrifle", 3, 250.0, 5, 20, 30, 4500, 0.99, 800.0),
    row(Weapon::GrenadeLauncher, "grenadelauncher", 2, 100.0, 6, 18, 60, 4000, 0.90, 300.0),
    row(Weapon::Rocket, "rocket", 2, 200.0, 1, 5, 30, 3000, 0.95, 400.0),
    row(Weapon::Grenade, "grenade", 1, 200.0, 2, 0, 60, 0, 1.0, 150.0),
    row(Weapon::SmokeGrenade, "smokegrenade", 1, 0.0, 2, 0, 60, 0, 1.0, 150.0),
    row(Weapon::Flashbang, "flashbang", 1, 0.0, 2, 0, 60, 0, 1.0, 150.0),
];

pub fn row_of(weapon: Weapon) -> &'static Row {
    WEAPONS.iter().find(|r| r.weapon == weapon).unwrap()
}

/// Health of an intact slice: 100 x the material's factor.
pub fn slice_health(material: Material) -> f64 {
    match material {
        Material::Concrete => 675.0,
        Material::Metal => 200.0,
        Material::Wood => 80.0,
        Material::Glass => 30.0,
        Material::Border => f64::INFINITY,
    }
}

pub fn is_soft(material: Material) -> bool {
    material == Material::Wood || material == Material::Glass
}

/// Blast radius, px.
pub fn blast_radius(weapon: Weapon) -> f64 {
    if weapon == Weapon::Rocket { 50.0 } else { 40.0 }
}
