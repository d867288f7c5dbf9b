// Debug types that users have from other extensions: Python, Go and LLDB with the real debugpy, delve and lldb-dap; Java
// and C++ with an adapter that runs the program and tells its process as theirs do.
const { spawn } = require('node:child_process');
const { readdirSync } = require('node:fs');
const { delimiter } = require('node:path');
const vscode = require('vscode');

/** Answers every request; `launch` runs `program` with `args`. */
class ScriptedAdapter {
  constructor(type) {
    this.type = type;
    this.seq = 1;
    this.emitter = new vscode.EventEmitter();
    this.onDidSendMessage = this.emitter.event;
  }

  send(message) {
    this.emitter.fire({ seq: this.seq++, ...message });
  }

  event(event, body) {
    this.send({ type: 'event', event, body });
  }

  handleMessage({ type, seq, command, arguments: args }) {
    if (type !== 'request') return;
    const body = command === 'threads' ? { threads: [{ id: 1, name: 'main' }] } : {};
    this.send({ type: 'response', request_seq: seq, command, success: true, body });
    if (command === 'initialize') this.event('initialized', {});
    if (command === 'launch') this.launch(args);
    if (command === 'disconnect' || command === 'terminate') this.child?.kill();
  }

  launch({ program, vmArgs = [], args }) {
    this.child = spawn(program, [...vmArgs, ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
    this.child.once('exit', () => this.event('terminated', {}));
    const { pid } = this.child;
    if (this.type === 'java') this.event('processid', { processId: pid, shellProcessId: -1 });
    if (this.type === 'cppdbg') this.event('process', { name: program, systemProcessId: pid, isLocalProcess: true });
  }

  dispose() {
    this.child?.kill();
  }
}

/** `dlv dap` listens, and says where. */
function startDelve() {
  return new Promise((resolve, reject) => {
    const child = spawn('dlv', ['dap', '--listen=127.0.0.1:0', '--check-go-version=false'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.once('error', reject);
    child.stdout.on('data', (data) => {
      const port = /listening at: .*:(\d+)/.exec(String(data))?.[1];
      if (port !== undefined) resolve(new vscode.DebugAdapterServer(Number(port), '127.0.0.1'));
    });
  });
}

/** Distributions add a version to its name; before LLVM 18 it was lldb-vscode. */
function findLldb() {
  const names = process.env.PATH.split(delimiter).flatMap((folder) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  });
  return names.find((name) => /^lldb-(dap|vscode)(-\d+)?$/.test(name)) ?? 'lldb-dap';
}

exports.activate = (context) => {
  for (const type of ['java', 'cppdbg', 'silent']) {
    const createDebugAdapterDescriptor = () => new vscode.DebugAdapterInlineImplementation(new ScriptedAdapter(type));
    context.subscriptions.push(
      vscode.debug.registerDebugAdapterDescriptorFactory(type, { createDebugAdapterDescriptor }),
    );
  }
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('go', { createDebugAdapterDescriptor: startDelve }),
    vscode.debug.registerDebugAdapterDescriptorFactory('lldb-dap', {
      createDebugAdapterDescriptor: () => new vscode.DebugAdapterExecutable(findLldb()),
    }),
    vscode.debug.registerDebugAdapterDescriptorFactory('debugpy', {
      createDebugAdapterDescriptor: () => new vscode.DebugAdapterExecutable('python3', ['-m', 'debugpy.adapter']),
    }),
  );
};
