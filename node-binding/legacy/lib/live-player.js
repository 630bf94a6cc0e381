"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.livePlayer = livePlayer;
const refusals_js_1 = require("./refusals.js");
const READ_ONLY = [
    'rotation', 'scale', 'velocity', 'armor', 'movementState', 'isADS', 'lastDamageTime', 'lastProcessedInput', 'deathTime', 'respawnTime',
    'invulnerableUntil', 'killerId',
];
/** Characters. */
const LONGEST_NAME = 64;
/** Kills and deaths that the engine counts. */
const MOST_SCORE = 0xffff;
/** The view of a player. Its fields are its own and enumerable, so that it can be spread and written as JSON. */
function livePlayer(id, source) {
    const write = (name, value, fit, limit) => {
        const draft = source.draft();
        const fitting = fit(value);
        if (draft === undefined)
            source.refuse(name, 'the player has left');
        else if (fitting === undefined)
            source.refuse(name, `${(0, refusals_js_1.named)(value)} does not fit: ${limit}`);
        else
            draft[name] = fitting;
    };
    const finite = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
    const score = (value) => (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_SCORE ? value : undefined);
    const isAlive = () => source.written()?.isAlive ?? source.entry().isAlive;
    const position = vector((axis) => source.written()?.[axis] ?? source.entry().position[axis], (axis, value) => write(axis, value, finite, 'a finite number of pixels'));
    const putAt = (value) => {
        const [x, y] = [(0, refusals_js_1.field)(value, 'x'), (0, refusals_js_1.field)(value, 'y')];
        if (finite(x) === undefined || finite(y) === undefined)
            return source.refuse('position', `${(0, refusals_js_1.named)(value)} does not fit: {x, y}, finite numbers of pixels`);
        position.x = x;
        position.y = y;
    };
    const readOnly = (name) => source.refuse(name, 'it can be read only');
    const fixed = (name) => vector((axis) => source.entry()[name][axis], () => readOnly(name));
    const vectors = { scale: fixed('scale'), velocity: fixed('velocity') };
    const transform = {};
    define(transform, {
        position: [() => position, putAt],
        rotation: [() => source.entry().rotation, () => readOnly('transform.rotation')],
        scale: [() => vectors.scale, () => readOnly('transform.scale')],
    });
    const player = {};
    define(player, {
        id: [() => id, () => readOnly('id')],
        name: [
            () => source.written()?.name ?? source.entry().name,
            (value) => write('name', value, (it) => (typeof it === 'string' ? it.slice(0, LONGEST_NAME) : undefined), 'a string'),
        ],
        team: [
            () => source.written()?.team ?? source.entry().team,
            (value) => write('team', value, (it) => (it === 'red' || it === 'blue' ? it : undefined), 'red or blue'),
        ],
        kills: [
            () => source.written()?.kills ?? source.entry().kills,
            (value) => write('kills', value, score, `0 to ${MOST_SCORE}`),
        ],
        deaths: [
            () => source.written()?.deaths ?? source.entry().deaths,
            (value) => write('deaths', value, score, `0 to ${MOST_SCORE}`),
        ],
        isAlive: [isAlive, (value) => write('isAlive', value, (it) => (typeof it === 'boolean' ? it : undefined), 'true or false')],
        health: [
            () => source.written()?.health ?? (isAlive() === source.entry().isAlive ? source.entry().health : isAlive() ? source.fullHealth : 0),
            (value) => write('health', value, (it) => {
                const points = finite(it);
                return points === undefined ? undefined : Math.max(0, Math.min(source.fullHealth, points));
            }, 'a finite number of points'),
        ],
        weaponId: [
            () => source.written()?.weaponId ?? source.entry().weaponId,
            (value) => write('weaponId', value, (it) => (typeof it === 'string' ? it.slice(0, LONGEST_NAME) : undefined), 'the name of a weapon that is carried'),
        ],
        weapons: [
            () => source.weapons,
            (value) => {
                if (!(value instanceof Map))
                    return source.refuse('weapons', `${(0, refusals_js_1.named)(value)} does not fit: a Map of weapons by type`);
                const wanted = [...value];
                source.weapons.clear();
                for (const [type, weapon] of wanted)
                    source.weapons.set(type, weapon);
            },
        ],
        position: [() => position, putAt],
        transform: [
            () => transform,
            (value) => {
                if (typeof value !== 'object' || value === null)
                    return source.refuse('transform', `${(0, refusals_js_1.named)(value)} does not fit: an object with a position`);
                putAt((0, refusals_js_1.field)(value, 'position'));
            },
        ],
        ...Object.fromEntries(READ_ONLY.map((name) => [
            name, [() => (name === 'scale' || name === 'velocity' ? vectors[name] : source.entry()[name]), () => readOnly(name)],
        ])),
    });
    return player;
}
function define(target, fields) {
    for (const [name, [get, set]] of Object.entries(fields)) {
        Object.defineProperty(target, name, { enumerable: true, configurable: false, get, set });
    }
}
function vector(get, set) {
    const it = {};
    define(it, { x: [() => get('x'), (value) => set('x', value)], y: [() => get('y'), (value) => set('y', value)] });
    return it;
}
