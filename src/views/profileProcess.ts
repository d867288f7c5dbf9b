import { basename } from 'node:path';
import * as vscode from 'vscode';
import { OUTLASTS_LATE_FOCUS } from '../editor/lateFocus';
import type { EndpointKind, EndpointSpec } from '../endpoints/endpoint';
import { endpointKind } from '../endpoints/endpointKinds';
import { hasTool } from '../endpoints/findTool';
import { describeProcessOf, type LocalProcess, listeningPorts, listLocalProcesses } from '../endpoints/localProcesses';
import { startedInspector } from '../endpoints/processSampler';
import type { ToolCaptures } from './toolCapture';
import { toolSettings } from './toolSettings';

/** One way to sample a process. */
export interface ProcessSampler {
  readonly kind: EndpointKind;
  readonly title: string;
  readonly detail: string;
  /** What to capture from; it may prepare the process. @throws Error with a sentence */
  spec(): Promise<EndpointSpec>;
}

const ICONS: Readonly<Record<LocalProcess['language'], string>> = {
  node: '$(symbol-event)',
  python: '$(symbol-namespace)',
  java: '$(coffee)',
  go: '$(symbol-interface)',
  native: '$(file-binary)',
  unknown: '$(question)',
};
/** The languages that have samplers of their own come first. */
const ORDER: readonly LocalProcess['language'][] = ['node', 'python', 'java', 'go', 'native', 'unknown'];

/** `Emberline: Profile Process…`; with a process's number as its argument it asks for none. */
export function registerProfileProcess(captures: ToolCaptures): vscode.Disposable {
  return vscode.commands.registerCommand('emberline.profileProcess', async (given?: unknown) => {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showErrorMessage('Profiling attaches to a running program, so it needs a trusted workspace.');
      return undefined;
    }
    try {
      const chosen = typeof given === 'number' ? await describeProcessOf(given) : await chooseProcess();
      if (chosen === null) throw new Error(`No process ${String(given)} runs on this machine (any more).`);
      const sampler = chosen && (await chooseSampler(chosen));
      return sampler && (await captures.endpoint(sampler.kind, await sampler.spec()));
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  });
}

async function chooseProcess(): Promise<LocalProcess | undefined> {
  const items = listLocalProcesses().then((processes) =>
    ORDER.flatMap((language) => {
      const ofIt = processes.filter((each) => each.language === language && (each.own || language !== 'unknown'));
      return ofIt.length === 0
        ? []
        : [{ label: language, kind: vscode.QuickPickItemKind.Separator }, ...ofIt.map(itemOf)];
    }),
  );
  const chosen = await vscode.window.showQuickPick(
    items as Thenable<readonly (vscode.QuickPickItem & { process?: LocalProcess })[]>,
    {
      title: 'Profile Process',
      placeHolder: 'Process by number, name or command line',
      ...OUTLASTS_LATE_FOCUS,
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  return chosen?.process;
}

function itemOf(process: LocalProcess): vscode.QuickPickItem & { process: LocalProcess } {
  const inspector = process.inspector === null ? '' : `, inspector at ${process.inspector}`;
  return {
    label: `${ICONS[process.language]} ${process.name}`,
    description: `${process.pid}${process.own ? '' : ", another user's"}${inspector}`,
    detail: process.commandLine.length > 200 ? `${process.commandLine.slice(0, 199)}…` : process.commandLine,
    process,
  };
}

async function chooseSampler(process: LocalProcess): Promise<ProcessSampler | undefined> {
  const samplers = await samplersOf(process);
  if (samplers.length === 1) return samplers[0];
  const chosen = await vscode.window.showQuickPick(
    samplers.map((sampler) => ({ label: sampler.title, detail: sampler.detail, sampler })),
    { title: `Profile ${nameOf(process)}`, placeHolder: 'Sampler', ...OUTLASTS_LATE_FOCUS },
  );
  return chosen?.sampler;
}

/** The ways to sample a process, the best first; at least one. */
async function samplersOf(process: LocalProcess): Promise<ProcessSampler[]> {
  const { pid } = process;
  const byPid = (kind: EndpointKind, detail: string, options?: EndpointSpec['options']): ProcessSampler => ({
    kind,
    title: kind.title.replace(/^.*\((.*)\)$/, '$1'),
    detail,
    spec: async () => ({ name: nameOf(process), kind: kind.name, pid, ...(options ? { options } : {}) }),
  });
  const tools = toolSettings();
  const found: ProcessSampler[] = [];
  switch (process.language) {
    case 'node':
      found.push({
        kind: endpointKind('v8-inspector'),
        title: "V8's inspector",
        detail: process.inspector ?? 'Starts it in the process (as "kill -USR1" does), at 127.0.0.1:9229',
        spec: () => inspectorSpec(process),
      });
      break;
    case 'python': {
      found.push(byPid(endpointKind('py-spy'), 'Lines and threads; the program is not changed'));
      if (await hasTool('austin', tools)) found.push(byPid(endpointKind('austin'), 'Lines, threads and waiting'));
      break;
    }
    case 'java':
      found.push(byPid(endpointKind('jfr'), "The JVM's own recorder, by jcmd"));
      if (await hasTool('asprof', tools))
        found.push(byPid(endpointKind('asprof'), 'CPU with kernel and native frames, without safepoint bias'));
      break;
    case 'go': {
      const url = await pprofOf(pid);
      if (url !== null) {
        found.push({
          kind: endpointKind('go-pprof'),
          title: 'net/http/pprof',
          detail: url,
          spec: async () => ({ name: nameOf(process), kind: 'go-pprof', url }),
        });
      }
      found.push(byPid(endpointKind('perf'), "Linux' perf; frame pointers", { callGraph: 'fp' }));
      break;
    }
    default:
      found.push(byPid(endpointKind('perf'), "Linux' perf; stacks by DWARF"));
  }
  return found;
}

function nameOf(process: LocalProcess): string {
  const script = process.commandLine
    .split(' ')
    .slice(1)
    .find((part) => /\.(?:[cm]?[jt]s|py|jar)$/.test(part));
  return `${script === undefined ? process.name : basename(script)} (${process.pid})`;
}

/** Of a process that has no inspector, one is started, and closed afterwards. */
async function inspectorSpec(process: LocalProcess): Promise<EndpointSpec> {
  const name = nameOf(process);
  if (process.inspector !== null) return { name, kind: 'v8-inspector', url: process.inspector };
  return { name, kind: 'v8-inspector', ...(await startedInspector(process.pid)) };
}

/** The address of a Go program's pprof, among the ports at which it listens. */
export async function pprofOf(pid: number): Promise<string | null> {
  for (const port of (await listeningPorts(pid)).slice(0, 20)) {
    const url = `http://127.0.0.1:${port}`;
    const spec: EndpointSpec = { name: url, kind: 'go-pprof', url };
    const offers = await endpointKind('go-pprof').discover!({
      spec,
      signal: AbortSignal.timeout(1500),
      headersFor: () => ({}),
    }).catch(() => []);
    if (offers.length > 0) return url;
  }
  return null;
}
