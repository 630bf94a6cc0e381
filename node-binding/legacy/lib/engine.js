"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.engine = engine;
let loaded;
/** The addon, loaded by the first call that needs it: whoever imports shapes alone gets its errors at a time of their own choosing. */
function engine() {
    return loaded ??= require('../../index.js');
}
