import type { ProfileBuilder } from '../../profile/profileBuilder';
import type { JfrPool, JfrPools } from './jfrPools';

const [JAVA_NAME, OS_NAME, OS_ID, JAVA_ID, GROUP, VIRTUAL] = [0, 1, 2, 3, 4, 5];

/** A chunk's recorded process, as its event `jdk.JVMInformation` says. */
export interface JfrProcess {
  readonly name: string | null;
  readonly pid: number | null;
}

/** The threads of all chunks. A chunk has its own numbers for them, and says only somewhere which process they are of. */
export class JfrThreads {
  private readonly known = new Map<string, number>();

  constructor(private readonly builder: ProfileBuilder) {}

  /** Profile's thread index of a chunk's thread; `pool` undefined for samples without one. */
  resolve(pools: JfrPools, pool: JfrPool | undefined, at: number, process: JfrProcess): number {
    let name = '';
    let tid = 0;
    let javaId = 0;
    if (pool !== undefined && at >= 0) {
      name = pools.constantText(pool, at, JAVA_NAME) || pools.constantText(pool, at, OS_NAME) || '';
      tid = numberOf(pool, at, OS_ID);
      javaId = numberOf(pool, at, JAVA_ID);
      if (pool.lowOf(at, VIRTUAL) !== 0) {
        // Its carrier's number is not its own. Those without a name may be millions: they are shown as one.
        tid = 0;
        javaId = name === '' ? 0 : javaId;
        name ||= 'virtual threads';
      }
    }
    const key = `${process.pid} ${tid} ${javaId} ${name}`;
    let thread = this.known.get(key);
    if (thread === undefined) {
      const ofThread = Number.isSafeInteger(tid) && tid > 0 ? tid : null;
      thread = this.builder.addThread({ name, process: process.name, pid: process.pid, tid: ofThread });
      this.known.set(key, thread);
    }
    return thread;
  }
}

function numberOf(pool: JfrPool, at: number, slot: number): number {
  return pool.highOf(at, slot) * 4294967296 + (pool.lowOf(at, slot) >>> 0);
}

/** Name of a thread's group; null for none. */
export function threadGroup(pools: JfrPools, pool: JfrPool, at: number): string | null {
  return pools.constantText(pool, at, GROUP);
}

/** What a Java command line runs: its main class, or its archive without the folders. */
export function programName(javaArguments: string | null): string | null {
  const [first = ''] = (javaArguments ?? '').trim().split(/\s+/);
  return first === '' ? null : first.slice(Math.max(first.lastIndexOf('/'), first.lastIndexOf('\\')) + 1);
}
