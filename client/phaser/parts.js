/**
 * What the game uses of Phaser, from its source: scenes with cameras, display list and images, and the Canvas renderer. The
 * WebGL one is loaded by pages that draw with it. No input, loader, tweens, clock, text, shapes or sound: less to load, and less
 * that each full collection goes through, which visits every function, string and shape of an object that there is.
 *
 * `import Phaser from 'phaser'` means this file, by `plugin.ts`, which also lists what is left out of the parts named here.
 * The types are the package's; `test/phaser.test.ts` fails, with file and line, where the game uses what is not there. To add
 * something, name it in the default export, or import the file that enters it in Phaser's registers, or take it off that list.
 */

// A scene's own, which it finds by name: `events`, `scene`, `cameras`, `children` and what updates them, `add` and `make`.
import 'phaser/src/events/EventEmitter.js';
import 'phaser/src/scene/ScenePlugin.js';
import 'phaser/src/cameras/2d/CameraManager.js';
import 'phaser/src/gameobjects/DisplayList.js';
import 'phaser/src/gameobjects/UpdateList.js';
import 'phaser/src/gameobjects/GameObjectFactory.js';
import 'phaser/src/gameobjects/GameObjectCreator.js';
// `add.image`, and no other.
import 'phaser/src/gameobjects/image/ImageFactory.js';

import CONST from 'phaser/src/const.js';
import Game from 'phaser/src/core/Game.js';
import Features from 'phaser/src/device/Features.js';
import CanvasRenderer from 'phaser/src/renderer/canvas/CanvasRenderer.js';
import Scene from 'phaser/src/scene/Scene.js';
import SceneEvents from 'phaser/src/scene/events/index.js';
import ScaleModes from 'phaser/src/scale/const/SCALE_MODE_CONST.js';

export default {
  CANVAS: CONST.CANVAS,
  WEBGL: CONST.WEBGL,
  Game,
  Renderer: { Canvas: { CanvasRenderer } },
  Scale: { NONE: ScaleModes.NONE },
  Scene,
  Scenes: { Events: SceneEvents },
};

/** Loads the WebGL renderer, for a game of `type: WEBGL`. False where the browser has no WebGL. */
export async function loadWebGL() {
  if (!Features.webGL) return false;
  // Phaser's CreateRenderer looks for it there, by `plugin.ts`.
  CONST.WebGLRenderer = (await import('phaser/src/renderer/webgl/WebGLRenderer.js')).default;
  return true;
}
