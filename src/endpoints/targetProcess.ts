import type { CdpPeer } from './cdpPeer';

/** What a target says about itself, without a side effect on it. */
export interface TargetProcess {
  /** Null in a browser. */
  readonly pid: number | null;
  /** Whether the target looks as if it collected V8's coverage. */
  readonly coverage: boolean;
}

export async function describeProcess(connection: CdpPeer): Promise<TargetProcess> {
  const expression =
    "typeof process === 'object' && process ? { pid: process.pid, dir: process.env.NODE_V8_COVERAGE, " +
    "args: process.argv.concat(process.execArgv).join(' ') } : null";
  try {
    const { result } = await connection.send(
      'Runtime.evaluate',
      { expression, returnByValue: true, silent: true, throwOnSideEffect: true },
      2000,
    );
    const value: unknown = result.value;
    const { pid, dir, args } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    return {
      pid: typeof pid === 'number' && Number.isInteger(pid) ? pid : null,
      coverage: (typeof dir === 'string' && dir !== '') || /coverage|\bc8\b|\bnyc\b/i.test(String(args ?? '')),
    };
  } catch {
    return { pid: null, coverage: false };
  }
}
