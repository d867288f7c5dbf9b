import { goLines, jfrLines, type LineTable, pySpyLines, v8Lines } from './lineOracles';
import { projectFile } from './workspaceFolder';

/** A program, its capture, what the format's own tool says of it, and the edits that are made of it. */
export interface Case {
  readonly name: string;
  readonly source: string;
  /** What else the source needs to be found. */
  readonly beside?: string;
  readonly capture: string;
  readonly table: () => LineTable;
  /** Put above the first line. */
  readonly insert: readonly string[];
  /** Lines (1-based, of the original) and what is done with them; all are hot. */
  readonly deleted: number;
  readonly edited: number;
  readonly edit: (line: string) => string;
  readonly commented: number;
  readonly comment: string;
  /** A function, first and last line, and the line that it is put behind. */
  readonly moved: readonly [number, number];
  readonly behind: number;
}

export const fixture = (...path: string[]): string => projectFile('test', 'fixtures', ...path);

export const cases: readonly Case[] = [
  {
    name: 'Node',
    source: 'busy.js',
    capture: 'node.cpuprofile',
    table: () => v8Lines(fixture('node.cpuprofile'), '/busy.js'),
    insert: ['// One line more.', "const { join } = require('node:path');", ''],
    deleted: 28,
    edited: 29,
    edit: (line) => line.replace('8_000', '9_000'),
    commented: 11,
    comment: ' // all kinds of garbage',
    moved: [8, 17],
    behind: 23,
  },
  {
    name: 'Go',
    source: 'main.go',
    beside: 'go.mod',
    capture: 'go-cpu.pb.gz',
    table: () => goLines(fixture('oracle', 'go-cpu.lines.txt'), 'hot/main.go'),
    insert: ['// One line more.', '//go:build !none', ''],
    deleted: 58,
    edited: 57,
    edit: (line) => line.replace('24', '25'),
    commented: 20,
    comment: ' // the end of it',
    moved: [18, 23],
    behind: 36,
  },
  {
    name: 'Java',
    source: 'Busy.java',
    capture: 'jfr/jdk17.jfr.gz',
    table: () => jfrLines(fixture('jfr', 'jdk17.oracle.txt'), 'jdk.ExecutionSample', 'Busy'),
    insert: ['// One line more.', 'import java.util.Map;', ''],
    deleted: 85,
    edited: 102,
    edit: (line) => line.replace('1000', '2000'),
    commented: 34,
    comment: ' // twice',
    moved: [41, 48],
    behind: 56,
  },
  {
    name: 'Python',
    source: 'busy.py',
    capture: 'py-spy.folded',
    table: () => pySpyLines(fixture('py-spy.folded'), 'busy.py'),
    insert: ['# One line more.', 'import math', ''],
    deleted: 25,
    edited: 24,
    edit: (line) => line.replace('20000', '30000'),
    commented: 8,
    comment: '  # twice',
    moved: [11, 13],
    behind: 17,
  },
];

/** The text with the fixed edits made, up to the `count`th. */
export function editedText(original: readonly string[], each: Case, count: number): string[] {
  let lines = original.map((text, i) => ({ text, line: i + 1 }));
  const edits: (() => void)[] = [
    () => {
      lines = [...each.insert.map((text) => ({ text, line: 0 })), ...lines];
    },
    () => {
      lines = lines.map((at) => (at.line === each.commented ? { ...at, text: `  ${at.text}${each.comment}` } : at));
    },
    () => {
      lines = lines.map((at) => (at.line === each.edited ? { ...at, text: each.edit(at.text) } : at));
    },
    () => {
      lines = lines.filter(({ line }) => line !== each.deleted);
    },
    () => {
      const [first, last] = each.moved;
      const block = lines.filter(({ line }) => line >= first && line <= last);
      const rest = lines.filter((at) => !block.includes(at));
      const at = rest.findIndex(({ line }) => line === each.behind) + 1;
      lines = [...rest.slice(0, at), { text: '', line: 0 }, ...block, ...rest.slice(at)];
    },
  ];
  for (const edit of edits.slice(0, count)) edit();
  return lines.map(({ text }) => text);
}
