'use strict';

// Prints the instruction set that the addon chose on this processor, and the hash of a scene played with it.
const engine = require('../index.js');

console.log(new engine.World().simd, engine.runScene('brawl', 120));
