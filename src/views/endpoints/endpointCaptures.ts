import * as vscode from 'vscode';
import type { EndpointSpec, InstanceResult } from '../../endpoints/endpoint';
import { originOf, parseHttpAddress } from '../../endpoints/httpAddress';
import type { EngineApi } from '../../engine/engineApi';
import type { CaptureStore } from '../captureStore';
import type { CredentialStore } from '../credentialStore';
import { toolSettings } from '../toolSettings';
import { viewTypeFor } from '../viewType';
import { captureEndpoint, sampledSeconds } from './captureEndpoint';
import type { EndpointActivities, EndpointActivity, EndpointOutcome, EndpointOutcomes } from './endpointState';

export interface CaptureServices {
  readonly engine: EngineApi;
  readonly store: CaptureStore;
  readonly credentials: CredentialStore;
  readonly outcomes: EndpointOutcomes;
  readonly activities: EndpointActivities;
  readonly output: vscode.LogOutputChannel;
}

export interface CaptureChoice {
  readonly profile?: string | undefined;
  readonly seconds?: number | undefined;
}

const SHOW_EVERY_MS = 100;
const SHOW_OUTPUT = 'Show Output';

/** How long captures of an endpoint take unless somebody says otherwise. */
export function usualSeconds(spec: EndpointSpec): number {
  const set = vscode.workspace.getConfiguration('emberline').get<unknown>('capture.seconds');
  return spec.seconds ?? (typeof set === 'number' && set > 0 && set <= 86_400 ? set : 10);
}

/**
 * Captures from an endpoint, shows how far that is, and opens what was captured.
 * @returns the file, undefined where there is none: the user has been told why
 */
export async function captureAndOpen(
  spec: EndpointSpec,
  choice: CaptureChoice,
  services: CaptureServices,
): Promise<vscode.Uri | undefined> {
  const { activities, outcomes, output } = services;
  if (!(await mayConnect())) return undefined;
  if (activities.of(spec) !== null) {
    await offerToCancel(spec, activities);
    return undefined;
  }
  const chosen: EndpointSpec = choice.profile === undefined ? spec : { ...spec, profile: choice.profile };
  const seconds = choice.seconds ?? usualSeconds(spec);
  const again = (): unknown => captureAndOpen(spec, choice, services);
  try {
    const { path, results } = await captureShown(spec, chosen, seconds, services);
    const failures = results.filter((result) => 'error' in result);
    await outcomes.set(spec, outcomeOf(results, path, chosen.profile ?? null));
    activities.changed(spec);
    if (path === null) {
      void tellFailure(spec, results, services, again);
      return undefined;
    }
    if (failures.length > 0) void tellPartOfIt(spec, results.length, failures, output);
    output.info(`${spec.name}: captured to ${path}`);
    const uri = vscode.Uri.file(path);
    await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri), { preview: false });
    return uri;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') {
      output.info(`${spec.name}: the capture was cancelled.`);
      return undefined;
    }
    const message = messageOf(error);
    await outcomes.set(spec, { atMs: Date.now(), path: null, profile: null, error: message, instances: [] });
    activities.changed(spec);
    void tellFailure(spec, [{ instance: spec.name, error: message }], services, again);
    return undefined;
  }
}

export function outcomeOf(
  results: readonly InstanceResult[],
  path: string | null,
  profile: string | null,
): EndpointOutcome {
  const instances = results.map((result) => ({
    instance: result.instance,
    error: 'error' in result ? result.error : null,
  }));
  const failure = instances.find(({ error }) => error !== null)?.error ?? 'There was no instance to capture from.';
  return { atMs: Date.now(), path, profile, error: path === null ? failure : null, instances };
}

