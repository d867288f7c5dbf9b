import type { Page } from 'playwright-core';

/** Milliseconds since the epoch, null for what was not seen. */
export interface MarkTimes {
  readonly text: number | null;
  readonly marks: number | null;
  readonly labels: number | null;
}

interface Watched {
  emberlineMarks: { text: number | null; marks: number | null; labels: number | null };
}

// Each function runs beside the window's page, for which its source text travels: it sees nothing but its arguments.

/** Watches, frame by frame, for an editor whose text has a given part, and for what marks its lines. */
export const watchForMarks = {
  start: async (page: Page, text: string): Promise<void> => {
    await page.evaluate((part) => {
      const target = globalThis as unknown as Watched;
      const times: Watched['emberlineMarks'] = { text: null, marks: null, labels: null };
      target.emberlineMarks = times;
      const look = (): void => {
        if (target.emberlineMarks !== times) return;
        const now = performance.timeOrigin + performance.now();
        for (const editor of document.querySelectorAll('.editor-instance .monaco-editor')) {
          const lines = editor.querySelector('.view-lines');
          if (lines?.textContent?.includes(part) !== true) continue;
          times.text ??= now;
          if (editor.querySelector('.view-overlays [class*="ced-"]') !== null) times.marks ??= now;
          if (lines.querySelector('[class*="ced-"]') !== null) times.labels ??= now;
        }
        if (times.text === null || times.marks === null || times.labels === null) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, text);
  },
  read: (page: Page): Promise<MarkTimes> => page.evaluate(() => (globalThis as unknown as Watched).emberlineMarks),
};

export async function startTrace(page: Page): Promise<void> {
  await page
    .context()
    .browser()!
    .startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
}

/** The longest task of the window's main thread since `startTrace`, in ms: of its processor time, and by the clock. */
export async function stopTrace(page: Page): Promise<{ busy: number; clock: number }> {
  const trace = JSON.parse((await page.context().browser()!.stopTracing()).toString('utf8')) as {
    traceEvents: { name: string; pid: number; tid: number; dur?: number; tdur?: number }[];
  };
  const frames = new Map<string, number>();
  for (const { name, pid, tid } of trace.traceEvents) {
    if (name === 'FireAnimationFrame') frames.set(`${pid} ${tid}`, (frames.get(`${pid} ${tid}`) ?? 0) + 1);
  }
  const [thread] = [...frames].sort((a, b) => b[1] - a[1])[0] ?? [''];
  const tasks = trace.traceEvents.filter(
    ({ name, pid, tid }) => name.endsWith('RunTask') && `${pid} ${tid}` === thread,
  );
  if (tasks.length === 0) throw new Error('The trace has no tasks of the window.');
  const longest = (of: (task: (typeof tasks)[0]) => number | undefined): number =>
    tasks.reduce((most, task) => Math.max(most, of(task) ?? 0), 0) / 1000;
  return { busy: longest(({ tdur }) => tdur), clock: longest(({ dur }) => dur) };
}
