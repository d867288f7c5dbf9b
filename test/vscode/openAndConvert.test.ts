import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import {
  acceptProposedFile,
  eventually,
  focusWebview,
  notifications,
  pick,
  pressNotificationButton,
  runCommand,
  typeIntoQuickInput,
  ui,
  waitForFlameGraph,
  waitForNotification,
  waitForQuickPick,
} from './driver';
import { openProfile } from './openProfile';
import { projectFile, writeWorkspace } from './workspaceFolder';

/** Opening by URL and converting, as a user does it. */

const QUERY = 'X-Amz-Signature=0123456789abcdef';

const activeInput = (): vscode.TabInputCustom | null => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input : null;
};

suite('Open by URL', () => {
  let server: Server;
  let origin: string;
  const asked: IncomingMessage[] = [];

  suiteSetup(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      const { pathname } = new URL(request.url ?? '/', 'http://x');
      if (pathname === '/secret.folded' && request.headers.authorization !== 'Bearer letmein') {
        response.writeHead(401).end('who are you?');
      } else if (pathname === '/page') response.end('<!doctype html><title>Sign in</title>');
      else if (pathname === '/debug/pprof/profile')
        response.end(readFileSync(projectFile('test/fixtures/go-cpu.pb.gz')));
      else if (pathname === '/slow.folded') response.writeHead(200).write('main;slow 1\n');
      else if (pathname.endsWith('.folded')) response.end('main;fetched_work 30\nmain;rest 12\n');
      else response.writeHead(404).end('no such file');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('emberline.clearHeat');
    server.closeAllConnections();
    server.close();
  });

  test('downloads, opens, keeps the query to itself, and removes the file with its editor', async () => {
    await runCommand('Emberline: Open Profile from URL…');
    await typeIntoQuickInput(`${origin}/cpu.folded?${QUERY}`);
    await waitForFlameGraph();
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, 'cpu.folded');
    const file = activeInput()?.uri.fsPath ?? '';
    assert.equal(readFileSync(file, 'utf8').split('\n')[0], 'main;fetched_work 30');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(asked.at(-1)?.url?.includes(QUERY));
    const shown = await ui(async (page) => page.locator('body').textContent());
    assert.ok(!`${file}${shown}`.includes('0123456789abcdef'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('emberline.clearHeat');
    await eventually(
      () => existsSync(dirname(file)),
      (exists) => !exists,
    );
  });

  test('opens what has no ending by its content', async () => {
    await vscode.commands.executeCommand('emberline.openUrl', `${origin}/debug/pprof/profile?seconds=5`);
    await waitForFlameGraph();
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label, 'profile');
    assert.equal(activeInput()?.viewType, 'emberline.profile');
  });

  test('refuses what is no address before it asks anyone', async () => {
    const before = asked.length;
    await runCommand('Emberline: Open Profile from URL…');
    const said = await ui(async (page) => {
      const input = page.locator('.quick-input-widget:visible input[type=text]').first();
      await input.fill('ftp://example.com/x');
      await page.locator('.quick-input-message', { hasText: 'http://' }).waitFor();
      return (await page.locator('.quick-input-message').textContent()) ?? '';
    });
    assert.match(said, /starts with http:\/\/, https:\/\/ or unix:/);
    assert.equal(asked.length, before);
  });

  test('says in one sentence what is wrong with an answer', async () => {
    for (const [path, sentence] of [
      ['/none.pprof', 'answered 404 Not Found (“no such file”)'],
      ['/page', 'answered with a web page (“Sign in”), not a profile'],
    ]) {
      void vscode.commands.executeCommand('emberline.openUrl', `${origin}${path}?${QUERY}`);
      const message = await waitForNotification(sentence);
      assert.ok(!message.includes('0123456789abcdef'));
    }
  });

  test('asks for the headers that a host wants, keeps them, and tries again', async () => {
    void vscode.commands.executeCommand('emberline.openUrl', `${origin}/secret.folded`);
    await waitForNotification('answered 401 Unauthorized (“who are you?”)');
    await pressNotificationButton('answered 401', 'Set Credentials…');
    await pick('Bearer Token…');
    await ui(async (page) => {
      const value = page.locator('.quick-input-widget:visible input[type=password]');
      await value.fill('letmein');
      await value.press('Enter');
    });
    await waitForQuickPick('has: header Authorization');
    await pick('Done');
    await waitForFlameGraph();
    assert.equal(asked.at(-1)?.headers.authorization, 'Bearer letmein');
    await runCommand('Emberline: Forget All Credentials');
    await waitForNotification(`Emberline forgot the credentials of ${origin}.`);
    void vscode.commands.executeCommand('emberline.openUrl', `${origin}/secret.folded`);
    await waitForNotification('answered 401');
  });

  test('a download can be cancelled', async () => {
    const opening = vscode.commands.executeCommand('emberline.openUrl', `${origin}/slow.folded`);
    await pressNotificationButton('Downloading from 127.0.0.1', 'Cancel');
    await opening;
    assert.deepEqual(
      (await notifications()).filter(({ message }) => message.includes('slow')),
      [],
    );
    assert.equal(activeInput(), null);
  });
});

