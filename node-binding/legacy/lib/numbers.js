"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.rounded = rounded;
exports.v2 = v2;
/** A thousandth of a pixel or radian: more digits of a 32-bit float are only bytes on the wire. */
function rounded(value) {
    return Math.round(value * 1000) / 1000;
}
function v2(x, y) {
    return { x: rounded(x), y: rounded(y) };
}
