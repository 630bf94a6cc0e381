"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.InputTranslator = void 0;
exports.readPlayerInput = readPlayerInput;
const engine_js_1 = require("./engine.js");
const LEFT_BUTTON = 1;
const KEYS = ['w', 'a', 's', 'd', 'shift', 'ctrl', 'r', 'g', '1', '2', '3', '4'];
const CLICKS = ['leftPressed', 'rightPressed', 'leftReleased', 'rightReleased'];
/**
 * Reads a payload of any shape. Keys, clicks and buttons that are left out are not pressed, unknown fields are dropped;
 * undefined where anything else does not fit: nothing of such a payload is used.
 */
function readPlayerInput(payload) {
    try {
        const { keys, mouse, sequence } = record(payload);
        const [held, pointer] = [record(keys), record(mouse)];
        return {
            keys: flags(held, KEYS),
            mouse: {
                x: finite(pointer['x']), y: finite(pointer['y']), buttons: whole(pointer['buttons'] === undefined ? 0 : pointer['buttons'], 0xffff), ...flags(pointer, CLICKS),
            },
            sequence: whole(sequence, 0xffff_ffff),
        };
    }
    catch {
        // Not only misfits: a getter of a host's own object may throw what it likes.
        return undefined;
    }
}
function record(value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new TypeError('no object');
    return value;
}
function flags(from, names) {
    return Object.fromEntries(names.map((name) => {
        const value = from[name] ?? false;
        if (typeof value !== 'boolean' || from[name] === null)
            throw new TypeError(`${name} is no boolean`);
        return [name, value];
    }));
}
function finite(value) {
    if (typeof value !== 'number' || !Number.isFinite(value))
        throw new TypeError('no finite number');
    return value;
}
function whole(value, most) {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
        throw new TypeError(`no whole number up to ${most}`);
    return value;
}
/** Pixels. A cursor far outside the playfield is still a direction, a larger number is only noise. */
const MOUSE_LIMIT = 10_000;
/** Milliseconds within which a right press in the input stream and an `ads:toggle` are one and the same press. */
const SAME_PRESS_MS = 50;
/** Turns a client's packets into held buttons and presses. One per player: a press is a change between two packets. */
class InputTranslator {
    #held = 0;
    #leftPressed = false;
    #rightPressed = false;
    #aimed;
    translate(input, nowMs) {
        const { Button } = (0, engine_js_1.engine)();
        const { keys, mouse } = input;
        const firing = (mouse.buttons & LEFT_BUTTON) !== 0;
        const held = (keys.w ? Button.UP : 0) | (keys.a ? Button.LEFT : 0) | (keys.s ? Button.DOWN : 0) | (keys.d ? Button.RIGHT : 0)
            | (keys.shift ? Button.RUN : 0) | (keys.ctrl ? Button.SNEAK : 0)
            | (keys.r ? Button.RELOAD : 0) | (keys.g ? Button.THROW : 0)
            | (keys['1'] ? Button.SLOT1 : 0) | (keys['2'] ? Button.SLOT2 : 0) | (keys['3'] ? Button.SLOT3 : 0) | (keys['4'] ? Button.SLOT4 : 0)
            | (firing ? Button.FIRE : 0);
        let taps = 0;
        if (mouse.leftPressed && !this.#leftPressed && this.#missedClick(firing, mouse.leftReleased))
            taps |= Button.FIRE;
        if (mouse.rightPressed && !this.#rightPressed && this.aimToggle('mouse', nowMs))
            taps |= Button.AIM;
        this.#leftPressed = mouse.leftPressed;
        this.#rightPressed = mouse.rightPressed;
        this.#held = held;
        return { sequence: input.sequence, held, taps, mouseX: clampMouse(mouse.x), mouseY: clampMouse(mouse.y) };
    }
    /** Today's client reports one right press twice, in the input and as an event; says whether this one is new. */
    aimToggle(source, nowMs) {
        const before = this.#aimed;
        if (before !== undefined && before.source !== source && nowMs - before.atMs < SAME_PRESS_MS) {
            this.#aimed = undefined;
            return false;
        }
        this.#aimed = { source, atMs: nowMs };
        return true;
    }
    /** Whether the trigger is down in the input stream: a `weapon:fire` then says nothing new. */
    get firing() {
        return (this.#held & (0, engine_js_1.engine)().Button.FIRE) !== 0;
    }
    /** A click that the held button does not show: pressed and let go, or let go and pressed again, between two packets. */
    #missedClick(firing, released) {
        return firing ? this.firing && released : !this.firing;
    }
}
exports.InputTranslator = InputTranslator;
function clampMouse(value) {
    return Math.max(-MOUSE_LIMIT, Math.min(MOUSE_LIMIT, value));
}
