"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.LegacyWalls = void 0;
const catalogue_js_1 = require("./catalogue.js");
/** The walls as one player, or the host, knows them: kept up to date with that knowledge rather than built anew. */
class LegacyWalls {
    catalogue;
    /** By index. */
    #pages;
    /** Health points per slice as the pages have it. */
    #known;
    #json;
    #set;
    /** `known` is what the player knows now. */
    constructor(catalogue, known) {
        this.catalogue = catalogue;
        this.#known = Float32Array.from(known);
        this.#pages = catalogue.walls.map((_, index) => catalogue.page(index, this.#known));
    }
    /** Takes in what the player knows now; says whether anything changed. */
    update(known) {
        let changed = false;
        for (let index = 0; index < this.#pages.length; index++) {
            const first = index * catalogue_js_1.SLICES;
            let differs = false;
            for (let slice = first; slice < first + catalogue_js_1.SLICES; slice++)
                differs ||= known[slice] !== this.#known[slice];
            if (!differs)
                continue;
            this.#known.set(known.subarray(first, first + catalogue_js_1.SLICES), first);
            this.#pages[index] = this.catalogue.page(index, this.#known);
            changed = true;
        }
        if (changed)
            this.#json = this.#set = undefined;
        return changed;
    }
    /** The full set as JSON. */
    get json() {
        return this.#json ??= `{${this.#pages.map((page) => page.json).join(',')}}`;
    }
    /** The full set. */
    get set() {
        return this.#set ??= Object.freeze(Object.fromEntries(this.#pages.map(({ entry }) => [entry.id, entry])));
    }
}
exports.LegacyWalls = LegacyWalls;
