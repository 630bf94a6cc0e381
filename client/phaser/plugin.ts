import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PARTS = here('parts.js');
const SOURCE = here('../node_modules/phaser/src/');
const NOTHING = 'module.exports = function () {};';

export interface LeftOut {
  /** CommonJS in place of the file's own. */
  readonly code: string;
  /** `Class.member` as in Phaser's types: what is not there, or does nothing, for want of it. The game uses none of them. */
  readonly gone: readonly string[];
}

/**
 * By file of Phaser's source: what the parts would bring along, and the game has no use for. `npm run dev` keeps what it has
 * bundled: `npm run dev -- --force` after a change here.
 */
export const LEFT_OUT: Readonly<Record<string, LeftOut>> = {
  // Input is read from the DOM, and a scene has no pictures that change by themselves.
  'input/InputManager.js': { code: NOTHING, gone: ['Game.input', 'GameObject.input', 'GameObject.setInteractive', 'GameObject.disableInteractive', 'GameObject.removeInteractive'] },
  'animations/AnimationManager.js': { code: NOTHING, gone: ['Game.anims', 'Scene.anims'] },
  // All of its mathematics, for one generator of random numbers, which nothing asks.
  'math/index.js': { code: 'exports.RandomDataGenerator = function () {};', gone: [] },
  // Textures are canvases.
  'textures/DynamicTexture.js': { code: NOTHING, gone: ['TextureManager.addDynamicTexture'] },
  'textures/parsers/index.js': {
    code: "exports.Image = require('./Image');",
    gone: ['', 'JSONArray', 'JSONHash', 'XML'].map((kind) => `TextureManager.addAtlas${kind}`).concat(
      ['addCompressedTexture', 'addSpriteSheet', 'addSpriteSheetFromAtlas', 'addUnityAtlas'].map((name) => `TextureManager.${name}`),
    ),
  },
  // A camera stands or is set; `render/shake.ts` says where.
  'cameras/2d/effects/index.js': {
    code: `
      function Effect() { this.isRunning = false; this.isComplete = false; }
      Effect.prototype.preRender = Effect.prototype.update = Effect.prototype.reset = Effect.prototype.destroy = function () {};
      Effect.prototype.postRenderCanvas = Effect.prototype.postRenderWebGL = function () { return false; };
      ['Fade', 'Flash', 'Pan', 'Shake', 'RotateTo', 'Zoom'].forEach(function (name) { exports[name] = Effect; });`,
    gone: [
      'fade', 'fadeIn', 'fadeOut', 'fadeFrom', 'flash', 'pan', 'shake', 'rotateTo', 'zoomTo',
      'fadeEffect', 'flashEffect', 'panEffect', 'shakeEffect', 'rotateToEffect', 'zoomEffect',
    ].map((name) => `Camera.${name}`),
  },
  // Of each image: two objects and two lists for effects that only WebGL has.
  'gameobjects/components/PostPipeline.js': {
    code: 'module.exports = { hasPostPipeline: false, initPostPipeline: function () {} };',
    gone: ['Image', 'Camera'].flatMap((owner) => [
      'preFX', 'postFX', 'postPipelines', 'postPipelineData', 'clearFX', 'setPostPipeline', 'setPostPipelineData', 'getPostPipeline', 'removePostPipeline', 'resetPostPipeline',
    ].map((name) => `${owner}.${name}`)),
  },
  'renderer/webgl/pipelines/fx/index.js': { code: '', gone: [] },
  'renderer/webgl/pipelines/FXPipeline.js': { code: NOTHING, gone: [] },
  'gameobjects/components/Mask.js': {
    code: 'module.exports = { mask: null };',
    gone: ['Image', 'Camera'].flatMap((owner) => ['setMask', 'clearMask', 'createBitmapMask', 'createGeometryMask'].map((name) => `${owner}.${name}`)),
  },
  // Those that images and cameras are made of.
  'gameobjects/components/index.js': {
    code: [
      'Alpha', 'AlphaSingle', 'BlendMode', 'Depth', 'Flip', 'GetBounds', 'Mask', 'Origin', 'Pipeline', 'PostPipeline', 'ScrollFactor', 'Size',
      'TextureCrop', 'Tint', 'Transform', 'Visible',
    ].map((name) => `exports.${name} = require('./${name}');`).join('\n'),
    gone: [],
  },
};

/** @throws Error where Phaser's source is not the one that the parts were chosen from */
export function checkLeftOut(): void {
  for (const file of Object.keys(LEFT_OUT)) {
    if (!existsSync(SOURCE + file)) throw new Error(`client/phaser/plugin.ts: Phaser has no src/${file} any more; look where it went, or take it off the list`);
  }
}

/** Phaser's features are switched by words that its own bundler puts values in place of. */
function switched(code: string): string {
  return code
    .replace(/typeof (CANVAS_RENDERER|WEBGL_RENDERER)\b/g, 'true')
    .replace(/typeof (WEBGL_DEBUG|FEATURE_SOUND|PLUGIN_[A-Z0-9]+)\b/g, 'false');
}

/** @param file below Phaser's `src` */
export function chosen(file: string, code: string): string {
  const leftOut = LEFT_OUT[file];
  if (leftOut) return leftOut.code;
  if (file !== 'core/CreateRenderer.js') return switched(code);
  const own = "require('../renderer/webgl/WebGLRenderer')";
  if (!code.includes(own)) throw new Error(`client/phaser/plugin.ts: Phaser's src/${file} has no ${own} any more, in whose place the one loaded later is put`);
  return switched(code.replaceAll(own, 'CONST.WebGLRenderer'));
}

/** Path below Phaser's `src`; null: no file of it. */
function sourceFile(id: string): string | null {
  const path = id.replaceAll('\\', '/').replace(/\?.*$/, '');
  const at = path.lastIndexOf('/node_modules/phaser/src/');
  return at < 0 || !path.endsWith('.js') ? null : path.slice(at + '/node_modules/phaser/src/'.length);
}

/** Has `import 'phaser'` mean `parts.js`, here and in what `npm run dev` bundles beforehand, by other means. */
export function phaserParts(): Plugin {
  return {
    name: 'phaser-parts',
    enforce: 'pre',
    buildStart: checkLeftOut,
    transform(code, id) {
      const file = sourceFile(id);
      return file === null || id.includes('\0') ? null : { code: chosen(file, code), map: null };
    },
    config: () => ({
      resolve: { alias: [{ find: /^phaser$/, replacement: PARTS }] },
      optimizeDeps: {
        esbuildOptions: {
          plugins: [{
            name: 'phaser-parts',
            setup(build) {
              build.onLoad({ filter: /[\\/]node_modules[\\/]phaser[\\/]src[\\/].*\.js$/ }, async ({ path }) => ({
                contents: chosen(sourceFile(path)!, await readFile(path, 'utf8')), loader: 'js',
              }));
            },
          }],
        },
      },
    }),
  };
}

/** For the bundler: Phaser changes once a year, the game every day, so that files of its own keep it in caches. */
export function phaserChunk(id: string): string | undefined {
  return id === PARTS ? 'phaser' : undefined;
}
