/** What the samples of an event count, beside each other in a profile: one or two columns of their own. */
export interface JfrColumns {
  /** Type of the column with the number of samples; null for spans, which have only their time. */
  readonly count: string | null;
  /** Type and unit of the column with their weight; null where there is nothing but their number. */
  readonly value: readonly [type: string, unit: 'nanoseconds' | 'bytes'] | null;
}

export const columnSets = {
  execution: { count: 'samples', value: null },
  native: { count: 'native_samples', value: null },
  cpu: { count: 'cpu_samples', value: ['cpu', 'nanoseconds'] },
  wall: { count: 'wall_samples', value: null },
  allocation: { count: 'alloc_samples', value: ['alloc_space', 'bytes'] },
  tlab: { count: 'tlab_samples', value: ['tlab_space', 'bytes'] },
  live: { count: 'live_samples', value: ['live_space', 'bytes'] },
  malloc: { count: 'malloc_samples', value: ['malloc_space', 'bytes'] },
  /** The part of `malloc` that nothing freed. */
  unfreed: { count: null, value: ['malloc_unfreed', 'bytes'] },
  exceptions: { count: 'exceptions', value: null },
  lock: { count: null, value: ['lock', 'nanoseconds'] },
  nativeLock: { count: null, value: ['native_lock', 'nanoseconds'] },
  wait: { count: null, value: ['wait', 'nanoseconds'] },
  park: { count: null, value: ['park', 'nanoseconds'] },
  sleep: { count: null, value: ['sleep', 'nanoseconds'] },
  io: { count: null, value: ['io', 'nanoseconds'] },
  trace: { count: null, value: ['method_trace', 'nanoseconds'] },
  /** Any other event with a stack and a duration, the application's own among them. */
  other: { count: null, value: ['event', 'nanoseconds'] },
} as const satisfies Readonly<Record<string, JfrColumns>>;

export type ColumnSet = keyof typeof columnSets;

export const columnSetNames = Object.keys(columnSets) as ColumnSet[];

/** How one type of event becomes samples. */
export interface JfrEvent {
  readonly columns: ColumnSet;
  /** Field of the weight; null: the event's duration for spans, none for others. */
  readonly value: readonly string[] | null;
  /** Field that says how many samples an event stands for; null: one. */
  readonly count: string | null;
  /** Field with the class that the label `class` names. */
  readonly classField: readonly string[];
  /** Further labels: the field, which is also the label's key. */
  readonly labels: readonly string[];
  /** Whether the label `event` says which of several events of the columns a sample is. */
  readonly named: boolean;
}

function event(columns: ColumnSet, more: Partial<JfrEvent> = {}): JfrEvent {
  return { columns, value: null, count: null, classField: [], labels: [], named: false, ...more };
}

/**
 * By name. The JDK's are in https://github.com/openjdk/jdk/blob/master/src/hotspot/share/jfr/metadata/metadata.xml,
 * async-profiler's in https://github.com/async-profiler/async-profiler/blob/master/src/jfrMetadata.cpp.
 */
export const jfrEvents: ReadonlyMap<string, JfrEvent> = new Map([
  ['jdk.ExecutionSample', event('execution')],
  ['jdk.NativeMethodSample', event('native')],
  ['jdk.CPUTimeSample', event('cpu', { value: ['samplingPeriod'] })],
  ['profiler.WallClockSample', event('wall', { count: 'samples' })],
  ['jdk.ObjectAllocationSample', event('allocation', { value: ['weight'], classField: ['objectClass'] })],
  // One event a new buffer: it stands for all of the buffer, not only for the object that did not fit the old one.
  ['jdk.ObjectAllocationInNewTLAB', event('tlab', { value: ['tlabSize'], classField: ['objectClass'], named: true })],
  [
    'jdk.ObjectAllocationOutsideTLAB',
    event('tlab', { value: ['allocationSize'], classField: ['objectClass'], named: true }),
  ],
  ['profiler.LiveObject', event('live', { value: ['allocationSize'], classField: ['objectClass'] })],
  ['jdk.OldObjectSample', event('live', { value: ['objectSize'], classField: ['object'], named: true })],
  ['profiler.Malloc', event('malloc', { value: ['size'] })],
  ['jdk.JavaExceptionThrow', event('exceptions', { classField: ['thrownClass'], named: true })],
  ['jdk.JavaErrorThrow', event('exceptions', { classField: ['thrownClass'], named: true })],
  ['jdk.JavaMonitorEnter', event('lock', { classField: ['monitorClass'] })],
  ['profiler.NativeLock', event('nativeLock')],
  ['jdk.JavaMonitorWait', event('wait', { classField: ['monitorClass'] })],
  ['jdk.ThreadPark', event('park', { classField: ['parkedClass'] })],
  ['jdk.ThreadSleep', event('sleep')],
  ['jdk.SocketRead', event('io', { labels: ['host', 'address', 'port'], named: true })],
  ['jdk.SocketWrite', event('io', { labels: ['host', 'address', 'port'], named: true })],
  ['jdk.FileRead', event('io', { labels: ['path'], named: true })],
  ['jdk.FileWrite', event('io', { labels: ['path'], named: true })],
  ['jdk.FileForce', event('io', { labels: ['path'], named: true })],
  ['jdk.MethodTrace', event('trace')],
  ['profiler.MethodTrace', event('trace')],
]);

/** Of events that have both a stack and a duration, and no line of their own. */
export const otherEvent = event('other', { named: true });

/** The counterpart of `profiler.Malloc`: an address, and no size. */
export const freeEvent = 'profiler.Free';
export const mallocEvent = 'profiler.Malloc';
/** Says which process was recorded. */
export const processEvent = 'jdk.JVMInformation';
