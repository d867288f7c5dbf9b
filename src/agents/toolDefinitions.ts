import type { InputSchema } from './inputSchema';

/**
 * The tools as language models see them: in VS Code (package.json has the same, which a test compares) and over MCP.
 */
export interface ToolDefinition<S extends InputSchema = InputSchema> {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** For models: what it answers and when to use it. */
  readonly description: string;
  readonly inputSchema: S;
  /** Whether it only reads: else it is asked for before it runs. */
  readonly readOnly: boolean;
}

const profile = {
  type: 'string',
  description: 'Path of a profile file, or the name of an open profile. Left out: the profile that is looked at.',
} as const;
const by = {
  type: 'string',
  enum: ['line', 'function', 'file'],
  description: 'What a row is. Default: line.',
} as const;
const type = {
  type: 'string',
  description: 'Sample type, such as cpu, time, samples, alloc_space. Default: that of the view or the profile.',
} as const;
const limit = { type: 'integer', minimum: 1, maximum: 100, description: 'How many rows. Default: 20.' } as const;
const path = {
  type: 'string',
  description: 'Only code of files whose path contains this; an absolute or relative path of a source file will do.',
} as const;
const name = { type: 'string', description: 'Only functions whose name contains this.' } as const;
const filter = {
  type: 'array',
  items: { type: 'string' },
  maxItems: 20,
  description: 'Only samples with these labels, each as KEY=VALUE; several values of one key are alternatives.',
} as const;
const thread = {
  type: 'array',
  items: { type: 'string' },
  maxItems: 20,
  description: 'Only samples of these threads, by name or number.',
} as const;
const process = {
  type: 'array',
  items: { type: 'string' },
  maxItems: 20,
  description: 'Only samples of these processes, by name or number.',
} as const;
const format = {
  type: 'string',
  enum: ['text', 'json'],
  description: 'text (default), or json with unrounded values in the unit of the sample type.',
} as const;

export const hotLinesTool = {
  name: 'emberline_hot_lines',
  title: 'Hot Lines of a Profile',
  description:
    'Lists the hottest source lines, functions or files of a CPU, heap, lock or other profile: file:line, share, self and total values, and the source text of the line. Self is what was sampled in the row itself, total includes what it called. Use it to find where a program spends its time or memory. Reads pprof, V8 .cpuprofile and .heapprofile, JFR, perf, folded stacks, speedscope, Callgrind, Chrome and Firefox profiles and more.',
  readOnly: true,
  inputSchema: {
    type: 'object',
    properties: {
      profile,
      by,
      sort: { type: 'string', enum: ['self', 'total'], description: 'What rows are sorted by. Default: self.' },
      type,
      limit,
      path,
      name,
      filter,
      thread,
      process,
      format,
    },
    additionalProperties: false,
  },
} as const satisfies ToolDefinition;

export const diffTool = {
  name: 'emberline_diff',
  title: 'Compare Two Profiles',
  description:
    'Compares two profiles by function, line or file: what each row’s share was before and is now, in percentage points, the largest changes first. Use it to find regressions, or to check that a change made code faster. Without names it compares the open profile with the baseline.',
  readOnly: true,
  inputSchema: {
    type: 'object',
    properties: {
      base: { type: 'string', description: 'Profile to compare with: a path or name. Left out: the baseline.' },
      new: {
        type: 'string',
        description: 'Profile that is newer: a path or name. Left out: the profile that is looked at.',
      },
      by: { ...by, enum: ['function', 'line', 'file'], description: 'What a row is. Default: function.' },
      sort: {
        type: 'string',
        enum: ['self', 'total'],
        description: 'By the change of which rows are sorted. Default: self.',
      },
      type,
      limit,
      path,
      name,
      filter,
      thread,
      process,
      format,
    },
    additionalProperties: false,
  },
} as const satisfies ToolDefinition;

export const callersTool = {
  name: 'emberline_callers',
  title: 'Callers and Callees in a Profile',
  description:
    'Says who calls a function, or a line of a file, and what it calls, each with the value of the samples on that way. Name a function, or a path and a line. Use it after emberline_hot_lines to find out why something is hot.',
  readOnly: true,
  inputSchema: {
    type: 'object',
    properties: {
      profile,
      function: { type: 'string', description: 'Name of the function: whole, its last part, or any part.' },
      path: { type: 'string', description: 'Source file of the line; with a function: only one of this file.' },
      line: { type: 'integer', minimum: 1, maximum: 100_000_000, description: '1-based line of that file.' },
      depth: { type: 'integer', minimum: 1, maximum: 8, description: 'Steps away from the function. Default: 1.' },
      limit: { type: 'integer', minimum: 1, maximum: 50, description: 'Functions on each side. Default: 10.' },
      type,
      filter,
      thread,
      process,
      format,
    },
    additionalProperties: false,
  },
} as const satisfies ToolDefinition;

export const profileTargetTool = {
  name: 'emberline_profile_target',
  title: 'Profile a Running Program',
  description:
    'Profiles a running program or a command for some seconds and answers its hottest lines. Name exactly one target: debugSession, pid, address or command. The profile stays open for the other tools. The user is asked before anything starts.',
  readOnly: false,
  inputSchema: {
    type: 'object',
    properties: {
      debugSession: { type: 'boolean', description: 'true: the program that is being debugged in VS Code.' },
      pid: { type: 'integer', minimum: 1, maximum: 4_194_304, description: 'Number of a process of this machine.' },
      address: {
        type: 'string',
        description: 'host:port or http address of a profiling endpoint: Go net/http/pprof, V8 inspector and others.',
      },
      command: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        maxItems: 200,
        description: 'Program and arguments to run under the sampler of its language (no shell).',
      },
      seconds: { type: 'number', minimum: 1, maximum: 300, description: 'How long to sample. Default: 10.' },
      kind: {
        type: 'string',
        enum: [
          'v8-inspector',
          'go-pprof',
          'nylas',
          'async-profiler',
          'http',
          'py-spy',
          'austin',
          'jfr',
          'asprof',
          'perf',
        ],
        description: 'How to capture from an address or a process, where it cannot be told from it.',
      },
      profile: {
        type: 'string',
        description: 'Kind of profile where the target has several: cpu, heap, allocs, mutex, block …',
      },
      by,
      limit,
    },
    additionalProperties: false,
  },
} as const satisfies ToolDefinition;

export const toolDefinitions: readonly ToolDefinition[] = [hotLinesTool, diffTool, callersTool, profileTargetTool];
