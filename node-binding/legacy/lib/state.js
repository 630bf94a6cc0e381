"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.playerEntry = playerEntry;
exports.weaponEntries = weaponEntries;
exports.projectileName = projectileName;
exports.projectileEntry = projectileEntry;
exports.smokeEntry = smokeEntry;
exports.visionEntry = visionEntry;
exports.playerPage = playerPage;
exports.stateJson = stateJson;
const numbers_js_1 = require("./numbers.js");
const FOG_OPACITY = 0.64;
/** What today's clients are told of things beside what the engine shows of them: figures of the rule book, sections 5 to 7. */
const BLAST_RADIUS = {
    grenade: 40, grenadelauncher: 40, rocket: 50, smokegrenade: 60, flashbang: 120,
};
const SMOKE = { maxRadius: 60, maxDensity: 0.95, durationMs: 15_000, expansionMs: 1500 };
function playerEntry({ seat, view, acquaintance }, roll) {
    const score = {
        id: seat.memberId, name: seat.name, team: view.team, kills: view.kills, deaths: view.deaths, isAlive: view.alive,
    };
    // Who has not been placed yet is nowhere; clients skip whom they have no position of.
    if (acquaintance === 'unseen' || !view.placed)
        return score;
    const position = (0, numbers_js_1.v2)(view.x, view.y);
    const rotation = (0, numbers_js_1.rounded)(view.facing);
    const scale = { x: 1, y: 1 };
    return {
        ...score,
        position,
        rotation,
        scale,
        velocity: (0, numbers_js_1.v2)(view.vx, view.vy),
        health: view.alive ? (0, numbers_js_1.rounded)(view.health) : 0,
        armor: 0,
        weaponId: view.weapon,
        weapons: weaponEntries(seat, view, acquaintance, roll),
        movementState: view.movement,
        isADS: view.aiming,
        // Of enemies it would date what happened out of sight.
        lastDamageTime: acquaintance === 'seen' ? 0 : timeOf(view.lastDamageTick, roll),
        lastProcessedInput: acquaintance === 'own' ? view.lastSequence : 0,
        deathTime: view.alive ? null : roll.epochMs(view.deathTick),
        // Later than the engine would grant it: what clients show is a rule of its own.
        respawnTime: view.alive ? null : roll.epochMs(view.respawnShownTick),
        invulnerableUntil: timeOf(view.invulnerableUntilTick, roll),
        killerId: view.killer === 0 || view.alive ? null : roll.legacyId(view.killer),
        transform: { position, rotation, scale },
    };
}
function weaponEntries(seat, view, acquaintance, roll) {
    const entries = {};
    for (const weapon of roll.weapons(view.id)) {
        if (acquaintance !== 'own' && weapon.weapon !== view.weapon)
            continue;
        // An enemy's weapon can be seen, what is left in it can't: a full one stands in its place.
        const hidden = acquaintance === 'seen';
        entries[weapon.weapon] = {
            id: weapon.weapon,
            type: weapon.weapon,
            currentAmmo: hidden ? weapon.maxAmmo : weapon.ammo,
            reserveAmmo: hidden ? weapon.maxReserve : weapon.reserve,
            maxAmmo: weapon.maxAmmo,
            maxReserve: weapon.maxReserve,
            damage: weapon.damage,
            fireRate: weapon.rate,
            reloadTime: weapon.reloadMs,
            isReloading: !hidden && weapon.reloading,
            lastFireTime: hidden ? 0 : timeOf(seat.lastShot.get(weapon.weapon) ?? 0, roll),
            accuracy: (0, numbers_js_1.rounded)(weapon.accuracy),
            range: weapon.range,
        };
    }
    return entries;
}
/** What one receiver calls a projectile. Each counts for themselves: see {@link KnownProjectile.number}. */
function projectileName(number) {
    return `projectile_${number}`;
}
/**
 * A projectile as the receiver may know it. Whoever did not see it leave the thrower sees a thing in flight and no more:
 * its age, its charge and the way behind it would tell where an unseen enemy stands.
 */
function projectileEntry(known, tick, roll) {
    const { launch } = known;
    return {
        id: projectileName(known.number),
        position: (0, numbers_js_1.v2)(known.x, known.y),
        velocity: (0, numbers_js_1.v2)(known.vx, known.vy),
        type: known.weapon,
        ownerId: known.owner === 0 ? null : roll.legacyId(known.owner),
        damage: known.damage,
        timestamp: roll.epochMs(launch?.bornTick ?? known.sinceTick),
        range: (0, numbers_js_1.rounded)(launch?.range ?? 0),
        traveledDistance: (0, numbers_js_1.rounded)(launch?.flown ?? 0),
        isExploded: false,
        explosionRadius: BLAST_RADIUS[known.weapon] ?? 0,
        chargeLevel: launch?.charge ?? 0,
        fuseTime: launch === null || launch.fuseTicks === null ? null : Math.round((tick - launch.bornTick + launch.fuseTicks) * roll.msPerTick),
    };
}
/** `view.number` is the receiver's own. */
function smokeEntry(view, roll) {
    const position = (0, numbers_js_1.v2)(view.x, view.y);
    return {
        id: `smoke_${view.number}`,
        position,
        radius: (0, numbers_js_1.rounded)(view.radius),
        maxRadius: SMOKE.maxRadius,
        createdAt: roll.epochMs(view.bornTick),
        duration: SMOKE.durationMs,
        expansionTime: SMOKE.expansionMs,
        density: (0, numbers_js_1.rounded)(view.density),
        maxDensity: SMOKE.maxDensity,
        windDirection: 0,
        windSpeed: 0,
        driftPosition: position,
        type: 'smoke',
    };
}
/** Tick 0 stands for never, and so does time 0. */
function timeOf(tick, roll) {
    return tick > 0 ? roll.epochMs(tick) : 0;
}
function visionEntry(view, polygon) {
    const points = [];
    for (let i = 0; i + 1 < polygon.length; i += 2)
        points.push((0, numbers_js_1.v2)(polygon[i], polygon[i + 1]));
    return {
        type: 'polygon',
        polygon: points,
        viewAngle: (0, numbers_js_1.rounded)(view.viewAngle),
        viewDirection: (0, numbers_js_1.rounded)(view.facing),
        viewDistance: (0, numbers_js_1.rounded)(view.viewDistance),
        position: (0, numbers_js_1.v2)(view.x, view.y),
        fogOpacity: FOG_OPACITY,
    };
}
function playerPage(presence, roll) {
    const entry = playerEntry(presence, roll);
    return { json: `${JSON.stringify(entry.id)}:${JSON.stringify(entry)}`, isVisible: 'position' in entry };
}
/**
 * A `game:state` as JSON. Put together from pages that are written once and kept, because most of a state is the same
 * as in the last one or in the next player's.
 */
function stateJson(parts, roll) {
    const pages = (players) => players.map((page) => page.json).join(',');
    const rest = JSON.stringify({
        projectiles: parts.projectiles,
        smokeZones: parts.smokeZones,
        timestamp: roll.epochMs(parts.tick),
        tickRate: parts.tickRate,
        vision: visionEntry(parts.own, parts.polygon),
    });
    return `{"players":{${pages(parts.players)}},"visiblePlayers":{${pages(parts.players.filter((page) => page.isVisible))}},`
        + `${parts.walls === undefined ? '' : `"walls":${parts.walls},`}${rest.slice(1)}`;
}
