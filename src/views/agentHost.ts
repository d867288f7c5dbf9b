import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { AgentHost, AgentOptions, AgentProfile, CaptureTarget, SourceLine } from '../agents/agentHost';
import type { LineTexts } from '../editor/lineTexts';
import { statOf } from '../editor/localFiles';
import { isDoubtful, type RecordedTexts } from '../editor/recordedTexts';
import { endpointKind } from '../endpoints/endpointKinds';
import type { EngineApi } from '../engine/engineApi';
import { clockMs } from '../sources/fileStamps';
import type { Baseline } from './baseline';
import type { HostProfile } from './hostProfile';
import type { OpenProfiles } from './openProfiles';
import type { CaptureRequester } from './profileDebugTarget';
import type { ToolCaptures } from './toolCapture';

export interface AgentHostServices {
  readonly engine: EngineApi;
  readonly profiles: OpenProfiles;
  readonly baseline: Baseline;
  readonly captures: ToolCaptures;
  readonly texts: LineTexts;
  readonly recorded: RecordedTexts;
}

/** What the tools need, from this window. */
export class EditorAgentHost implements AgentHost {
  readonly engine: EngineApi;

  constructor(private readonly services: AgentHostServices) {
    this.engine = services.engine;
  }

  async open(name: string | null, options: AgentOptions): Promise<AgentProfile> {
    const { profiles } = this.services;
    if (name !== null) {
      return this.use(this.named(name) ?? profiles.open(await fileNamed(name)), options);
    }
    const { baseline, active, all } = { ...this.services, active: profiles.active, all: profiles.all };
    const looked = active ?? all.find((profile) => profile !== baseline.profile);
    if (looked === undefined) {
      throw new Error('No profile is open: name a file, or take one with emberline_profile_target.');
    }
    return this.use(looked, options);
  }

  async openBaseline(options: AgentOptions): Promise<AgentProfile> {
    const { profile } = this.services.baseline;
    if (profile === null) throw new Error('There is no baseline: name the profile to compare with as "base".');
    return this.use(profile, options);
  }

  /** @param newerOf whether a file was written after the recording */
  private async sourceLine(
    profile: HostProfile,
    path: string,
    line: number,
    newerOf: (uri: vscode.Uri) => Promise<boolean>,
  ): Promise<SourceLine | null> {
    const { uri, line: now, text, changed } = await this.services.texts.placeOf(path, line, profile);
    if (uri === null) return null;
    const found = { path: vscode.workspace.asRelativePath(uri), changed };
    if (await newerOf(uri)) return { ...found, line: now ?? line, text: null, newer: true };
    return now === null || text === null ? null : { ...found, line: now, text, newer: false };
  }

  /**
   * Whether a file was written after the recording and what is known of its text, if anything, is not what was profiled:
   * lines that moved since are followed only from there.
   */
  private async isNewer(profile: HostProfile, uri: vscode.Uri): Promise<boolean> {
    const text = await this.services.recorded.find(profile, uri);
    if (text !== null) return isDoubtful(text);
    const span = profile.readSpanMs;
    if (span === null) return false;
    return statOf(uri).then(
      ({ mtime }) => mtime > span.recorded + clockMs,
      () => false,
    );
  }

  async capture(target: CaptureTarget, options: AgentOptions): Promise<AgentProfile> {
    const { captures, profiles } = this.services;
    let failure = 'No profile was taken.';
    const failed = (message: string): void => {
      failure = message;
    };
    const discard = (): unknown => vscode.commands.executeCommand('emberline.discardProfiling');
    options.signal.addEventListener('abort', discard, { once: true });
    try {
      const uri = target.debugSession
        ? await debugged(target.seconds, failed)
        : await sampled(captures, target, failed);
      if (uri === undefined) throw new Error(failure);
      return await this.use(profiles.open(uri), options);
    } finally {
      options.signal.removeEventListener('abort', discard);
    }
  }

  /** Those of the named profiles that are neither open nor in the workspace. */
  async outside(names: readonly string[]): Promise<string[]> {
    const found = await Promise.all(
      names.map(async (name) => {
        if (this.named(name) !== null) return [];
        const uri = await fileNamed(name).catch(() => null);
        return uri === null || vscode.workspace.getWorkspaceFolder(uri) !== undefined ? [] : [uri.fsPath];
      }),
    );
    return found.flat();
  }

  /** An open profile by its name, path or address. */
  private named(name: string): HostProfile | null {
    const { profiles } = this.services;
    const is = ({ uri }: HostProfile): boolean =>
      [uri.fsPath, uri.path, uri.toString(), vscode.workspace.asRelativePath(uri)].includes(name);
    return profiles.all.find(is) ?? profiles.all.find((profile) => profile.name === name) ?? null;
  }

  /** Waits until it is open, and holds it. @throws Error with a sentence where it cannot be read */
  private async use(profile: HostProfile, { signal }: AgentOptions): Promise<AgentProfile> {
    const hold = profile.hold();
    try {
      const summary = await opened(profile, signal);
      // Asked of git and the disk once a file and answer.
      const known = new Map<string, Promise<boolean>>();
      const newerOf = (uri: vscode.Uri): Promise<boolean> => {
        const newer = known.get(uri.toString()) ?? this.isNewer(profile, uri);
        known.set(uri.toString(), newer);
        return newer;
      };
      return {
        name: profile.name,
        summary,
        view: profile.view!,
        sourceLine: (path, line) => this.sourceLine(profile, path, line, newerOf),
        release: () => hold.dispose(),
      };
    } catch (error) {
      hold.dispose();
      throw error;
    }
  }
}

async function opened(profile: HostProfile, signal: AbortSignal): Promise<AgentProfile['summary']> {
  for (;;) {
    signal.throwIfAborted();
    const { status } = profile;
    if (status.kind === 'open') return status.summary;
    if (status.kind === 'failed') throw new Error(status.message);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        changed.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const changed = profile.onDidChangeStatus(done);
      signal.addEventListener('abort', done);
    });
  }
}

/** A file by its path, relative to one of the workspace's folders or absolute. @throws Error where there is none */
async function fileNamed(name: string): Promise<vscode.Uri> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = /^[a-z][a-z\d+.-]+:\/\//i.test(name)
    ? [vscode.Uri.parse(name)]
    : isAbsolute(name)
      ? [vscode.Uri.file(name)]
      : folders.map(({ uri }) => vscode.Uri.joinPath(uri, name));
  const schemes = new Set(['file', ...folders.map(({ uri }) => uri.scheme)]);
  for (const uri of candidates.filter(({ scheme }) => schemes.has(scheme))) {
    try {
      const { type } = await vscode.workspace.fs.stat(uri);
      if ((type & vscode.FileType.Directory) === 0) return uri;
    } catch {
      // The next folder may have it.
    }
  }
  throw new Error(`No profile "${name}" is open, and there is no such file.`);
}

async function debugged(seconds: number, failed: (message: string) => void): Promise<vscode.Uri | undefined> {
  const requester: CaptureRequester = { seconds, failed };
  return vscode.commands.executeCommand<vscode.Uri | undefined>('emberline.profileDebugTarget', requester);
}

async function sampled(
  captures: ToolCaptures,
  target: CaptureTarget & { readonly debugSession: false },
  failed: (message: string) => void,
): Promise<vscode.Uri | undefined> {
  const spec = await target.spec();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const options = { ...spec.options, ...(folder === undefined ? {} : { cwd: folder }) };
  const inFolder = spec.kind === 'command' ? { ...spec, options } : spec;
  return captures.endpoint(endpointKind(spec.kind), inFolder, target.seconds, failed);
}
