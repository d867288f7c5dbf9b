import * as vscode from 'vscode';
import type { HostProfile } from './hostProfile';
import type { OpenProfiles } from './openProfiles';
import { type PanelServices, ProfilePanel } from './profilePanel';
import { profileViewTypes } from './viewType';

class ProfileDocument implements vscode.CustomDocument {
  private readonly hold: vscode.Disposable;

  constructor(
    readonly uri: vscode.Uri,
    readonly profile: HostProfile,
  ) {
    this.hold = profile.hold();
  }

  dispose(): void {
    this.hold.dispose();
  }
}

/** Shows a profile in an editor; several editors of one file share the engine's profile. */
class ProfileEditorProvider implements vscode.CustomReadonlyEditorProvider<ProfileDocument> {
  constructor(
    private readonly profiles: OpenProfiles,
    private readonly services: PanelServices,
  ) {}

  /** Answers at once, whatever the file holds: loading and failing are shown in the editor. */
  openCustomDocument(uri: vscode.Uri): ProfileDocument {
    return new ProfileDocument(uri, this.profiles.open(uri));
  }

  resolveCustomEditor({ profile }: ProfileDocument, panel: vscode.WebviewPanel): void {
    const view = new ProfilePanel(panel, profile, this.services);
    const viewState = panel.onDidChangeViewState(() => {
      if (panel.active) {
        view.focused();
        this.profiles.activate(profile);
      }
    });
    panel.onDidDispose(() => {
      viewState.dispose();
      view.dispose();
    });
    // After a window reload an editor may be restored without the focus.
    if (panel.active || this.profiles.active === null) {
      this.profiles.activate(profile);
    }
  }
}

/** Registers the profile editor. */
export function registerProfileEditor(profiles: OpenProfiles, services: PanelServices): vscode.Disposable {
  const provider = new ProfileEditorProvider(profiles, services);
  return vscode.Disposable.from(
    ...profileViewTypes.map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true }),
    ),
  );
}