suite('Drop', () => {
  /** As the page gets it when VS Code leaves a drop to it (with Shift held). */
  const drop = (list: string | null, file: { name: string; text: string } | null): Promise<void> =>
    ui(
      async (page, given, tools) => {
        await tools
          .webview(page)
          .locator('emberline-app')
          .evaluate((app, { uris, content }) => {
            const dataTransfer = new DataTransfer();
            if (uris !== null) dataTransfer.setData('text/uri-list', uris);
            if (content !== null) dataTransfer.items.add(new File([content.text], content.name));
            for (const type of ['dragover', 'drop']) {
              app.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
            }
          }, given);
      },
      { uris: list, content: file },
    );

  test('on an open profile opens files of the workspace, of the system, and proposes addresses', async () => {
    const folder = writeWorkspace('dropped', { 'first.folded': 'main;work 3\n', 'second.folded': 'main;rest 4\n' });
    await openProfile(join(folder, 'first.folded'));
    await drop(`# comment\r\n${vscode.Uri.file(join(folder, 'second.folded'))}\r\n`, null);
    await eventually(activeInput, (input) => input?.uri.path.endsWith('second.folded') === true);
    await waitForFlameGraph();
    await drop(null, { name: '../third.folded', text: 'main;dropped_work 5\n' });
    await eventually(activeInput, (input) => input?.uri.path.endsWith('third.folded') === true);
    await waitForFlameGraph();
    const copy = activeInput()?.uri.fsPath ?? '';
    assert.equal(readFileSync(copy, 'utf8'), 'main;dropped_work 5\n');
    await drop('https://example.invalid/x.folded', null);
    const proposed = await ui(async (page) => {
      const input = page.locator('.quick-input-widget:visible input[type=text]').first();
      await input.waitFor();
      return input.inputValue();
    });
    assert.equal(proposed, 'https://example.invalid/x.folded');
  });

  test('from the Explorer onto an open profile opens the file beside it', async () => {
    const folder = writeWorkspace('', { 'shown.folded': 'main;work 3\n', 'dragged.folded': 'main;rest 4\n' });
    await openProfile(join(folder, 'shown.folded'));
    await vscode.commands.executeCommand('workbench.view.explorer');
    await vscode.commands.executeCommand('workbench.files.action.refreshFilesExplorer');
    await vscode.commands.executeCommand('workbench.files.action.collapseExplorerFolders');
    await ui(async (page) => {
      const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'dragged.folded' });
      const from = await row.boundingBox();
      const to = await page.locator('.editor-group-container').first().boundingBox();
      if (from === null || to === null) throw new Error('There is nothing to drag, or nowhere to drag it to.');
      await page.mouse.move(from.x + 40, from.y + 8);
      await page.mouse.down();
      await page.mouse.move(from.x + 80, from.y + 12, { steps: 5 });
      await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 20 });
      await page.waitForTimeout(300);
      await page.mouse.up();
    });
    const input = await eventually(activeInput, (now) => now?.uri.path.endsWith('dragged.folded') === true);
    assert.equal(input?.viewType, 'emberline.profile');
    await waitForFlameGraph();
  });

  test('of a .json file on the editors leaves it to its own editor, and its tab offers Emberline', async () => {
    const folder = writeWorkspace('dropped', {
      'any.json': '{"nodes":[],"samples":[],"timeDeltas":[],"startTime":0,"endTime":0}',
    });
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(join(folder, 'any.json')));
    await ui(async (page, _, tools) => {
      const tab = page.locator('.tabs-container .tab', { hasText: 'any.json' });
      await tools.chooseFromContextMenu(page, tab, 'Open With Emberline');
    }, null);
    const input = await eventually(activeInput, (now) => now !== null);
    assert.equal(input?.viewType, 'emberline.profileOption');
  });
});

suite('Convert', () => {
  test('writes the profile in front as what is chosen', async function () {
    this.timeout(240_000);
    const folder = writeWorkspace('convert', { 'made.folded': 'main;work 30\nmain;rest 12\n' });
    await openProfile(join(folder, 'made.folded'));
    const files = vscode.workspace.getConfiguration('files');
    await files.update('simpleDialog.enable', true, vscode.ConfigurationTarget.Global);
    try {
      for (const [title, name, holds] of [
        ['Flame graph picture', 'made.svg', '<svg'],
        ['Flame graph page', 'made.html', '<!DOCTYPE html>'],
        ['Folded stacks', 'made.converted.folded', 'main;work 30'],
      ]) {
        await runCommand('Emberline: Convert Profile…');
        await waitForQuickPick('What to write made.folded as');
        await focusWebview();
        await pick(title);
        await acceptProposedFile(name);
        await waitForNotification(`Wrote ${name}`);
        assert.ok(readFileSync(join(folder, name), 'utf8').includes(holds), name);
      }
      await pressNotificationButton('Wrote made.converted.folded', 'Open');
      await eventually(activeInput, (input) => input?.uri.path.endsWith('made.converted.folded') === true);
    } finally {
      await files.update('simpleDialog.enable', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
