import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import {
  eventually,
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
import { writeWorkspace } from './workspaceFolder';

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

  test('refuses what is no address before it asks anyone', async () => {
    const before = asked.length;
    await runCommand('Emberline: Open Profile from URL…');
    const said = await ui(async (page) => {
      const input = page.locator('.quick-input-widget:visible input[type=text]').first();
      await input.fill('ftp://example.com/x');
      await page.locator('.quick-input-message', { hasText: 'http://' }).waitFor();
      return (await page.locator('.quick-input-message').textContent()) ?? '';
    });
    assert.match(said, /starts with http:\/\/ or https:\/\//);
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
    await pressNotificationButton('answered 401', 'Set Request Headers…');
    await typeIntoQuickInput('Authorization');
    await ui(async (page) => {
      const value = page.locator('.quick-input-widget:visible input[type=password]');
      await value.fill('Bearer letmein');
      await value.press('Enter');
    });
    await waitForQuickPick('Sent to');
    await pick('Done');
    await waitForFlameGraph();
    assert.equal(asked.at(-1)?.headers.authorization, 'Bearer letmein');
    await runCommand('Emberline: Forget All Request Headers');
    await waitForNotification(`Emberline forgot the request headers of ${origin}.`);
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

suite('Convert', () => {
  test('writes the profile in front as what is chosen', async function () {
    this.timeout(120_000);
    const folder = writeWorkspace('convert', { 'made.folded': 'main;work 30\nmain;rest 12\n' });
    await vscode.commands.executeCommand(
      'vscode.openWith',
      vscode.Uri.file(join(folder, 'made.folded')),
      'emberline.profile',
    );
    await waitForFlameGraph();
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
        await pick(title);
        await ui(async (page, proposed) => {
          const input = page.locator('.quick-input-widget:visible input[type=text]').first();
          for (let i = 0; i < 100 && !(await input.inputValue().catch(() => '')).endsWith(proposed); i++) {
            await page.waitForTimeout(100);
          }
          // The dialog looks up its folder before it takes a name.
          await page.waitForTimeout(500);
          await input.press('Enter');
        }, name);
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
