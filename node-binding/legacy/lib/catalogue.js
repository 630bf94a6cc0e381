"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.WallCatalogue = exports.WallPage = exports.SLICES = void 0;
exports.destructionStats = destructionStats;
const numbers_js_1 = require("./numbers.js");
/** Slices of a wall. */
exports.SLICES = 5;
/** A wall with its damage, written once. */
class WallPage {
    entry;
    #json;
    /** @param entry frozen: it is shared by all who know the wall like this, in all matches on the map if it is undamaged */
    constructor(entry) {
        this.entry = entry;
    }
    /** `"wall_1":{...}` */
    get json() {
        return this.#json ??= `"${this.entry.id}":${JSON.stringify(this.entry)}`;
    }
}
exports.WallPage = WallPage;
/** A map's walls with the ids clients know them by: `wall_1` is the first in creation order. Shared by all matches on the map. */
class WallCatalogue {
    walls;
    ids;
    /** Health points of an undamaged slice, per wall. */
    maxHealth;
    /** Health points of all slices when a match begins. */
    #atFirst;
    #undamaged = [];
    constructor(map) {
        this.walls = map.walls();
        this.ids = this.walls.map((_, index) => `wall_${index + 1}`);
        this.maxHealth = this.walls.map((wall) => map.maxHealth(wall.firstSlice));
        this.#atFirst = Float32Array.from({ length: map.sliceCount }, (_, slice) => this.maxHealth[this.wallOf(slice)]);
        for (const slice of map.missingSlices())
            this.#atFirst[slice] = 0;
    }
    /** A wall whose slices have so many points. @param health of all slices of the map */
    page(index, health) {
        const first = index * exports.SLICES;
        for (let slice = first; slice < first + exports.SLICES; slice++) {
            if (health[slice] !== this.#atFirst[slice])
                return this.#write(index, health);
        }
        return this.#undamaged[index] ??= this.#write(index, this.#atFirst);
    }
    #write(index, all) {
        const wall = this.walls[index];
        const maxHealth = this.maxHealth[index];
        const health = Array.from(all.subarray(index * exports.SLICES, (index + 1) * exports.SLICES));
        return new WallPage(Object.freeze({
            id: this.ids[index],
            position: Object.freeze({ x: wall.x, y: wall.y }),
            width: wall.width,
            height: wall.height,
            orientation: wall.orientation,
            destructionMask: Object.freeze(health.map((points) => (points <= 0 ? 1 : 0))),
            material: wall.material,
            // JSON has no infinity: the border's health is as good as none to a client that only draws damage.
            maxHealth: Number.isFinite(maxHealth) ? (0, numbers_js_1.rounded)(maxHealth) : 0,
            sliceHealth: Object.freeze(health.map((points) => (Number.isFinite(points) ? (0, numbers_js_1.rounded)(Math.max(0, points)) : 0))),
        }));
    }
    wallOf(slice) {
        return Math.floor(slice / exports.SLICES);
    }
    sliceRect(slice) {
        const wall = this.walls[this.wallOf(slice)];
        const index = slice % exports.SLICES;
        return wall.orientation === 'horizontal'
            ? { x: wall.x + (index * wall.width) / exports.SLICES, y: wall.y, width: wall.width / exports.SLICES, height: wall.height }
            : { x: wall.x, y: wall.y + (index * wall.height) / exports.SLICES, width: wall.width, height: wall.height / exports.SLICES };
    }
}
exports.WallCatalogue = WallCatalogue;
/** @param health points of all slices */
function destructionStats(health) {
    let destroyedSlices = 0;
    let destroyedWalls = 0;
    for (let first = 0; first < health.length; first += exports.SLICES) {
        const destroyed = health.subarray(first, first + exports.SLICES).filter((points) => points <= 0).length;
        destroyedSlices += destroyed;
        if (destroyed === exports.SLICES)
            destroyedWalls++;
    }
    return {
        totalWalls: health.length / exports.SLICES,
        destroyedWalls,
        totalSlices: health.length,
        destroyedSlices,
        overallDestructionPercentage: health.length === 0 ? 0 : (100 * destroyedSlices) / health.length,
    };
}
