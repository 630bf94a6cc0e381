import { defineConfig } from 'vite';

export default defineConfig({
  // Relative, so that the game server, a CDN folder or a file share can serve the same build.
  base: './',
  build: {
    outDir: 'dist',
    target: 'es2022',
    // Phaser alone is 1.2 MB; a warning that always fires warns of nothing.
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      // Phaser changes once a year, the game every day: two files keep the big one in caches.
      output: { manualChunks: { phaser: ['phaser'] } },
    },
  },
});
