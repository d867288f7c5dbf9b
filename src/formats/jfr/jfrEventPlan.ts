import {
  columnSetNames,
  columnSets,
  freeEvent,
  type JfrEvent,
  jfrEvents,
  mallocEvent,
  otherEvent,
  processEvent,
} from './jfrEvents';
import type { JfrType, JfrTypes } from './jfrMetadata';
import { JfrPlan, slotKind } from './jfrPlan';

/** Slots of an event's plan; labels follow from `LABELS` on. */
export const eventSlot = {
  start: 0,
  duration: 1,
  thread: 2,
  stack: 3,
  state: 4,
  class: 5,
  value: 6,
  count: 7,
  address: 8,
} as const;
export const LABELS = 9;

export const PROCESS = -1;
export const FREE = -2;

/** How the events of one type in one chunk are read. */
export interface EventPlan {
  readonly plan: JfrPlan;
  /** Index of the columns, or `PROCESS` or `FREE`. */
  readonly columns: number;
  readonly event: JfrEvent;
  /** The type's name, for the label `event`. */
  readonly name: string;
  /** Whether the value is the event's duration. */
  readonly isSpan: boolean;
  readonly isMalloc: boolean;
}

/** @returns null for events of no interest, and for those that cannot be read */
export function planEvent(types: JfrTypes, type: JfrType, compressed: boolean): EventPlan | null {
  const base = { name: type.name, isSpan: false, isMalloc: type.name === mallocEvent };
  if (type.name === processEvent) {
    const plan = new JfrPlan(types, type, [['pid'], ['javaArguments']], compressed);
    return { ...base, plan, columns: PROCESS, event: otherEvent };
  }
  let event = jfrEvents.get(type.name);
  const isFree = type.name === freeEvent;
  if (event === undefined && !isFree) {
    if (!type.isEvent || !isStackedSpan(type, types)) {
      return null;
    }
    event = otherEvent;
  }
  event ??= otherEvent;
  const plan = new JfrPlan(
    types,
    type,
    [
      ['startTime'],
      ['duration'],
      ['sampledThread', 'eventThread'],
      ['stackTrace'],
      ['state'],
      event.classField,
      event.value ?? [],
      event.count === null ? [] : [event.count],
      type.name === freeEvent || type.name === mallocEvent ? ['address'] : [],
      ...event.labels.map((label) => [label]),
    ],
    compressed,
  );
  const { value } = columnSets[event.columns];
  return {
    ...base,
    plan,
    columns: isFree ? FREE : columnSetNames.indexOf(event.columns),
    event,
    isSpan: event.value === null && value !== null && value[1] === 'nanoseconds',
  };
}

/** Whether events have a stack, a duration, and a thread to have spent it. */
function isStackedSpan(type: JfrType, types: JfrTypes): boolean {
  const has = (name: string, typeName: string): boolean =>
    type.fields.some((field) => field.name === name && types.get(field.typeId)?.name === typeName);
  return has('stackTrace', 'jdk.types.StackTrace') && has('duration', 'long') && has('eventThread', 'java.lang.Thread');
}

/** Nanoseconds in a plan's timespan; `ticks` tells how many of them a nanosecond has. */
export function nanoseconds(plan: JfrPlan, slot: number, ticks: number): number {
  const value = plan.number(slot);
  switch (plan.kind[slot] === slotKind.absent ? null : plan.timeUnit[slot]) {
    case 'NANOSECONDS':
      return value;
    case 'MICROSECONDS':
      return value * 1e3;
    case 'MILLISECONDS':
      return value * 1e6;
    case 'SECONDS':
      return value * 1e9;
    default:
      return Math.trunc(value / ticks);
  }
}
