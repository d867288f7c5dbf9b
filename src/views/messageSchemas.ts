import * as v from 'valibot';
import type { ChartOrder, Dimension } from '../analysis/viewSpec';

/**
 * What the webview may say. It runs in a sandbox and shows untrusted text, so each message is checked in full before
 * it is acted on: kinds, methods, types and sizes. Unknown members are dropped.
 */

const maxQuery = 10_000;
const maxCopy = 1_000_000;
const maxRows = 1000;
const maxTerms = 60;
const maxValues = 1000;
const maxValue = 1000;
const maxPixels = 65_536;
const maxAddress = 16_384;
const maxDropped = 20;
const maxDroppedBytes = 64 * 2 ** 20;

const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const node = v.pipe(v.number(), v.safeInteger(), v.minValue(-1));
const finite = v.pipe(v.number(), v.finite());
const dimension = v.custom<Dimension>(
  (value) =>
    value === 'thread' ||
    value === 'process' ||
    (typeof value === 'string' && value.startsWith('label:') && value.length <= maxQuery),
  'no dimension',
);
const filterTerm = v.object({
  by: dimension,
  values: v.pipe(v.array(v.nullable(v.pipe(v.string(), v.maxLength(maxValue)))), v.maxLength(maxValues), v.readonly()),
});
const viewSpec = v.object({
  sampleType: index,
  thread: v.nullable(index),
  filter: v.optional(v.nullable(v.pipe(v.array(filterTerm), v.maxLength(maxTerms), v.readonly()))),
  splitBy: v.optional(v.nullable(dimension)),
});
const order = v.picklist(['leftHeavy', 'timeOrder']);
const chartOrder = v.custom<ChartOrder>(
  (value) => typeof value === 'string' && /^(leftHeavy|timeOrder|call(er|ee)s:\d{1,9})$/.test(value),
  'no order',
);
const functionSort = v.picklist(['self', 'total', 'deltaSelf', 'deltaTotal', 'name', 'file']);
const text = v.pipe(v.string(), v.maxLength(maxQuery));
const filter = v.object({ query: text, regex: v.boolean(), matchCase: v.boolean() });

export const viewStateSchema = v.object({
  view: viewSpec,
  order,
  range: v.nullable(v.object({ from: finite, to: finite })),
  scroll: finite,
  zoomed: v.nullable(node),
  focused: v.nullable(node),
  search: filter,
  sandwich: v.optional(v.nullable(v.object({ func: index, share: finite }))),
  table: v.object({
    visible: v.boolean(),
    sort: functionSort,
    descending: v.boolean(),
    filter: text,
    width: finite,
  }),
});

const frame = v.object({ view: viewSpec, order: chartOrder, node });

const request = v.variant('method', [
  v.object({
    kind: v.literal('request'),
    id: index,
    method: v.literal('flameWindow'),
    params: v.object({
      view: viewSpec,
      order: chartOrder,
      from: finite,
      to: finite,
      pixels: v.pipe(finite, v.minValue(1), v.maxValue(maxPixels)),
      names: v.picklist(['profile', 'window', 'none']),
    }),
  }),
  v.object({ kind: v.literal('request'), id: index, method: v.literal('frameDetails'), params: frame }),
  v.object({ kind: v.literal('request'), id: index, method: v.literal('frameParents'), params: frame }),
  v.object({
    kind: v.literal('request'),
    id: index,
    method: v.literal('search'),
    params: v.object({ view: viewSpec, ...filter.entries }),
  }),
  v.object({
    kind: v.literal('request'),
    id: index,
    method: v.literal('functionTable'),
    params: v.object({
      view: viewSpec,
      sort: functionSort,
      descending: v.boolean(),
      filter,
      offset: index,
      limit: v.pipe(index, v.maxValue(maxRows)),
    }),
  }),
]);

const toHostSchema = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  request,
  v.object({ kind: v.literal('cancel'), id: index }),
  v.object({ kind: v.literal('openFrame'), ...frame.entries }),
  v.object({ kind: v.literal('focusFrame'), ...frame.entries }),
  v.object({ kind: v.literal('openFunction'), view: viewSpec, func: index }),
  v.object({ kind: v.literal('state'), state: viewStateSchema }),
  v.object({ kind: v.literal('copy'), text: v.pipe(v.string(), v.maxLength(maxCopy)) }),
  v.object({
    kind: v.literal('dropUris'),
    uris: v.pipe(v.array(v.pipe(v.string(), v.maxLength(maxAddress))), v.maxLength(maxDropped)),
  }),
  v.object({
    kind: v.literal('dropFile'),
    name: v.pipe(v.string(), v.maxLength(maxAddress)),
    bytes: v.pipe(
      v.instance(Uint8Array),
      v.check((bytes) => bytes.length <= maxDroppedBytes, 'too many bytes'),
    ),
  }),
  v.object({ kind: v.literal('retry') }),
  v.object({ kind: v.literal('compare'), on: v.boolean() }),
  v.object({ kind: v.literal('showOutput') }),
]);

/** A checked message; its requests carry the exact parameters of their method. */
export type WebviewMessage = v.InferOutput<typeof toHostSchema>;
export type WebviewRequest = v.InferOutput<typeof request>;

/** @returns null, and `problem` in words for the log, where the message is not one of the protocol's. */
export function parseWebviewMessage(
  message: unknown,
): { message: WebviewMessage } | { message: null; problem: string } {
  const result = v.safeParse(toHostSchema, message);
  if (result.success) {
    return { message: result.output };
  }
  const [issue] = result.issues;
  return { message: null, problem: `${v.getDotPath(issue) ?? 'message'}: ${issue.message}`.slice(0, 300) };
}
