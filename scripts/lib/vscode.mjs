// Starts a real VS Code: the desktop one where it can show a window, code-server in a headless browser otherwise.
import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCodeServer } from './codeServer.mjs';
import { findDesktopVsCode, startDesktopVsCode } from './desktopVsCode.mjs';

/** Quiet, the same everywhere, and without anything that wants a network. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'window.newWindowDimensions': 'maximized',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  // Not `false`: VS Code would rewrite the settings for it while the first test runs.
  'extensions.autoUpdate': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'debug.toolBarLocation': 'docked',
  // Else the extension host starts programs every two seconds, to look for ports: they take a small machine's time.
  'remote.autoForwardPorts': false,
  'remote.autoForwardPortsSource': 'output',
};

/**
 * Starts a real VS Code on `folder`.
 *
 * Options: `folder` (absolute; a `.code-workspace` file for several), one of `extensionPath` (an extension under development) and `vsix`, `extensionFolders` (others, unpacked), `testsPath` (the
 * module the extension host runs; its exit code settles `finished`), `testEnv` (the tests' environment), `env`,
 * `settings` (over the quiet ones), `viewport`, `deviceScaleFactor`, `logFolder`, `keepLogs` (VS Code's own go there too), `onLog(line)`, `port`.
 *
 * Returns `{kind, title, page, finished, address, dataFolder, openWindow(folder), close()}`:
 * `page` is playwright's page of the workbench, `finished` settles with the tests' exit code or a sentence, `address`
 * is null where there is none to open in a browser. Throws one sentence when no VS Code can be had.
 */
export async function startVsCode(options) {
  const profileFolder = await mkdtemp(join(tmpdir(), 'emberline-vscode-'));
  process.once('exit', () => rmSync(profileFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  const settings = { ...quietSettings, ...options.settings };
  const testEnv = { ...options.testEnv, EMBERLINE_TEST_DATA: join(profileFolder, 'data') };
  const full = { ...options, profileFolder, settings, testEnv };
  try {
    const desktop = await findDesktopVsCode();
    const session = desktop === null ? await startCodeServer(full) : await startDesktopVsCode(desktop, full);
    return {
      ...session,
      close: async () => {
        await session.close();
        if (options.keepLogs) await keepLogs(profileFolder, options.logFolder);
        await rm(profileFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      },
    };
  } catch (error) {
    await rm(profileFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    throw error;
  }
}

async function keepLogs(profileFolder, logFolder) {
  await cp(join(profileFolder, 'data', 'logs'), join(logFolder, 'logs'), { recursive: true }).catch(() => {});
}
