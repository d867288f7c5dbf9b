import { defineConfig } from 'vitest/config';

// Real profilers on real programs: `npx vitest run --config vitest.real.config.mts`.
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    // Profilers share the machine's cores with what they look at.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
