import { expect, it } from 'vitest';
import type { Comparison } from '../analysis/comparison';
import type { FunctionHeat } from '../engine/hottestApi';
import type { MatchKind } from '../sources/symbolMatch';
import type { DefinedFunction, DocumentFunctions } from './functionHeat';
import { functionLines } from './functionLines';
import { lineChange } from './heatChange';

const defined = (
  name: string,
  line: number,
  self: number,
  total: number,
  kind: MatchKind = 'file',
): DefinedFunction => {
  const func: FunctionHeat = {
    func: line,
    name,
    file: -1,
    path: null,
    module: null,
    line: null,
    self,
    total,
    samples: total,
    callers: [],
    callerCount: 0,
  };
  return { func, symbol: { path: [name], startLine: line - 1, nameLine: line, endLine: line + 5 }, kind };
};

const found = (...functions: DefinedFunction[]): DocumentFunctions => ({
  defined: functions,
  unplaced: [],
  totals: { viewTotal: 1000, viewSamples: 1000, unit: 'count' },
  symbols: true,
});

it('puts what functions cost on the lines of their names, ascending', () => {
  const hot = functionLines(found(defined('b', 20, 5, 900, 'name'), defined('a', 3, 400, 400)), 0.001, 100);
  expect(hot).toMatchObject({ viewTotal: 1000, unit: 'count', baseline: null, fileTotal: null });
  expect(hot.lines).toMatchObject([
    { line: 3, self: 400, total: 400, recorded: [], stale: false, definition: { name: 'a', kind: 'file' } },
    { line: 20, self: 5, total: 900, definition: { name: 'b', kind: 'name' } },
  ]);
});

it('compares with the functions of the baseline, also with those that only it has', () => {
  const before = found(defined('a', 3, 100, 200), defined('gone', 9, 50, 50));
  const comparison: Comparison = {
    kind: 'comparison',
    view: { sampleType: 0, thread: null },
    by: 'rate',
    scale: 2,
    counted: true,
    notes: [],
  };
  const hot = functionLines(found(defined('a', 3, 400, 400), defined('b', 20, 5, 900)), 0.001, 100, {
    functions: before,
    comparison,
  });
  expect(hot.baseline).toMatchObject({ by: 'rate', scale: 2, baseTotal: 1000, viewTotal: 1000 });
  expect(hot.lines).toMatchObject([
    { line: 3, self: 400, baseline: { self: 200, total: 400, samples: 200 }, definition: { func: 3, name: 'a' } },
    { line: 9, self: 0, total: 0, baseline: { self: 100, total: 100 }, definition: { func: null, name: 'gone' } },
    { line: 20, self: 5, baseline: { self: 0, total: 0, samples: 0 }, definition: { func: 20, name: 'b' } },
  ]);
  expect(hot.lines.map((line) => lineChange(line, hot, 'self')?.kind)).toEqual(['up', 'vanished', 'new']);
});

it('leaves out what is below the threshold, beyond the document, or lighter on the same line', () => {
  const functions = found(
    defined('cold', 1, 0, 9),
    defined('gone', 500, 300, 300),
    defined('getter', 7, 20, 20),
    defined('setter', 7, 30, 30),
    defined('nothing', 9, 0, 0),
  );
  expect(functionLines(functions, 0.01, 100).lines.map(({ definition }) => definition?.name)).toEqual(['setter']);
});
