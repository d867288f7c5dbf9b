import { defineConfig } from 'vitest/config';

/** Unit tests: in Node, beside what they test. Those in a browser and in VS Code have runners of their own. */
export default defineConfig({
  test: {
    include: ['{src,webview,scripts}/**/*.test.{ts,mjs}', 'test/{fixtures,unit,bench}/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
  },
});
