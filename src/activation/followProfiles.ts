import * as vscode from 'vscode';
import type { Heat } from '../editor/heat';
import type { Baseline } from '../views/baseline';
import type { OpenProfiles } from '../views/openProfiles';
import type { Sources } from './sources';

/** The active profile glows, with the sample type and thread that its editor shows. */
export function followProfiles(
  profiles: OpenProfiles,
  heat: Heat,
  { embedded, texts, tracker }: Sources,
  baseline: Baseline,
): vscode.Disposable {
  const count = (): void => {
    // A baseline alone is nothing to look at.
    const has = profiles.all.some((profile) => profile !== baseline.profile || profile === profiles.active);
    void vscode.commands.executeCommand('setContext', 'emberline.hasProfile', has);
  };
  return vscode.Disposable.from(
    profiles.onDidOpen((profile) => {
      count();
      profile.onDidChangeView(() => {
        if (profiles.active === profile) {
          heat.setSource(profile);
        }
      });
      profile.onDidChangeZoom(() => {
        if (profiles.active === profile) {
          heat.zoomed();
        }
      });
      let before = profile.status.kind;
      profile.onDidChangeStatus((status) => {
        if (status.kind === 'open') {
          embedded.forget();
        }
        if (status.kind === before) {
          // Progress, or the newer capture of a program that runs on, whose source is still that of the first one.
          if (status.kind === 'open') {
            texts.start(profile);
            if (profiles.active === profile) {
              heat.setSource(profile);
            }
          }
          return;
        }
        before = status.kind;
        if (status.kind === 'open') {
          // What was read before may be another recording.
          texts.stop(profile);
          tracker.stop(profile);
          texts.start(profile);
        }
        if (profiles.active === profile) {
          heat.setSource(profile);
          if (status.kind === 'open') {
            // Whoever opens a profile wants to see it, even if heat was hidden before.
            heat.setVisible(true);
          }
        }
      });
    }),
    profiles.onDidChangeActive((profile) => heat.setSource(profile)),
    profiles.onDidClose((profile) => {
      texts.stop(profile);
      tracker.stop(profile);
      embedded.forget();
      count();
    }),
    baseline.onDidChange(count),
  );
}
