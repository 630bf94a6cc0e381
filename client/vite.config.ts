import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { phaserChunk, phaserParts } from './phaser/plugin';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The engine for browsers, which `cargo xtask viewer` makes. The game needs none of it. */
const ENGINE = here('wasm/dist/engine.wasm');
const PAGES = existsSync(ENGINE) ? ['index.html', 'replay.html', 'editor.html'] : ['index.html'];
if (PAGES.length === 1) {
  console.warn('client: without the replay viewer and the map editor, for wasm/dist/engine.wasm is missing: cargo xtask viewer makes it');
}

export default defineConfig({
  plugins: [phaserParts()],
  // Relative, so that the game server, a CDN folder or a file share can serve the same build.
  base: './',
  define: { __TOOLS__: JSON.stringify(PAGES.length > 1) },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The engine is a file of its own, whatever its size.
    assetsInlineLimit: (file) => (file.endsWith('.wasm') ? false : undefined),
    rollupOptions: {
      input: PAGES.map(here),
      output: { manualChunks: phaserChunk },
    },
  },
});
