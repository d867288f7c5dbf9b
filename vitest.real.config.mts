import { defineConfig } from 'vitest/config';

// Real profilers on real programs: `npx vitest run --config vitest.real.config.mts`.
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    // Profilers share the machine's cores with what they look at.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
