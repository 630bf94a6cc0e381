import { defineConfig } from 'vitest/config';

/** For `npm run test:browser`: what needs a browser, and is no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/*.e2e.ts'],
    reporters: ['verbose'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
