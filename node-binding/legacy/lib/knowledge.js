"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.acquaintance = acquaintance;
exports.hear = hear;
/** How the viewer knows the subject; `knows` are the engine's rows. Whoever has not been placed yet is nowhere to be known. */
function acquaintance(knows, viewer, subject) {
    if (viewer.player === subject.player)
        return 'own';
    if (((knows[viewer.slot] >> subject.slot) & 1) === 0)
        return 'unseen';
    return viewer.team === subject.team ? 'mate' : 'seen';
}
/** Sounds that a listener is told of at once. More of them are a din; the oldest are left out. */
const SOUNDS_AT_ONCE = 256;
/**
 * What the viewer hears among what a match's players have heard, oldest first; null if nothing. The engine has decided
 * who hears what, how loud and from where, and rounded it; what is left is to keep each to their own. Where the viewer
 * has turned since, bearings are told against the newest aim: they keep their direction.
 */
function hear(viewer, heard) {
    const own = heard.filter((sound) => sound.listener === viewer.slot).slice(-SOUNDS_AT_ONCE);
    const aim = own.at(-1)?.aim;
    if (aim === undefined)
        return null;
    const bearing = (sound) => (
    // What the own body makes turns with it.
    sound.own && sound.bearing === 0 ? 0 : (sound.aim + sound.bearing - aim) & 63);
    return { aim, sounds: own.map((sound) => ({ kind: sound.kind, gain: sound.gain, bearing: bearing(sound), cutoff: sound.cutoff, own: sound.own })) };
}
