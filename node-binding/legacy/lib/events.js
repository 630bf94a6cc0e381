"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.BLAST_DAMAGE = void 0;
exports.toLegacy = toLegacy;
const numbers_js_1 = require("./numbers.js");
const state_js_1 = require("./state.js");
/** Points that a blast deals at its centre (rule book, section 5). */
exports.BLAST_DAMAGE = { grenade: 200, grenadelauncher: 100, rocket: 200 };
/** The one weapon whose bullets are told apart by `pelletIndex`. */
const PELLETS = 'shotgun';
const EXPLOSIVES = new Set(['grenade', 'grenadelauncher', 'rocket']);
/** Shares of a flash's time after blindness: disoriented 2000, recovering 1000 ms (rule book, section 7). */
const DISORIENTED_SHARE = 2 / 3;
/**
 * What today's clients call an engine event, for one receiver: one packet, several, or none where those clients have
 * no word for it. The event is as the engine tells it to that receiver, so whatever is missing from it is hidden and becomes null.
 */
function toLegacy(event, context) {
    const playerId = idOf(event.player, context);
    const timestamp = context.epochMs(event.tick);
    const position = positionOf(event);
    const weaponType = event.weapon ?? null;
    const isPellet = event.weapon === PELLETS && event.pellet !== undefined;
    const pellet = isPellet ? { pelletIndex: event.pellet } : {};
    switch (event.type) {
        case 'player_joined':
            return event.player === undefined ? [] : packet('player:joined', context.playerEntry(event.player));
        case 'player_left':
            return packet('player:left', { playerId });
        case 'spawned': {
            const spawn = event.player === undefined ? undefined : context.spawn(event.player);
            if (spawn === undefined || spawn.isFirst)
                return [];
            return packet('backend:player:respawned', {
                playerId, position, health: spawn.health, team: spawn.team,
                invulnerableUntil: context.epochMs(event.invulnerableUntilTick ?? event.tick), timestamp,
            });
        }
        case 'respawn_denied':
            return packet('backend:respawn:denied', { remainingTime: (event.remainingTicks ?? 0) * context.msPerTick, timestamp });
        case 'fired':
            return packet('weapon:fired', {
                playerId, weaponType, position, direction: directionOf(event), ammoRemaining: event.ammo ?? null, timestamp,
                isADS: event.isAiming ?? false,
            });
        case 'fire_refused':
            return packet('weapon:rate_limited', {
                weaponType, nextFireTime: timestamp + (event.remainingTicks ?? 0) * context.msPerTick,
            });
        case 'hit_player':
            return packet('weapon:hit', {
                playerId, weaponType, position, targetType: 'player', targetId: idOf(event.target, context),
                penetrationCount: event.penetration ?? 0, ...pellet,
            });
        case 'hit_wall':
            return packet('weapon:hit', {
                playerId, weaponType, position, targetType: 'wall', targetId: wallIdOf(event, context),
                penetrationCount: event.penetration ?? 0, ...pellet,
            });
        case 'miss':
            return packet('weapon:miss', {
                playerId, weaponType,
                // Today's clients draw a bullet's way from where the shooter stands, and a pellet's to where it ends.
                position: isPellet || event.player === undefined ? position : context.placeOf(event.player),
                direction: directionOf(event), ...pellet,
            });
        case 'reload_started':
            return packet('weapon:reload', { playerId, weaponType, reloadTime: (event.remainingTicks ?? 0) * context.msPerTick });
        case 'reloaded':
            return packet('weapon:reloaded', {
                playerId, weaponType, currentAmmo: event.ammo ?? null, reserveAmmo: event.reserve ?? null,
            });
        case 'switched':
            return packet('weapon:switched', { playerId, fromWeapon: event.fromWeapon ?? null, toWeapon: weaponType });
        case 'player_damaged':
            return packet('player:damaged', {
                playerId: idOf(event.target, context), damage: event.damage ?? 0, damageType: damageType(event),
                sourcePlayerId: playerId, position, newHealth: event.health ?? 0, isKilled: event.isKilled ?? false, timestamp,
            });
        case 'died':
            return packet('backend:player:died', {
                playerId: idOf(event.target, context), killerId: playerId, killerTeam: teamOf(event.player, context),
                victimTeam: teamOf(event.target, context), weaponType, isTeamKill: event.isTeamKill ?? false, position,
                damageType: damageType(event), timestamp,
            });
        case 'wall_damaged':
            return packet('wall:damaged', wallDamage(event, context));
        case 'slice_destroyed': {
            const payload = wallDamage(event, context);
            return [...packet('wall:damaged', payload), ...packet('wall:destroyed', payload)];
        }
        case 'launched':
            return [...packetOfThrower(event, context), ...packet('projectile:created', {
                    id: projectileId(event), type: weaponType, playerId, position, velocity: velocityOf(event), timestamp,
                })];
        case 'bounced':
            return packet('projectile:updated', { id: projectileId(event), position });
        case 'exploded': {
            const radius = event.radius ?? 0;
            const exploded = packet('projectile:exploded', { id: projectileId(event), type: explosionType(event), position, radius });
            if (!EXPLOSIVES.has(event.weapon ?? ''))
                return exploded;
            const damage = (event.weapon && exports.BLAST_DAMAGE[event.weapon]) ?? 0;
            return [...exploded, ...packet('explosion:created', { position, radius, damage, sourcePlayerId: playerId, timestamp })];
        }
        case 'dazzled':
            return packet('FLASHBANG_EFFECT', flashEffect(event, context));
        case 'overheated':
        // Heat goes out with the states; see HeatGauge.
        case 'aim_toggled':
        case 'match_ended':
            return [];
    }
}
function packet(event, payload) {
    return [{ event, payload }];
}
/** Thrown things leave a hand, launched ones a muzzle: only the latter are shots. */
function packetOfThrower(event, context) {
    const playerId = idOf(event.player, context);
    const ammoRemaining = event.ammo ?? null;
    const weaponType = event.weapon ?? null;
    const chargeLevel = event.charge ?? 0;
    if (chargeLevel > 0)
        return packet('grenade:thrown', { playerId, weaponType, chargeLevel, ammoRemaining });
    return packet('weapon:fired', {
        playerId, weaponType, position: positionOf(event), direction: (0, numbers_js_1.rounded)(Math.atan2(event.vy ?? 0, event.vx ?? 0)), ammoRemaining,
        timestamp: context.epochMs(event.tick), isADS: event.isAiming ?? false,
    });
}
function explosionType(event) {
    if (event.weapon === 'smokegrenade')
        return 'smoke';
    return event.weapon === 'flashbang' ? 'flash' : 'explosion';
}
function flashEffect(event, context) {
    const ms = (ticks) => Math.round((ticks ?? 0) * context.msPerTick);
    const duration = ms(event.totalTicks);
    const blindDuration = ms(event.blindTicks);
    const disorientedDuration = Math.round((duration - blindDuration) * DISORIENTED_SHARE);
    return {
        id: projectileId(event),
        position: positionOf(event),
        affectedPlayers: [{
                playerId: idOf(event.target, context),
                distance: (0, numbers_js_1.rounded)(event.distance ?? 0),
                lineOfSight: event.isClear ?? false,
                viewingAngle: (0, numbers_js_1.rounded)(event.angle ?? 0),
                intensity: event.intensity ?? 0,
                duration,
                phases: { blindDuration, disorientedDuration, recoveringDuration: duration - blindDuration - disorientedDuration },
            }],
        timestamp: context.epochMs(event.tick),
    };
}
function projectileId(event) {
    return event.projectile === undefined || event.projectile === 0 ? null : (0, state_js_1.projectileName)(event.projectile);
}
function velocityOf(event) {
    return (0, numbers_js_1.v2)(event.vx ?? 0, event.vy ?? 0);
}
function wallDamage(event, context) {
    const slice = event.slice ?? 0;
    const wall = context.walls.wallOf(slice);
    const rect = context.walls.sliceRect(slice);
    return {
        wallId: context.walls.ids[wall],
        position: positionOf(event) ?? (0, numbers_js_1.v2)(rect.x + rect.width / 2, rect.y + rect.height / 2),
        damage: event.damage ?? 0,
        sliceIndex: slice % 5,
        newHealth: event.health ?? 0,
        isDestroyed: (event.health ?? 0) <= 0,
        timestamp: context.epochMs(event.tick),
        weaponType: event.weapon ?? null,
        material: context.walls.walls[wall]?.material ?? null,
        playerId: idOf(event.player, context),
    };
}
function wallIdOf(event, context) {
    const wall = event.wall ?? (event.slice === undefined ? undefined : context.walls.wallOf(event.slice));
    return wall === undefined ? null : context.walls.ids[wall] ?? null;
}
function positionOf(event) {
    return event.x === undefined || event.y === undefined ? null : (0, numbers_js_1.v2)(event.x, event.y);
}
/** Radians, as clients have it everywhere else. */
function directionOf(event) {
    return event.dx === undefined || event.dy === undefined ? null : (0, numbers_js_1.rounded)(Math.atan2(event.dy, event.dx));
}
function damageType(event) {
    return EXPLOSIVES.has(event.weapon ?? '') ? 'explosion' : 'bullet';
}
function idOf(player, context) {
    return player === undefined || player === 0 ? null : context.legacyId(player);
}
function teamOf(player, context) {
    return player === undefined || player === 0 ? null : context.teamOf(player);
}
