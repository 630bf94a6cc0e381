"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.weaponConfigs = weaponConfigs;
exports.weaponConfig = weaponConfig;
exports.createWeapon = createWeapon;
exports.within = within;
const engine_js_1 = require("./engine.js");
const numbers_js_1 = require("./numbers.js");
const refusals_js_1 = require("./refusals.js");
let configs;
/** By type. Asked of the engine once in a process, so that no figure of the rule book stands here. */
function weaponConfigs() {
    return configs ??= askEngine();
}
function weaponConfig(type) {
    return typeof type === 'string' ? weaponConfigs().get(type) : undefined;
}
/**
 * A weapon of a type with full magazines, or with what `rounds` has in `currentAmmo` and `reserveAmmo`, as far as these
 * are whole numbers within the type's limits.
 */
function createWeapon(config, rounds) {
    const { id, type, maxAmmo, maxReserve, damage, fireRate, reloadTime, accuracy, range } = config;
    return {
        id, type,
        currentAmmo: within((0, refusals_js_1.field)(rounds, 'currentAmmo'), maxAmmo) ?? maxAmmo,
        reserveAmmo: within((0, refusals_js_1.field)(rounds, 'reserveAmmo'), maxReserve) ?? maxReserve,
        maxAmmo, maxReserve, damage, fireRate, reloadTime, isReloading: false, lastFireTime: 0, accuracy, range,
    };
}
/** A whole number from 0 to `most`; undefined for anything else. */
function within(value, most) {
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : undefined;
}
function askEngine() {
    const { GameMap, WEAPONS, World } = (0, engine_js_1.engine)();
    const world = new World({ rules: 'legacy', maxMatches: 1 });
    const match = world.createMatch(GameMap.fromRects([]));
    const isLegal = (loadout) => {
        try {
            world.removePlayer(match, world.addPlayer(match, { loadout, spawn: false }));
            return true;
        }
        catch {
            return false;
        }
    };
    const rifleman = (...support) => ({ primary: 'rifle', secondary: 'pistol', support });
    const player = world.addPlayer(match);
    const found = new Map();
    for (const type of WEAPONS) {
        world.giveWeapon(match, player, type);
        const view = world.weapons(match, player).find((each) => each.weapon === type);
        const slot = isLegal({ ...rifleman(), primary: type }) ? 'primary' : isLegal({ ...rifleman(), secondary: type }) ? 'secondary' : 'support';
        const supportSlots = slot !== 'support' ? 0 : isLegal(rifleman(type, type, type)) ? 1 : isLegal(rifleman(type, 'grenade')) ? 2 : 3;
        found.set(type, Object.freeze({
            id: type, type, slot, supportSlots, maxAmmo: view.maxAmmo, maxReserve: view.maxReserve, damage: view.damage, fireRate: view.rate,
            reloadTime: view.reloadMs, accuracy: (0, numbers_js_1.rounded)(view.accuracy), range: view.range,
        }));
    }
    world.destroyMatch(match);
    return found;
}
