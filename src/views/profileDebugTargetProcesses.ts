import * as vscode from 'vscode';
import { OUTLASTS_LATE_FOCUS } from '../editor/lateFocus';
import type { EndpointKind, EndpointSpec } from '../endpoints/endpoint';
import { endpointKind } from '../endpoints/endpointKinds';
import type { ProcessLanguage } from '../endpoints/localProcesses';
import { javascriptTypes } from './profileDebugTargetSessions';
import type { ToolCaptures } from './toolCapture';

/** The languages of debug types; others are known by their process. */
const languages: Readonly<Record<string, ProcessLanguage>> = {
  debugpy: 'python',
  python: 'python',
  go: 'go',
  java: 'java',
  lldb: 'native',
  'lldb-dap': 'native',
  'lldb-vscode': 'native',
  cppdbg: 'native',
  cppvsdbg: 'native',
  gdb: 'native',
};

/** Debug types whose sessions are profiled by their process. */
export const processTypes: readonly string[] = Object.keys(languages);

/** How long a build and its debugger may take until the process is there. */
const TOLD_MS = 120_000;

/** A debug session that is a process of this machine. */
export interface DebugProcess {
  readonly session: vscode.DebugSession;
  readonly pid: number;
  /** Whether the debugger has halted it. */
  readonly halted: boolean;
}

/**
 * The processes of debug sessions, as their adapters tell them: by the event `process`
 * (https://microsoft.github.io/debug-adapter-protocol/specification#Events_Process), Java's by `processid`.
 */
export class DebugProcesses implements vscode.Disposable {
  private readonly found = new Map<string, DebugProcess>();
  private readonly told = new vscode.EventEmitter<DebugProcess>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      this.told,
      vscode.debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) =>
          javascriptTypes.includes(session.type)
            ? undefined
            : { onDidSendMessage: (message: unknown) => this.hear(session, message) },
      }),
      vscode.debug.onDidTerminateDebugSession((session) => this.found.delete(session.id)),
    ];
  }

  private hear(session: vscode.DebugSession, message: unknown): void {
    const { type, event, body } = asRecord(message);
    if (type !== 'event') return;
    const { systemProcessId, isLocalProcess, processId } = asRecord(body);
    const known = this.found.get(session.id);
    const pid = event === 'process' ? systemProcessId : event === 'processid' ? processId : undefined;
    // A pid of another machine means nothing here.
    if (typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && isLocalProcess !== false) {
      const process = { session, pid, halted: known?.halted ?? false };
      this.found.set(session.id, process);
      this.told.fire(process);
    } else if (known !== undefined && (event === 'stopped' || event === 'continued')) {
      this.found.set(session.id, { ...known, halted: event === 'stopped' });
    }
  }

  /** The process of a session; one that the debugger was attached to is named by its configuration. */
  of(session: vscode.DebugSession | undefined): DebugProcess | null {
    if (session === undefined || javascriptTypes.includes(session.type)) return null;
    const known = this.found.get(session.id);
    if (known !== undefined) return known;
    const { processId, pid } = session.configuration;
    const given = Number(processId ?? pid);
    return Number.isSafeInteger(given) && given > 0 ? { session, pid: given, halted: false } : null;
  }

  /**
   * Samples the process of the active session, else of one of the others.
   * @throws Error with a sentence where none has said what its process is
   */
  async profile(
    active: DebugProcess | null,
    others: readonly vscode.DebugSession[],
    captures: ToolCaptures,
    requester: { readonly seconds: number; failed(message: string): void } | null = null,
  ): Promise<vscode.Uri | undefined> {
    const known = others.map((session) => this.of(session)).filter((each) => each !== null);
    if (active === null && known.length === 0) {
      throw tellsNone(others[0]);
    }
    const chosen = active ?? (known.length === 1 ? known[0] : await choose(known));
    if (chosen === undefined) return undefined;
    if (chosen.halted) {
      void vscode.window.showInformationMessage(
        `"${chosen.session.name}" is paused in the debugger: continue it to take samples.`,
      );
    }
    const { kind, spec } = await samplerOf(chosen);
    return captures.endpoint(kind, spec, requester?.seconds, requester?.failed.bind(requester));
  }

  /**
   * The process of a session that has just started, null where it ends first.
   * @throws Error with a sentence where its debugger tells none
   */
  whenTold(session: vscode.DebugSession): Promise<DebugProcess | null> {
    const known = this.found.get(session.id);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        subscriptions.dispose();
      };
      const subscriptions = vscode.Disposable.from(
        this.told.event((process) => {
          if (process.session.id !== session.id) return;
          done();
          resolve(process);
        }),
        vscode.debug.onDidTerminateDebugSession(({ id }) => {
          if (id !== session.id) return;
          done();
          resolve(null);
        }),
      );
      const timer = setTimeout(() => {
        done();
        reject(tellsNone(session));
      }, TOLD_MS);
    });
  }

  /** Samples a process from its start, until it ends or is stopped. */
  async sample(process: DebugProcess, captures: ToolCaptures): Promise<vscode.Uri | undefined> {
    const { kind, spec } = await samplerOf(process, 'start');
    return captures.endpoint(kind, spec);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

function tellsNone(session: vscode.DebugSession | undefined): Error {
  return new Error(
    `The debugger of "${session?.name}" (${session?.type}) does not tell its process on this machine: use "Emberline: Profile Process…".`,
  );
}

async function choose(known: readonly DebugProcess[]): Promise<DebugProcess | undefined> {
  const items = known.map((process) => ({
    label: process.session.name,
    description: `${process.session.type}, process ${process.pid}`,
    process,
  }));
  const options = { title: 'Profile Which Debug Session?', ...OUTLASTS_LATE_FOCUS };
  return (await vscode.window.showQuickPick(items, options))?.process;
}

/** The sampler that fits a session's language best; at its start a program serves nothing yet. */
async function samplerOf(
  { session, pid }: DebugProcess,
  when: 'start' | 'later' = 'later',
): Promise<{ kind: EndpointKind; spec: EndpointSpec }> {
  const language = languages[session.type] ?? (await languageOf(pid)) ?? 'native';
  const spec = (kind: EndpointKind, more: Partial<EndpointSpec>): { kind: EndpointKind; spec: EndpointSpec } => ({
    kind,
    spec: { name: session.name, kind: kind.name, ...more },
  });
  switch (language) {
    case 'python':
      return spec(endpointKind('py-spy'), { pid });
    case 'java':
      return spec(endpointKind('jfr'), { pid });
    case 'go': {
      const url = when === 'start' ? null : await (await import('./profileProcess')).pprofOf(pid);
      return url === null
        ? spec(endpointKind('perf'), { pid, options: { callGraph: 'fp' } })
        : spec(endpointKind('go-pprof'), { url });
    }
    default:
      return spec(endpointKind('perf'), { pid });
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

async function languageOf(pid: number): Promise<ProcessLanguage | undefined> {
  const { describeProcessOf } = await import('../endpoints/localProcesses');
  return (await describeProcessOf(pid))?.language;
}
