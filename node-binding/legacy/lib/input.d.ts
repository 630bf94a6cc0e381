declare const KEYS: readonly ['w', 'a', 's', 'd', 'shift', 'ctrl', 'r', 'g', '1', '2', '3', '4'];
declare const CLICKS: readonly ['leftPressed', 'rightPressed', 'leftReleased', 'rightReleased'];
/** A client's `player:input`, as far as it is used. */
export interface PlayerInput {
    keys: Record<(typeof KEYS)[number], boolean>;
    mouse: {
        x: number;
        y: number; /** Bit 0: the left button is down. */
        buttons: number;
    } & Record<(typeof CLICKS)[number], boolean>;
    /** 0 to 2^32 - 1. */
    sequence: number;
}
/**
 * Reads a payload of any shape. Keys, clicks and buttons that are left out are not pressed, unknown fields are dropped;
 * undefined where anything else does not fit: nothing of such a payload is used.
 */
export declare function readPlayerInput(payload: unknown): PlayerInput | undefined;
export interface EngineInput {
    sequence: number;
    held: number;
    taps: number;
    mouseX: number;
    mouseY: number;
}
type AimSource = 'mouse' | 'event';
/** Turns a client's packets into held buttons and presses. One per player: a press is a change between two packets. */
export declare class InputTranslator {
    #private;
    translate(input: PlayerInput, nowMs: number): EngineInput;
    /** Today's client reports one right press twice, in the input and as an event; says whether this one is new. */
    aimToggle(source: AimSource, nowMs: number): boolean;
    /** Whether the trigger is down in the input stream: a `weapon:fire` then says nothing new. */
    get firing(): boolean;
}
export {};
