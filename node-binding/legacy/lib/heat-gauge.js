"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.HeatGauge = void 0;
/** Tells one player of the heat of the own gun, as it changes. */
class HeatGauge {
    #told;
    #silentUntil = 0;
    /** The gun falls silent until that tick. */
    overheat(untilTick) {
        this.#silentUntil = untilTick;
    }
    /** A new body, or a new match: cold guns. */
    cool() {
        this.#silentUntil = 0;
    }
    /** What is news since the last call; undefined where nothing is. */
    update(heat, tick) {
        const now = { weaponType: 'machinegun', heatLevel: Math.round(heat), isOverheated: tick < this.#silentUntil };
        const { heatLevel, isOverheated } = this.#told ?? { heatLevel: 0, isOverheated: false };
        if (now.heatLevel === heatLevel && now.isOverheated === isOverheated)
            return undefined;
        this.#told = now;
        return now;
    }
}
exports.HeatGauge = HeatGauge;
