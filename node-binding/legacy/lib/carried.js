"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.CarriedWeapons = void 0;
const armoury_js_1 = require("./armoury.js");
const refusals_js_1 = require("./refusals.js");
/** Slots of a loadout's support items. */
const SUPPORT_SLOTS = 3;
/**
 * What a player carries, by type: a live `Map`. What a host clears, sets and deletes becomes the player's loadout before
 * the match is next looked at or stepped; rounds written into an entry become those of the weapon.
 *
 * A weapon set into a place that another has takes it over: a player has one primary and one secondary weapon. What a
 * loadout must have and the map lacks, primary or secondary, stays as it was; an emptied map waits until something is set.
 */
class CarriedWeapons extends Map {
    #hands;
    /** Rounds of each entry as the match has them. */
    #rounds = new Map();
    #isWritten = false;
    constructor(hands) {
        super();
        this.#hands = hands;
    }
    /** A loadout was written and is not in the match yet. */
    get isWritten() {
        return this.#isWritten;
    }
    get size() {
        return this.#fresh().#size;
    }
    get(type) {
        this.#fresh();
        return super.get(type);
    }
    has(type) {
        this.#fresh();
        return super.has(type);
    }
    set(type, weapon) {
        const config = (0, armoury_js_1.weaponConfig)(type);
        if (config === undefined) {
            this.#hands.refuse(`${(0, refusals_js_1.named)(type)} is no weapon`);
            return this;
        }
        this.#fresh();
        // Its place is the last again: a support item written anew does not push out those before it.
        super.delete(type);
        if (!this.#makeRoom(config))
            return this;
        super.set(type, (0, armoury_js_1.createWeapon)(config, weapon));
        this.#write();
        return this;
    }
    delete(type) {
        this.#fresh();
        const had = super.delete(type);
        if (had)
            this.#write();
        return had;
    }
    clear() {
        super.clear();
        this.#write();
    }
    forEach(call, self) {
        this.#fresh();
        super.forEach(call, self);
    }
    entries() {
        this.#fresh();
        return super.entries();
    }
    keys() {
        this.#fresh();
        return super.keys();
    }
    values() {
        this.#fresh();
        return super.values();
    }
    [Symbol.iterator]() {
        return this.entries();
    }
    /** As in `game:state`. */
    toJSON() {
        return Object.fromEntries(this.entries());
    }
    /** The loadout that was written, with what it lacks from `before`; undefined while nothing is in it. To be called once for each. */
    takeLoadout(before) {
        if (super.size === 0)
            return undefined;
        this.#isWritten = false;
        // A loadout comes with full magazines.
        this.#rounds.clear();
        const types = [...super.keys()];
        const of = (slot) => types.filter((type) => (0, armoury_js_1.weaponConfig)(type)?.slot === slot);
        return { primary: of('primary')[0] ?? before.primary, secondary: of('secondary')[0] ?? before.secondary, support: of('support') };
    }
    /** Has rounds that were written into entries become those of the match, as far as they are within limits. */
    flushRounds() {
        for (const [type, entry] of super.entries()) {
            const config = (0, armoury_js_1.weaponConfig)(type);
            const [ammo, reserve] = this.#rounds.get(type) ?? [config.maxAmmo, config.maxReserve];
            if (entry.currentAmmo === ammo && entry.reserveAmmo === reserve)
                continue;
            const wanted = [(0, armoury_js_1.within)(entry.currentAmmo, config.maxAmmo), (0, armoury_js_1.within)(entry.reserveAmmo, config.maxReserve)];
            if (wanted[0] === undefined || wanted[1] === undefined) {
                this.#hands.refuse(`rounds of the ${type} are ${(0, refusals_js_1.named)(entry.currentAmmo)} and ${(0, refusals_js_1.named)(entry.reserveAmmo)}; `
                    + `they must be 0 to ${config.maxAmmo} and 0 to ${config.maxReserve}`);
                [entry.currentAmmo, entry.reserveAmmo] = [ammo, reserve];
            }
            else {
                this.#rounds.set(type, [wanted[0], wanted[1]]);
                this.#hands.rounds(type, wanted[0], wanted[1]);
            }
        }
    }
    /** What was written last is given up: the match refused it. */
    giveUp() {
        this.#isWritten = false;
    }
    get #size() {
        return super.size;
    }
    #write() {
        this.#isWritten = true;
        this.#hands.written();
    }
    /** Takes in what the match says, unless something else was written. Entries that stay are the same objects. */
    #fresh() {
        if (this.#isWritten)
            return this;
        this.flushRounds();
        const news = this.#hands.news();
        if (news === undefined)
            return this;
        const before = new Map(super.entries());
        super.clear();
        this.#rounds.clear();
        for (const weapon of news) {
            const entry = before.get(weapon.type);
            super.set(weapon.type, entry === undefined ? weapon : Object.assign(entry, weapon));
            this.#rounds.set(weapon.type, [weapon.currentAmmo, weapon.reserveAmmo]);
        }
        return this;
    }
    #makeRoom(config) {
        const others = [...super.keys()].map((type) => (0, armoury_js_1.weaponConfig)(type)).filter((each) => each.slot === config.slot);
        if (config.slot !== 'support') {
            for (const each of others)
                super.delete(each.type);
            return true;
        }
        const taken = others.reduce((sum, each) => sum + each.supportSlots, 0);
        if (taken + config.supportSlots <= SUPPORT_SLOTS)
            return true;
        this.#hands.refuse(`the ${config.type} takes ${config.supportSlots} of ${SUPPORT_SLOTS} support slots, and ${taken} are taken; delete what has them first`);
        return false;
    }
}
exports.CarriedWeapons = CarriedWeapons;
