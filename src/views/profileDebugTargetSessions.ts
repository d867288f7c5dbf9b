import * as vscode from 'vscode';
import type { CdpConnection } from '../endpoints/cdpConnection';

/** Session types of VS Code's JavaScript debugger (js-debug 1.117); its sessions run as the `pwa-` ones. */
export const javascriptTypes: readonly string[] = [
  ...['pwa-node', 'node', 'node-terminal', 'pwa-extensionHost', 'extensionHost'],
  ...['pwa-chrome', 'chrome', 'pwa-msedge', 'msedge', 'pwa-editor-browser', 'editor-browser'],
];

const PROXY_TIMEOUT_MS = 5_000;

/**
 * The debug sessions of the window. VS Code lists only the active one, so they are noted as they start: the extension
 * is activated by `onDebug`, before the first.
 */
export class DebugSessions implements vscode.Disposable {
  private readonly sessions = new Map<string, vscode.DebugSession>();
  private readonly started = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly ended = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly subscriptions: vscode.Disposable[];
  /** A target that can be profiled has started. */
  readonly onDidStart = this.started.event;
  readonly onDidEnd = this.ended.event;

  constructor() {
    this.note(vscode.debug.activeDebugSession);
    this.subscriptions = [
      this.started,
      this.ended,
      vscode.debug.onDidStartDebugSession((session) => this.note(session)),
      vscode.debug.onDidChangeActiveDebugSession((session) => this.note(session)),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.sessions.delete(session.id);
        this.ended.fire(session);
      }),
    ];
  }

  private note(session: vscode.DebugSession | undefined): void {
    for (let known = session; known && !this.sessions.has(known.id); known = known.parentSession) {
      this.sessions.set(known.id, known);
      if (isTarget(known)) {
        this.started.fire(known);
      }
    }
  }

  /** Sessions that are a process, worker or page of their own, in the order of their start. */
  get targets(): vscode.DebugSession[] {
    return [...this.sessions.values()].filter(isTarget);
  }

  /** Whether a JavaScript session is there, perhaps without a target yet. */
  get anyJavascript(): boolean {
    return [...this.sessions.values()].some((session) => javascriptTypes.includes(session.type));
  }

  get others(): vscode.DebugSession[] {
    return [...this.sessions.values()].filter((session) => !javascriptTypes.includes(session.type));
  }

  /** Waits for a first target, for a session that was started just now. */
  async waitForTarget(timeoutMs: number, token: vscode.CancellationToken): Promise<void> {
    await new Promise<void>((resolve) => {
      const disposables: vscode.Disposable[] = [];
      const done = (): void => {
        clearTimeout(timer);
        vscode.Disposable.from(...disposables).dispose();
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      disposables.push(this.onDidStart(done), token.onCancellationRequested(done));
      if (this.targets.length > 0) {
        done();
      }
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

/** js-debug's root session of a launch has no target: each process, worker and page is a child of it or of another. */
function isTarget(session: vscode.DebugSession): boolean {
  return session.parentSession !== undefined && javascriptTypes.includes(session.type);
}

export function rootOf(session: vscode.DebugSession): vscode.DebugSession {
  let root = session;
  while (root.parentSession) {
    root = root.parentSession;
  }
  return root;
}

/**
 * Connects to a session's target, through js-debug's proxy: the debugger keeps working beside it.
 * @throws Error with a sentence that names the session.
 */
export async function connectToSession(session: vscode.DebugSession): Promise<CdpConnection> {
  const proxy = await requestProxy(session).catch((error) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The debugger gave no access to "${session.name}": ${why.replace(/\.$/, '')}.`);
  });
  const { host, port, path } = (typeof proxy === 'object' && proxy !== null ? proxy : {}) as Record<string, unknown>;
  if (typeof host !== 'string' || typeof port !== 'number') {
    throw new Error(`The debugger gave no access to "${session.name}": VS Code's JavaScript debugger is needed.`);
  }
  const address = host.includes(':') ? `[${host}]` : host;
  const { CdpConnection: Connection } = await import('../endpoints/cdpConnection');
  return Connection.connect(`ws://${address}:${port}${typeof path === 'string' ? path : ''}`);
}

/** js-debug answers nothing for a session that it is still setting up, and may never answer for one that is ending. */
async function requestProxy(session: vscode.DebugSession): Promise<unknown> {
  const deadline = Date.now() + PROXY_TIMEOUT_MS;
  for (;;) {
    const asked = vscode.commands.executeCommand<unknown>('extension.js-debug.requestCDPProxy', session.id);
    const proxy = await withTimeout(asked, PROXY_TIMEOUT_MS);
    if (proxy || Date.now() > deadline) {
      return proxy;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function withTimeout<T>(work: Thenable<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new TimeoutError(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

export class TimeoutError extends Error {}
