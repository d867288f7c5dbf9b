import * as vscode from 'vscode';
import type { EngineApi } from '../engine/engineApi';
import { HostProfile } from './hostProfile';

/**
 * The profiles that are open, by URI, and which of them is active: the one whose editor was opened or focused last.
 * The active one stays open when its editor is closed, so that its heat stays, until another takes its place or
 * `deactivate`.
 */
export class OpenProfiles implements vscode.Disposable {
  private readonly profiles = new Map<string, HostProfile>();
  private activeProfile: { profile: HostProfile; hold: vscode.Disposable } | null = null;
  private readonly activeChanged = new vscode.EventEmitter<HostProfile | null>();
  readonly onDidChangeActive = this.activeChanged.event;
  private readonly opened = new vscode.EventEmitter<HostProfile>();
  readonly onDidOpen = this.opened.event;
  private readonly closed = new vscode.EventEmitter<HostProfile>();
  readonly onDidClose = this.closed.event;

  constructor(
    private readonly engine: EngineApi,
    private readonly output: vscode.LogOutputChannel,
  ) {}

  get active(): HostProfile | null {
    return this.activeProfile?.profile ?? null;
  }

  /** The profile at this URI, opened if it is not yet. The caller must `hold` it at once. */
  open(uri: vscode.Uri): HostProfile {
    const key = uri.toString();
    let profile = this.profiles.get(key);
    if (profile === undefined) {
      const created = new HostProfile(uri, this.engine, this.output, () => {
        this.profiles.delete(key);
        this.closed.fire(created);
      });
      this.profiles.set(key, created);
      this.opened.fire(created);
      profile = created;
    }
    return profile;
  }

  /** The profile at this URI where it is open. */
  find(uri: vscode.Uri): HostProfile | undefined {
    return this.profiles.get(uri.toString());
  }

  /** All of them, those opened last first. */
  get all(): readonly HostProfile[] {
    return [...this.profiles.values()].reverse();
  }

  activate(profile: HostProfile): void {
    if (this.activeProfile?.profile !== profile) {
      this.change({ profile, hold: profile.hold() });
    }
  }

  /** Lets go of the active profile. */
  deactivate(): void {
    if (this.activeProfile !== null) {
      this.change(null);
    }
  }

  private change(next: { profile: HostProfile; hold: vscode.Disposable } | null): void {
    const before = this.activeProfile;
    this.activeProfile = next;
    this.activeChanged.fire(next?.profile ?? null);
    // Only now, when whoever used it has let go, may it be closed.
    before?.hold.dispose();
  }

  dispose(): void {
    this.activeChanged.dispose();
    this.opened.dispose();
    this.activeProfile?.hold.dispose();
    this.activeProfile = null;
    this.closed.dispose();
  }
}
