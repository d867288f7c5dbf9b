import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { bytesSource } from '../../src/engine/byteSource';
import { cpuprofile } from '../../src/formats/cpuprofile/cpuprofile';
import type { Profile } from '../../src/profile/profile';
import {
  acceptAll,
  clearNotifications,
  clickStatusBarItem,
  eventually,
  notifications,
  pick,
  pressNotificationButton,
  runCommand,
  statusBarItems,
  typeIntoQuickInput,
  ui,
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
  'withWorker.js': `const { Worker } = require('node:worker_threads');
const work = 'function workerWork() { const end = Date.now() + 15; while (Date.now() < end); setTimeout(workerWork, 5); } workerWork();';
new Worker(work, { eval: true, name: 'cruncher' });
require('./busy.js');
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

/** Until the input box has taken the place of the choice before. */
async function inspectorAsked(): Promise<void> {
  await ui((page) =>
    page
      .locator('.quick-input-widget:visible .quick-input-title', { hasText: 'Attach to a Running Inspector' })
      .waitFor()
      .then(() => null),
  );
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

/**
 * The function took most of the samples of its own file, and enough of them to say so. No more: on a machine that has
 * other work to do, samples come late and few.
 */
function assertHot(profile: Profile, name: string): void {
  const { functions, strings } = profile;
  const files = new Set(
    Array.from(functions.name).flatMap((at, i) => (strings[at] === name ? [functions.file[i]] : [])),
  );
  const ofFile = new Set(
    Array.from(functions.name).flatMap((at, i) => (files.has(functions.file[i]) ? [strings[at]] : [])),
  );
  const own = sum(selfMs(profile, name));
  const all = [...ofFile].reduce((total, other) => total + sum(selfMs(profile, other)), 0);
  assert.ok(own > 200 && own > 0.6 * all, `${name} has ${own} of ${all} ms`);
}

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
    this.timeout(240_000);
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
    assertHot(profile, 'crunchNumbers');
    assert.ok(profile.meta.durationMs! > 4000);
    // The debugger goes on.
    const { threads } = await session.customRequest('threads');
    assert.ok(threads.length > 0);
  });

  test('takes all of several sessions, labelled by session', async function () {
    this.timeout(240_000);
    await launch('parent.js');
    await wait(3000);
    const capture = startProfiling();
    const items = await waitForQuickPick('Profile Which Debug Sessions?');
    assert.ok(items.length >= 2 && items.every((item) => item.checked), JSON.stringify(items));
    await acceptAll();
    await sampling();
    await wait(3000);
    await stopProfiling();
    const profile = decode(await capture);
    const inParent = selfMs(profile, 'parentWork');
    const inChild = selfMs(profile, 'childWork');
    assertHot(profile, 'parentWork');
    assertHot(profile, 'childWork');
    assert.equal(inParent.size, 1);
    assert.equal(inChild.size, 1);
    const labels = profile.threads.map((thread) => thread.process);
    assert.match(labels[[...inParent.keys()][0]]!, /parent\.js/);
    assert.match(labels[[...inChild.keys()][0]]!, /child\.js/);
    assert.equal(new Set(profile.threads.map((thread) => thread.pid)).size, profile.threads.length);
  });

  test('lets a child that starts later join', async function () {
    this.timeout(240_000);
    await launch('parent.js', 'later');
    const capture = startProfiling();
    await sampling();
    await waitForNotification('2 targets');
    await wait(2500);
    await stopProfiling();
    const profile = decode(await capture);
    assertHot(profile, 'childWork');
    assertHot(profile, 'parentWork');
  });

  test('keeps what arrived from a program that ends', async function () {
    this.timeout(240_000);
    await launch('busy.js', '9');
    const profile = decode(await startProfiling());
    assertHot(profile, 'crunchNumbers');
    await waitForNotification('are missing');
    assert.match(profile.meta.notes.join(), /its last \d+\.\d s are missing/);
  });

  test('keeps what arrived from a program that is killed', async function () {
    this.timeout(240_000);
    await launch('busy.js');
    const capture = startProfiling();
    await sampling();
    await wait(5000);
    const text = (await notifications()).map(({ message }) => message).join();
    const pid = Number(/busy\.js \[(\d+)\]/.exec(text)?.[1]);
    assert.ok(pid > 0, text);
    process.kill(pid, 'SIGKILL');
    const profile = decode(await capture);
    assertHot(profile, 'crunchNumbers');
    assert.match(await waitForNotification('are missing'), /its last \d+\.\d s are missing/);
  });

  test('leaves breakpoints and evaluation to the debugger, and does not count the pause', async function () {
    this.timeout(240_000);
    const session = await launch('busy.js');
    const capture = startProfiling();
    await sampling();
    await wait(1500);
    const line = 4;
    const place = new vscode.Location(vscode.Uri.file(join(folder, 'busy.js')), new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    const frame = await eventually(
      () => vscode.debug.activeStackItem,
      (item) => item instanceof vscode.DebugStackFrame,
    );
    assert.ok(frame instanceof vscode.DebugStackFrame);
    assert.equal(frame.session.id, session.id);
    await waitForNotification('paused in the debugger');
    await wait(3000);
    const question = { expression: 'count + 1000000', frameId: frame.frameId, context: 'repl' };
    const { result } = await frame.session.customRequest('evaluate', question);
    assert.ok(Number(result) > 1_000_000, result);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await session.customRequest('continue', { threadId: frame.threadId });
    await eventually(
      () => vscode.debug.activeStackItem,
      (item) => !(item instanceof vscode.DebugStackFrame),
    );
    await wait(1500);
    await stopProfiling();
    const profile = decode(await capture);
    assert.match(profile.meta.notes.join(), /was paused in the debugger for \d+\.\d s: that time was not sampled/);
    const paused = sum(selfMs(profile, 'everySecond'));
    assert.ok(paused < 500, `${paused} ms were counted for the function that was paused for over 3 s`);
    assertHot(profile, 'crunchNumbers');
  });

  test('stops after the set duration', async function () {
    this.timeout(240_000);
    await vscode.workspace.getConfiguration('emberline').update('duration', 3, true);
    await launch('busy.js');
    const profile = decode(await startProfiling());
    const { durationMs } = profile.meta;
    assert.ok(durationMs! > 2500 && durationMs! < 9000, String(durationMs));
  });

  test('asks the debugger for sources that are not on disk', async function () {
    this.timeout(240_000);
    await launch('inMemory.js');
    const capture = startProfiling();
    await sampling();
    await wait(3000);
    await stopProfiling();
    const profile = decode(await capture);
    const { functions, strings, leafLines } = profile;
    const func = Array.from(functions.name).findIndex((name) => strings[name] === 'typedWork');
    assert.ok(func >= 0);
    assert.equal(strings[functions.file[func]], join(folder, 'typed.ts'));
    assert.equal(functions.line[func], 3);
    const lines = new Set<number>();
    for (let i = 0; i < leafLines!.length; i++) {
      if (profile.frames.func[profile.stacks.frame[leafLines!.stack[i]]] === func) lines.add(leafLines!.line[i]);
    }
    assert.ok([...lines].every((line) => line >= 3 && line <= 9) && (lines.has(6) || lines.has(7)), [...lines].join());
  });

  test('discards what was sampled', async function () {
    this.timeout(240_000);
    await launch('busy.js');
    const capture = startProfiling();
    await sampling();
    await wait(1000);
    await runCommand('Emberline: Stop Profiling and Discard');
    assert.equal(await capture, undefined);
  });

  test('offers what to do without a session, and attaches to a plain inspector', async function () {
    this.timeout(240_000);
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', join(folder, 'withWorker.js')]);
    children.push(child);
    const address = await new Promise<string>((resolve) => {
      let text = '';
      child.stderr.on('data', (chunk) => {
        text += chunk;
        const found = /ws:\/\/([\d.]+:\d+)\//.exec(text);
        if (found) resolve(found[1]);
      });
    });
    const capture = startProfiling();
    const items = await waitForQuickPick('No debug session is running');
    assert.deepEqual(
      items.map(({ label }) => label.replace(/^\$\([a-z-]+\) ?/, '').trim()),
      [
        'Start debugging…',
        'Attach to a running inspector (host:port)…',
        'Profile a running process…',
        'Profile a command…',
        'Open a profile file…',
      ],
    );
    await pick('Attach to a running inspector (host:port)…');
    await inspectorAsked();
    await typeIntoQuickInput(address);
    await sampling();
    await wait(2500);
    await stopProfiling();
    const profile = decode(await capture);
    assertHot(profile, 'crunchNumbers');
    assert.equal(profile.threads[0].pid, child.pid);
    assert.match(profile.threads[0].process!, /withWorker\.js at 127\.0\.0\.1/);
    // Its worker is a thread of the same process.
    assert.deepEqual(
      profile.threads.map(({ pid, process: of }) => [pid, of]),
      [0, 1].map(() => [child.pid, profile.threads[0].process]),
    );
    assert.match(String(profile.threads[1].name), /cruncher/);
    assert.ok(profile.strings.includes('workerWork'));
    assert.equal(child.exitCode, null);
  });

  test('says where no inspector answers', async function () {
    this.timeout(240_000);
    const capture = startProfiling();
    await waitForQuickPick('No debug session is running');
    await pick('Attach to a running inspector (host:port)…');
    await inspectorAsked();
    await typeIntoQuickInput('127.0.0.1:1');
    await waitForNotification('No inspector answers at 127.0.0.1:1');
    assert.equal(await capture, undefined);
    await pressNotificationButton('No inspector answers', 'Show Output');
  });
});
