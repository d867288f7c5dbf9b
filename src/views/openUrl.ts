import * as vscode from 'vscode';
import { type Download, download, parseDownloadUrl } from '../endpoints/download';
import { DownloadError } from '../endpoints/downloadError';
import { shownAddress, shownHost } from '../endpoints/httpAddress';
import { formatValue } from '../units/units';
import { editCredentials } from './credentialCommands';
import type { CredentialStore } from './credentialStore';
import type { DownloadStore } from './downloadStore';
import { viewTypeFor } from './viewType';

interface Services {
  readonly store: DownloadStore;
  readonly credentials: CredentialStore;
  readonly output: vscode.LogOutputChannel;
}

const SILENCE_MS = 30_000;

/** `Emberline: Open Profile from URL…`; with an address as its argument it asks for none. */
export function registerOpenUrl(services: Services): vscode.Disposable {
  return vscode.commands.registerCommand('emberline.openUrl', async (given?: unknown) => {
    if (!vscode.workspace.isTrusted) {
      void vscode.window.showErrorMessage('Nothing is downloaded in an untrusted workspace: trust it first.');
      return;
    }
    const text = typeof given === 'string' ? given : await askAddresses(proposedIn(given));
    if (text === undefined) return;
    let urls: URL[];
    try {
      urls = splitAddresses(text).map(parseDownloadUrl);
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
      return;
    }
    // One after the other: each may ask for headers that the next needs too.
    for (const url of urls) await openUrl(url, services);
  });
}

/** `{proposed}`: an address that the user is to confirm. */
function proposedIn(given: unknown): string {
  const proposed = typeof given === 'object' && given !== null && 'proposed' in given ? given.proposed : '';
  return typeof proposed === 'string' ? proposed : '';
}

async function askAddresses(value: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    value,
    title: 'Open Profile from URL',
    prompt: 'Address of a profile. Several are separated by spaces.',
    placeHolder: 'https://example.com/cpu.pb.gz',
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        splitAddresses(value).map(parseDownloadUrl);
        return null;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
}

function splitAddresses(text: string): string[] {
  return text.split(/\s+/).filter((part) => part !== '');
}

async function openUrl(url: URL, services: Services): Promise<void> {
  const { output } = services;
  for (;;) {
    try {
      const { path, bytes } = await fetchProfile(url, services);
      output.info(`Downloaded ${shownAddress(url)}: ${bytes} bytes`);
      const uri = vscode.Uri.file(path);
      await vscode.commands.executeCommand('vscode.openWith', uri, viewTypeFor(uri), { preview: false });
      return;
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return;
      output.error(messageOf(error));
      if (!(await askToRetry(error, services))) return;
    }
  }
}

async function askToRetry(error: unknown, { credentials }: Services): Promise<boolean> {
  const retry = 'Retry';
  const setCredentials = 'Set Credentials…';
  const wants = error instanceof DownloadError && error.wantsCredentials;
  const answer = await vscode.window.showErrorMessage(messageOf(error), ...(wants ? [setCredentials, retry] : [retry]));
  if (answer === setCredentials && error instanceof DownloadError)
    return editCredentials(credentials, error.origin, error.scheme);
  return answer === retry;
}

function fetchProfile(url: URL, { store, credentials }: Services): Promise<Download> {
  const mebibytes = vscode.workspace.getConfiguration('emberline').get('download.maxSize', 1024);
  return Promise.resolve(
    vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `Downloading from ${shownHost(url)}`,
        cancellable: true,
      },
      (progress, token) => {
        const cancel = new AbortController();
        token.onCancellationRequested(() => cancel.abort());
        let shown = 0;
        let shownAt = 0;
        return download({
          url,
          ...credentials.access,
          folder: store.folder,
          maxBytes: Math.max(1, mebibytes) * 2 ** 20,
          silenceMs: SILENCE_MS,
          tooLargeAdvice: 'raise the setting emberline.download.maxSize',
          signal: cancel.signal,
          onProgress: (received, total) => {
            const now = Date.now();
            if (now - shownAt < 100 && received !== total) return;
            shownAt = now;
            const bytes = formatValue(received, 'bytes');
            const percent = total === null || total === 0 ? 0 : (received / total) * 100;
            progress.report({
              message: total === null ? bytes : `${bytes} of ${formatValue(total, 'bytes')}`,
              ...(total === null ? {} : { increment: percent - shown }),
            });
            shown = percent;
          },
        });
      },
    ),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
