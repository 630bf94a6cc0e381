import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The engine for browsers, which `cargo xtask viewer` makes. The game needs none of it. */
const ENGINE = here('wasm/dist/engine.wasm');
const PAGES = existsSync(ENGINE) ? ['index.html', 'replay.html', 'editor.html'] : ['index.html'];
if (PAGES.length === 1) {
  console.warn('client: without the replay viewer and the map editor, for wasm/dist/engine.wasm is missing: cargo xtask viewer makes it');
}

/**
 * Phaser's own smaller build, which its package has as source alone: no physics, tile maps, particles or sound, which the
 * game has no use for. Half the bytes to load, and less of a heap for the collector to go through. Its features are
 * switched by words that its own bundler puts values in place of.
 */
const PHASER_CORE = here('node_modules/phaser/src/phaser-core.js');
const PHASER_SOURCE = /[\\/]node_modules[\\/]phaser[\\/]src[\\/].*\.js$/;
function switched(code: string): string {
  return code
    .replace(/typeof (CANVAS_RENDERER|WEBGL_RENDERER)\b/g, 'true')
    .replace(/typeof (WEBGL_DEBUG|FEATURE_SOUND|PLUGIN_[A-Z0-9]+)\b/g, 'false')
    .replace('global.Phaser = Phaser;', '');
}
const phaserCore: Plugin = {
  name: 'phaser-core',
  enforce: 'pre',
  transform: (code, id) => (PHASER_SOURCE.test(id) ? { code: switched(code), map: null } : null),
  config: () => ({
    resolve: { alias: { phaser: PHASER_CORE } },
    // `npm run dev` bundles it beforehand, by other means.
    optimizeDeps: {
      esbuildOptions: {
        plugins: [{
          name: 'phaser-core',
          setup(build) {
            build.onLoad({ filter: PHASER_SOURCE }, async ({ path }) => ({ contents: switched(await readFile(path, 'utf8')), loader: 'js' }));
          },
        }],
      },
    },
  }),
};

export default defineConfig({
  plugins: [phaserCore],
  // Relative, so that the game server, a CDN folder or a file share can serve the same build.
  base: './',
  define: { __TOOLS__: JSON.stringify(PAGES.length > 1) },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // Phaser alone is 0.7 MB; a warning that always fires warns of nothing.
    chunkSizeWarningLimit: 2000,
    // The engine is a file of its own, whatever its size.
    assetsInlineLimit: (file) => (file.endsWith('.wasm') ? false : undefined),
    rollupOptions: {
      input: PAGES.map(here),
      // Phaser changes once a year, the game every day: two files keep the big one in caches.
      output: { manualChunks: (id) => (id.includes('/node_modules/phaser/') || id.includes('/node_modules/eventemitter3/') ? 'phaser' : undefined) },
    },
  },
});
