'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { binaryName } = require('./platform.js');

function load() {
  const name = binaryName();
  const path = join(__dirname, name);
  if (!existsSync(path)) {
    throw noBinary(
      `${name}, the engine's binary for this platform, is not beside ${__filename}. `
      + 'With Rust installed, run `npm run build` in the folder of @trespasser/engine.',
    );
  }
  try {
    return require(path);
  } catch (cause) {
    throw noBinary(
      `${path} is there but cannot be loaded by Node ${process.version}: ${cause.message}. `
      + 'Build it on this machine: with Rust installed, run `npm run build` in the folder of @trespasser/engine.',
      cause,
    );
  }
}

function noBinary(message, cause) {
  return Object.assign(new Error(message, { cause }), { code: 'ERR_NO_BINARY' });
}

const native = load();

const Button = Object.freeze({
  UP: 1 << 0,
  LEFT: 1 << 1,
  DOWN: 1 << 2,
  RIGHT: 1 << 3,
  RUN: 1 << 4,
  SNEAK: 1 << 5,
  FIRE: 1 << 6,
  AIM: 1 << 7,
  RELOAD: 1 << 8,
  THROW: 1 << 9,
  SLOT1: 1 << 10,
  SLOT2: 1 << 11,
  SLOT3: 1 << 12,
  SLOT4: 1 << 13,
  SLOT5: 1 << 14,
  RESPAWN: 1 << 15,
});

module.exports.GameMap = native.GameMap;
module.exports.World = native.World;
module.exports.Button = Button;
module.exports.runScene = native.runScene;
module.exports.sceneScript = native.sceneScript;
module.exports.sceneNames = native.sceneNames;
module.exports.WEAPONS = Object.freeze(native.weaponNames());
module.exports.INPUT_BYTES = native.INPUT_BYTES;
module.exports.PLAYER_COLUMNS = native.PLAYER_COLUMNS;
module.exports.version = native.VERSION;
