import type * as vscode from 'vscode';
import { registerChartCommands } from '../editor/chartCommands';
import { ChartSync } from '../editor/chartSync';
import { registerHeatCommands } from '../editor/heatCommands';
import type { Pointing } from '../protocol';
import type { Baseline } from '../views/baseline';
import { DroppedProfiles } from '../views/droppedProfiles';
import { showProfile } from '../views/openProfile';
import { registerProfileEditor } from '../views/profileEditorProvider';
import { isShownInTab } from '../views/profileTabs';
import { ViewStateStore } from '../views/viewStateStore';
import type { Essentials } from './essentials';
import type { HotLineParts } from './hotLines';
import type { ProfileParts } from './profiles';

/** The profile editor, and what goes between its charts and the hot lines. */
export function wireCharts(
  { context, engine, output }: Essentials,
  { heat, opener, frameReveal }: HotLineParts,
  { profiles, downloads }: ProfileParts,
  baseline: Baseline,
): void {
  const point = (uri: vscode.Uri, pointing: Pointing): void => profiles.find(uri)?.point(pointing);
  const sync = new ChartSync(heat, engine, point, isShownInTab);
  const pointInstead = (uri: vscode.Uri, pointing: Pointing): void => {
    sync.yield();
    point(uri, pointing);
  };
  context.subscriptions.push(
    registerProfileEditor(profiles, {
      engine,
      output,
      states: new ViewStateStore(context.workspaceState),
      extensionUri: context.extensionUri,
      dropped: new DroppedProfiles(downloads, output),
      baseline,
      openSource: (frame, from) => opener.open(frame, from),
      revealSource: (frame) => frameReveal.show(frame),
    }),
    sync,
    registerChartCommands({ heat, engine, showProfile, point: pointInstead }),
    registerHeatCommands({
      heat,
      opener,
      reactivate: () => {
        const latest = profiles.all.find((profile) => profile !== baseline.profile);
        if (latest !== undefined) {
          profiles.activate(latest);
        }
      },
      deactivate: () => profiles.deactivate(),
      showProfile,
    }),
  );
}
