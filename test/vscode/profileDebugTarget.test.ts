import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { bytesSource } from '../../src/engine/byteSource';
import { cpuprofile } from '../../src/formats/cpuprofile';
import type { Profile } from '../../src/profile/profile';
import {
  acceptAll,
  acceptQuickInput,
  clearNotifications,
  clickStatusBarItem,
  eventually,
  notifications,
  pick,
  pressNotificationButton,
  runCommand,
  statusBarItems,
  typeIntoQuickInput,
  waitForFlameGraph,
  waitForNotification,
  waitForQuickPick,
  waitForStatusBarItem,
} from './driver';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

const FOLDER = 'capture';

/** Burns CPU in a function whose name says which process it is in. Line 5 is where breakpoints go. */
const files = {
  'busy.js': `const seconds = Number(process.argv[2] ?? 120);
const until = Date.now() + seconds * 1000;
function crunchNumbers(ms) { const end = Date.now() + ms; let n = 1; while (Date.now() < end) n = Math.sqrt(n + 3); return n; }
function everySecond(count) {
  return count + 1;
}
let rounds = 0;
function turn() {
  crunchNumbers(20);
  if (++rounds % 40 === 0) everySecond(rounds);
  if (Date.now() < until) setTimeout(turn, 2);
}
turn();
`,
  'parent.js': `const { fork } = require('node:child_process');
const { join } = require('node:path');
const until = Date.now() + 120000;
function parentWork(ms) { const end = Date.now() + ms; let n = 1; while (Date.now() < end) n = Math.sqrt(n + 3); return n; }
function turn() { parentWork(15); if (Date.now() < until) setTimeout(turn, 5); }
const forkChild = () => fork(join(__dirname, 'child.js'), { stdio: 'ignore' });
if (process.argv[2] === 'later') setTimeout(forkChild, 5000); else forkChild();
turn();
`,
  'child.js': `function childWork(ms) { const end = Date.now() + ms; let n = 1; while (Date.now() < end) n = Math.sqrt(n + 3); return n; }
process.on('disconnect', () => process.exit());
(function turn() { childWork(15); setTimeout(turn, 5); })();
`,
  // As loaders of TypeScript do: what runs has a map of its own, and the file on disk is something else.
  'inMemory.js': `const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const Module = require('node:module');
const file = join(__dirname, 'typed.ts');
const lines = readFileSync(file, 'utf8').split('\\n');
// Two lines before the code; line i of the source is line i + 2 of what runs. ';AACA' is one line further.
const code = ['"use strict";', '/* loader */', ...lines.map((line) => line.replace(/: number/g, ''))].join('\\n');
const map = { version: 3, sources: [file], names: [], mappings: ';;AAAA' + ';AACA'.repeat(lines.length - 1) };
const url = 'data:application/json;base64,' + Buffer.from(JSON.stringify(map)).toString('base64');
const loaded = new Module(file, module);
loaded.filename = file;
loaded._compile(code + '\\n//# source' + 'MappingURL=' + url, file);
`,
  'typed.ts': `const deadline = Date.now() + 120000;

function typedWork(ms: number): number {
  const end = Date.now() + ms;
  let n = 1;
  while (Date.now() < end) {
    n = Math.sqrt(n + 3);
  }
  return n;
}

function again() {
  typedWork(20);
  if (Date.now() < deadline) setTimeout(again, 2);
}
again();
`,
};

let folder = '';
const children: ChildProcess[] = [];

async function launch(program: string, ...args: string[]): Promise<vscode.DebugSession> {
  const started: vscode.DebugSession[] = [];
  const listening = vscode.debug.onDidStartDebugSession((session) => started.push(session));
  try {
    const ok = await vscode.debug.startDebugging(vscode.workspace.workspaceFolders![0], {
      ...{ type: 'node', request: 'launch', name: `run ${program}`, program: join(folder, program), args },
      ...{ console: 'internalConsole', runtimeExecutable: process.execPath },
    });
    assert.ok(ok, 'the debug session did not start');
    await eventually(
      () => started,
      (all) => all.some((session) => session.parentSession),
    );
    return started.find((session) => session.parentSession)!;
  } finally {
    listening.dispose();
  }
}

function startProfiling(): Promise<vscode.Uri | undefined> {
  return Promise.resolve(vscode.commands.executeCommand<vscode.Uri | undefined>('emberline.profileDebugTarget'));
}

const sampling = (): Promise<string> => waitForStatusBarItem('Profiling 0:');
const stopProfiling = (): Thenable<unknown> => vscode.commands.executeCommand('emberline.stopProfiling');
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function decode(uri: vscode.Uri | undefined): Profile {
  assert.ok(uri, 'there is no capture');
  assert.ok(existsSync(uri.fsPath), `${uri.fsPath} does not exist`);
  const bytes = new Uint8Array(readFileSync(uri.fsPath));
  return cpuprofile.decode(bytesSource(uri.fsPath, bytes), { checkpoint: () => undefined });
}

/** Milliseconds of samples that have the function as their leaf, by thread. */
function selfMs(profile: Profile, name: string): Map<number, number> {
  const { samples, stacks, frames, functions, strings } = profile;
  const time = samples.values[profile.sampleTypes.findIndex((type) => type.unit === 'microseconds')];
  const byThread = new Map<number, number>();
  for (let i = 0; i < samples.length; i++) {
    const stack = samples.stack[i];
    if (stack >= 0 && strings[functions.name[frames.func[stacks.frame[stack]]]] === name) {
      const thread = samples.thread?.[i] ?? 0;
      byThread.set(thread, (byThread.get(thread) ?? 0) + time[i] / 1000);
    }
  }
  return byThread;
}

const sum = (values: Map<number, number>): number => [...values.values()].reduce((total, value) => total + value, 0);

suite('Profile Debug Target', () => {
  suiteSetup(() => {
    folder = writeWorkspace(FOLDER, files);
  });
  teardown(async () => {
    await stopProfiling();
    await vscode.debug.stopDebugging();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await vscode.workspace.getConfiguration('emberline').update('duration', undefined, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await clearNotifications();
  });
  suiteTeardown(() => removeFromWorkspace(FOLDER));

  test('profiles the only session until a click, and shows the flame graph', async function () {
    this.timeout(120_000);
    const session = await launch('busy.js');
    await wait(1000); // Hot and optimized by now.
    await runCommand('Emberline: Profile Debug Target');
    await sampling();
    await waitForNotification('Profiling busy.js');
    await wait(4500);
    const said = (await notifications()).map(({ message }) => message).join();
    assert.match(said, /0:0\d · [\d,]+ samples — Stop · Discard/);
    await clickStatusBarItem('Profiling 0:');
    await waitForFlameGraph();
    await eventually(statusBarItems, (items) => !items.some((item) => item.text.includes('Profiling 0:')));
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab!;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.match(input.uri.path, /\/captures\/[\d-]+ [\d.]+ busy\.js.*\.cpuprofiles$/);
    const profile = decode(input.uri);
    assert.equal(profile.threads.length, 1);
    assert.equal(profile.threads[0].process, session.name);
    assert.ok(Number(profile.threads[0].pid) > 0);
