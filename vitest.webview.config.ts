import { defineConfig } from 'vitest/config';

// The profile editor in a real browser: `npx vitest run --config vitest.webview.config.ts`.
export default defineConfig({
  test: {
    include: ['test/webview/**/*.test.ts'],
    // One browser at a time: the machines that run this are small.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
