import type { ToolPaths } from '../endpoints/findTool';

/** Programs that are not on PATH, by `EMBERLINE_TOOL_PY_SPY` and its like. */
export function toolPaths(env: NodeJS.ProcessEnv): ToolPaths {
  const names = ['py-spy', 'austin', 'jcmd', 'asprof', 'perf'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const path = env[`EMBERLINE_TOOL_${name.toUpperCase().replace('-', '_')}`];
      return path ? [[name, path]] : [];
    }),
  );
}