/** With a notification that can be cancelled. */
function captureShown(
  spec: EndpointSpec,
  chosen: EndpointSpec,
  seconds: number,
  { engine, store, credentials, activities, output }: CaptureServices,
): ReturnType<typeof captureEndpoint> {
  const sinceMs = Date.now();
  const sampled = sampledSeconds(chosen, seconds);
  const title = `Capturing ${chosen.profile === undefined ? '' : `${chosen.profile} `}from ${spec.name}`;
  const first: EndpointActivity = { kind: 'capturing', sinceMs, what: 'connecting' };
  return activities.run(spec, first, async (cancel, say) =>
    vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => cancel.abort());
        let detail = '';
        let shown = 0;
        const show = (): void => {
          const elapsed = (Date.now() - sinceMs) / 1000;
          const time = elapsedText(elapsed, sampled);
          say({ kind: 'capturing', sinceMs, what: time });
          const percent = sampled === null ? 0 : Math.min(100, (100 * elapsed) / sampled);
          progress.report({
            message: detail === '' ? time : `${time} · ${detail}`,
            ...(sampled === null ? {} : { increment: percent - shown }),
          });
          shown = percent;
        };
        show();
        const timer = setInterval(show, 500);
        let nextShowMs = 0;
        try {
          const job = {
            spec: chosen,
            seconds,
            signal: cancel.signal,
            onProgress: (_: number | null, what: string) => {
              detail = what;
              // A hundred instances answer at the same moment.
              if (performance.now() < nextShowMs) return;
              nextShowMs = performance.now() + SHOW_EVERY_MS;
              show();
            },
            log: (line: string) => output.warn(line),
            ...credentials.access,
            tools: toolSettings(),
            engine,
          };
          return await captureEndpoint(job, () => store.reserve(spec.name));
        } finally {
          clearInterval(timer);
        }
      },
    ),
  );
}

function elapsedText(elapsed: number, sampled: number | null): string {
  if (sampled === null) return `${Math.floor(elapsed)} s`;
  return elapsed < sampled ? `${Math.floor(elapsed)} s of ${sampled} s` : 'waiting for the answer';
}

async function offerToCancel(spec: EndpointSpec, activities: EndpointActivities): Promise<void> {
  const live = activities.of(spec)?.kind !== 'capturing';
  const cancel = live ? 'Stop Live' : 'Cancel Capture';
  const what = live ? 'is captured live' : 'is being captured already';
  if ((await vscode.window.showInformationMessage(`${spec.name} ${what}.`, cancel)) === cancel) {
    activities.cancel(spec);
  }
}

/** Whether anything may be connected to; the user is told where not. */
export async function mayConnect(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const answer = await vscode.window.showErrorMessage(
    'Nothing is connected to in an untrusted workspace: trust it first.',
    manage,
  );
  if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}

/** Says why nothing was captured, and offers what may help. */
export async function tellFailure(
  spec: EndpointSpec,
  results: readonly InstanceResult[],
  services: CaptureServices,
  again: () => unknown,
): Promise<void> {
  const errors = results.flatMap((result) => ('error' in result ? [result] : []));
  for (const { error } of errors) services.output.error(`${spec.name}: ${error}`);
  const [first] = errors;
  const others = errors.length > 1 ? ` None of the ${errors.length} instances of ${spec.name} answered.` : '';
  const message = `${first?.error ?? `${spec.name} names no instance to capture from.`}${others}`;
  const retry = 'Retry';
  const setCredentials = 'Set Credentials…';
  const origin = first === undefined ? null : wantsCredentials(first.instance, first.error);
  const buttons = origin === null ? [retry, SHOW_OUTPUT] : [setCredentials, retry, SHOW_OUTPUT];
  const answer = await vscode.window.showErrorMessage(message, ...buttons);
  if (answer === SHOW_OUTPUT) services.output.show();
  let changed = false;
  if (answer === setCredentials && origin !== null) {
    const { editCredentials, shareCredentials } = await import('../credentialCommands');
    changed = await editCredentials(services.credentials, origin, schemeOf(first?.error ?? ''));
    if (changed) await shareCredentials(services.credentials, origin, [spec.url ?? []].flat());
  }
  if (changed || answer === retry) await again();
}

async function tellPartOfIt(
  spec: EndpointSpec,
  count: number,
  failures: readonly { readonly instance: string; readonly error: string }[],
  output: vscode.LogOutputChannel,
): Promise<void> {
  for (const { error } of failures) output.error(`${spec.name}: ${error}`);
  const others = failures.length > 1 ? ` The output has the other ${failures.length - 1}.` : '';
  const message = `${failures.length} of the ${count} instances of ${spec.name} gave no profile: ${failures[0]?.error}${others}`;
  if ((await vscode.window.showWarningMessage(message, SHOW_OUTPUT)) === SHOW_OUTPUT) output.show();
}

/** What a refusal says that its host wants. */
function schemeOf(error: string): string | null {
  return /the user and password/.test(error) ? 'basic' : null;
}

/** The origin whose credentials may help, null where they do not. */
function wantsCredentials(instance: string, error: string): string | null {
  if (!/ answered (?:40[13]\b|with a web page)|certificate|passphrase/.test(error)) return null;
  try {
    return originOf(parseHttpAddress(instance));
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
