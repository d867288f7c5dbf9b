import * as vscode from 'vscode';
import { compareViews } from '../analysis/comparison';
import type { ViewSpec } from '../analysis/viewSpec';
import type { BaseView } from '../engine/compareApi';
import { type BaselineStore, isThere, type SavedBaseline } from './baselineStore';
import type { HostProfile, ProfileStatus } from './hostProfile';
import type { OpenProfiles } from './openProfiles';

/** Who compares: the heat. It is told before the status bar and the editors. */
export interface BaselineListener {
  /** The profile to compare with now; null where there is none, or where it is the one that glows. */
  setBaseline(baseline: HostProfile | null): void;
}

/** What profiles are compared with: one for the workspace, remembered over a reload of the window. */
export class Baseline implements vscode.Disposable {
  private held: { profile: HostProfile; saved: SavedBaseline; disposables: vscode.Disposable } | null = null;
  private restored = false;
  private told: { baseline: HostProfile | null; status: ProfileStatus | null } = { baseline: null, status: null };
  private readonly disposables: vscode.Disposable[];
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another baseline, or it was opened or could not be. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly profiles: OpenProfiles,
    private readonly store: BaselineStore,
    private readonly heat: BaselineListener,
    private readonly adoptEdits: (copy: HostProfile, of: HostProfile) => void,
  ) {
    this.disposables = [
      profiles.onDidChangeActive((active) => {
        if (active !== null && !this.restored) void this.restore();
        else this.tell();
      }),
      profiles.onDidOpen((profile) => {
        profile.onDidChangeStatus(({ kind }) => {
          // Captured anew, it may no longer be what the baseline is.
          if (kind !== 'loading' && profile === profiles.active) this.tell();
        });
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('emberline.baseline')) this.changed.fire();
      }),
    ];
    this.setContext();
  }

  /** The profile that others are compared with; null without one. */
  get profile(): HostProfile | null {
    return this.held?.profile ?? null;
  }

  /** Whether a profile is what the baseline was copied of, and unchanged: it is not compared with itself. */
  isSame(profile: HostProfile): boolean {
    if (this.held === null) return false;
    const { saved, profile: copy } = this.held;
    if (profile === copy) return true;
    return profile.uri.toString() === saved.origin.toString() && profile.readState === saved.state;
  }

  /**
   * How a view of a profile is compared; null where there is nothing to compare it with, or its sample type is none of
   * the baseline's.
   */
  compare(profile: HostProfile, view: ViewSpec): BaseView | null {
    const base = this.held?.profile.status;
    if (base?.kind !== 'open' || profile.status.kind !== 'open' || this.isSame(profile)) return null;
    const comparison = compareViews(profile.status.summary, view, base.summary, compareBy());
    if (comparison.kind === 'incomparable') return null;
    const { by, scale, counted } = comparison;
    return { profile: base.summary.profile, view: comparison.view, how: { by, scale, counted } };
  }

  /** The baseline as an editor of a profile shows it, but whether it does; null where it is not compared. */
  shownFor(profile: HostProfile): { name: string; key: string } | null {
    const base = this.held?.profile;
    if (base?.status.kind !== 'open' || this.isSame(profile)) return null;
    return { name: base.name, key: `${base.status.summary.profile} ${compareBy()}` };
  }

  /** Makes the profile in this file the baseline. @throws Error where it cannot be read */
  async set(uri: vscode.Uri): Promise<void> {
    this.restored = true;
    const saved = await this.store.save(uri);
    this.hold(saved, this.profiles.find(uri) ?? null);
  }

  async clear(): Promise<void> {
    this.restored = true;
    await this.store.forget();
    this.release();
    this.tell();
  }

  /** The active profile becomes the baseline and the baseline active. @returns what is active then */
  async swap(): Promise<HostProfile | null> {
    const { active } = this.profiles;
    const { held } = this;
    if (active === null || held === null || active === held.profile) return null;
    const next = held.profile;
    const stays = next.hold();
    try {
      await this.set(active.uri);
      this.profiles.activate(next);
    } finally {
      stays.dispose();
    }
    return next;
  }

  private async restore(): Promise<void> {
    this.restored = true;
    const { saved } = this.store;
    if (saved === null) return;
    if (await isThere(saved.copy)) this.hold(saved, null);
    else await this.store.forget();
  }

  /** @param of the open profile that was copied: edits since it was opened are the copy's, too */
  private hold(saved: SavedBaseline, of: HostProfile | null): void {
    const profile = this.profiles.open(saved.copy);
    const hold = profile.hold();
    this.release();
    let opened = profile.status.kind === 'open';
    const disposables = vscode.Disposable.from(
      hold,
      profile.onDidChangeStatus(({ kind }) => {
        if (kind === 'open' && !opened && of !== null) this.adoptEdits(profile, of);
        opened ||= kind === 'open';
        if (kind !== 'loading') this.tell();
      }),
    );
    this.held = { profile, saved, disposables };
    this.tell();
  }

  private release(): void {
    this.held?.disposables.dispose();
    this.held = null;
  }

  private tell(): void {
    const { active } = this.profiles;
    const baseline = active !== null && this.isSame(active) ? null : this.profile;
    const told = { baseline, status: baseline?.status ?? null };
    if (told.baseline !== this.told.baseline || told.status !== this.told.status) {
      this.told = told;
      this.heat.setBaseline(baseline);
    }
    this.setContext();
    this.changed.fire();
  }

  private setContext(): void {
    void vscode.commands.executeCommand('setContext', 'emberline.hasBaseline', this.held !== null);
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
    this.held?.disposables.dispose();
    this.held = null;
    this.changed.dispose();
  }
}

function compareBy(): 'share' | 'rate' {
  return vscode.workspace.getConfiguration('emberline').get<string>('baseline.compareBy') === 'rate' ? 'rate' : 'share';
}
