/** How a frame's code ran: what a `FrameTable.kind` holds. */
export const frameKind = { unknown: 0, interpreted: 1, compiled: 2, native: 3, kernel: 4 } as const;

/** For people, by kind; unknown ones are not named. */
export const frameKindNames: readonly string[] = ['', 'interpreted', 'JIT-compiled', 'native', 'kernel'];
