import { defineConfig } from 'vitest/config';

/** Unit tests: in Node, beside what they test. Those in a browser and in VS Code have runners of their own. */
export default defineConfig({
  test: {
    include: ['{src,webview,scripts}/**/*.test.{ts,mjs}', 'test/{fixtures,unit,bench}/**/*.test.ts'],
    environment: 'node',
    // A test that hangs is told from one on a busy machine: with ten programs to a core, ten times as long is no fault.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
