import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { writeCapture } from '../endpoints/captureSetFile';
import type { EndpointKind, EndpointSpec, InstanceResult } from '../endpoints/endpoint';
import type { CaptureStore } from './captureStore';
import type { CredentialStore } from './credentialStore';
import { showProfiling } from './profilingStatus';
import { durationSetting, toolSettings } from './toolSettings';
import { viewTypeFor } from './viewType';

interface Services {
  readonly store: CaptureStore;
  readonly credentials: CredentialStore;
  readonly output: vscode.LogOutputChannel;
}

/** Seconds of the kinds that cannot sample without an end: a server samples for what it was asked. */
const LONGEST: Readonly<Partial<Record<string, number>>> = { 'go-pprof': 10, 'v8-inspector': 86_400 };
const SHOW_OUTPUT = 'Show Output';

/** Captures by samplers that are programs of their own: one at a time, with the status and commands of all profiling. */
export class ToolCaptures implements vscode.Disposable {
  private current: { readonly stop: AbortController; readonly discard: AbortController } | null = null;

  constructor(private readonly services: Services) {}

  get busy(): boolean {
    return this.current !== null;
  }

  stop(how: 'keep' | 'discard'): void {
    if (how === 'discard') this.current?.discard.abort(new Error('The profile was discarded.'));
    else this.current?.stop.abort();
  }

  /**
   * An endpoint, for `emberline.duration` or until it is stopped. Answers the profile's file where there is one.
   * @param failed is told, too, why there is none
   */
  async endpoint(
    kind: EndpointKind,
    spec: EndpointSpec,
    seconds = durationSetting(),
    failed?: (message: string) => void,
  ): Promise<vscode.Uri | undefined> {
    const capture: Parameters<ToolCaptures['run']>[1] = async ({ stop, signal, folder, step, log }) =>
      kind.capture({
        spec,
        seconds: Number.isFinite(seconds) ? seconds : (LONGEST[kind.name] ?? seconds),
        signal,
        stop,
        folder,
        tools: toolSettings(),
        ...this.services.credentials.access,
        log,
        onProgress: (_, what) => step(what),
      });
    return this.run(spec.name, capture, failed);
  }

  /**
   * Shows that a profile is being taken until `capture` has settled, keeps what it gave and opens it. Errors are shown.
   * @param capture writes into `folder`, which is removed afterwards
   */
  async run(
    name: string,
    capture: (ends: {
      readonly stop: AbortSignal;
      readonly signal: AbortSignal;
      readonly folder: string;
      step(text: string): void;
      log(line: string): void;
    }) => Promise<readonly InstanceResult[]>,
    failed?: (message: string) => void,
  ): Promise<vscode.Uri | undefined> {
    const { output, store } = this.services;
    if (this.current !== null) {
      failed?.('Emberline is already profiling: its user can stop that first.');
      void vscode.window.showInformationMessage('Emberline is already profiling: stop that first.');
      return undefined;
    }
    const stop = new AbortController();
    const discard = new AbortController();
    const current = { stop, discard };
    this.current = current;
    const started = Date.now();
    let step: string | null = null;
    let folder: string | null = null;
    try {
      await mkdir(tmpdir(), { recursive: true });
      folder = await mkdtemp(join(tmpdir(), 'emberline-capture-'));
      const work = capture({
        stop: stop.signal,
        signal: discard.signal,
        folder,
        log: (line) => output.debug(line),
        step: (text) => {
          // While it samples the time says enough.
          step =
            /^(process \d|from )/.test(text) || !/\s/.test(text) ? null : `${text[0]!.toUpperCase()}${text.slice(1)}…`;
        },
      });
      // Its failure is heard below, perhaps later than Node waits for somebody.
      work.catch(() => {});
      const results = await showProfiling(
        name,
        () => ({
          step: stop.signal.aborted ? 'Collecting the profile…' : step,
          elapsedMs: Date.now() - started,
          samples: 0,
          targets: 1,
          halted: false,
        }),
        () => stop.abort(),
        work,
      );
      const path = await writeCapture(results, await store.reserve(name));
      for (const note of results.flatMap((result) => ('notes' in result ? result.notes : [result.error])))
        output.warn(note);
      output.info(`Profiled ${name}, saved as ${path}`);
      const uri = vscode.Uri.file(path);
      await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri), { preview: false });
      this.tell(results);
      return uri;
    } catch (error) {
      if (discard.signal.aborted) {
        output.info('The profile was discarded.');
        failed?.('The profile was discarded.');
        return undefined;
      }
      const message = error instanceof Error ? error.message : String(error);
      output.error(message);
      failed?.(message);
      void this.withOutput(vscode.window.showErrorMessage(message, SHOW_OUTPUT));
      return undefined;
    } finally {
      if (this.current === current) this.current = null;
      if (folder !== null) await rm(folder, { recursive: true, force: true });
    }
  }

  /** What is missing is said beside the profile. */
  private tell(results: readonly InstanceResult[]): void {
    const notes = results.flatMap((result) => ('notes' in result ? result.notes : [result.error]));
    const [first] = notes;
    if (first === undefined) return;
    const more = notes.length > 1 ? ` And ${notes.length - 1} more: see the output.` : '';
    void this.withOutput(vscode.window.showWarningMessage(`${first}${more}`, SHOW_OUTPUT));
  }

  private async withOutput(answer: Thenable<string | undefined>): Promise<void> {
    if ((await answer) === SHOW_OUTPUT) this.services.output.show();
  }

  dispose(): void {
    this.stop('discard');
  }
}
