import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Certificates } from '../support/certificates';
import { PprofServer } from '../support/pprofServer';
import {
  chooseFile,
  clearNotifications,
  eventually,
  pick,
  pressNotificationButton,
  runCommand,
  screenshot,
  typeIntoQuickInput,
  ui,
  waitForFlameGraph,
  waitForNotification,
  waitForQuickPick,
} from './driver';
import { configure, press, rows, settings } from './endpointRows';
import { projectFile } from './workspaceFolder';

/** Who we are to hosts: certificates, passwords, sockets and proxies, as a user sets them. */

const files = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('files');
const fixtures = { cpu: projectFile('test/fixtures/go-cpu.pb.gz'), heap: projectFile('test/fixtures/go-heap.pb.gz') };

function typePassword(text: string): Promise<void> {
  return ui(async (page, typed) => {
    const value = page.locator('.quick-input-widget:visible input[type=password]');
    await value.fill(typed);
    await value.press('Enter');
  }, text);
}

const pictures = process.env['EMBERLINE_TEST_OUTPUT'];
async function picture(name: string): Promise<void> {
  if (pictures !== undefined) await screenshot(join(pictures, `${name}.png`));
}

suite('Credentials', () => {
  let certificates: Certificates;
  let folder: string;
  const servers: { stop(): void }[] = [];

  suiteSetup(() => {
    certificates = new Certificates();
    folder = mkdtempSync(join(tmpdir(), 'emberline-sockets-'));
  });

  suiteSetup(async () => {
    await files().update('simpleDialog.enable', true, vscode.ConfigurationTarget.Global);
  });

  setup(async () => {
    await configure(undefined);
    await vscode.commands.executeCommand('emberline.endpoints.focus');
  });

  teardown(async () => {
    for (const server of servers.splice(0)) server.stop();
    await vscode.commands.executeCommand('emberline.forgetCredentials');
    await settings().update('certificates', undefined, vscode.ConfigurationTarget.Global);
    await clearNotifications();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  suiteTeardown(async () => {
    await files().update('simpleDialog.enable', undefined, vscode.ConfigurationTarget.Global);
    certificates.remove();
    rmSync(folder, { recursive: true, force: true });
    await configure(undefined);
    await vscode.commands.executeCommand('emberline.clearHeat');
    await vscode.commands.executeCommand('workbench.view.explorer');
  });

  async function serve(options: Parameters<typeof PprofServer.start>[1]): Promise<PprofServer> {
    const server = await PprofServer.start(fixtures, options);
    servers.push(server);
    return server;
  }

  test('an authority and a client certificate with a passphrase, from the failure to the profile', async () => {
    const client = certificates.issue('client', { client: true });
    const p12 = certificates.pkcs12(client, 'open sesame');
    const { address } = await serve({
      tls: {
        ...certificates.read(certificates.issue('server')),
        ca: readFileSync(certificates.ca.cert),
        requestCert: true,
      },
    });
    await configure([{ name: 'mutual', kind: 'go-pprof', url: address, profile: 'heap' }]);
    await eventually(rows, (all) => all.length === 1);
    await press('mutual', 'Capture');
    await waitForNotification('was issued by “Ember Test Authority”, which is not trusted here');
    await picture('credentials-untrusted');
    await pressNotificationButton('is not trusted here', 'Set Credentials…');
    await pick('Trust an Authority…');
    await chooseFile(certificates.ca.cert);
    await waitForQuickPick('has: authority of its own');
    await pick('Client Certificate…');
    await chooseFile(p12);
    await typePassword('no');
    await typePassword('open sesame');
    await waitForQuickPick('client certificate');
    await picture('credentials-of-host');
    await pick('Done');
    await waitForFlameGraph();
    const host = address.replace('https://', '');
    assert.deepEqual(settings().inspect('certificates')?.globalValue, {
      [host]: { ca: certificates.ca.cert, cert: p12 },
    });
    const [row] = await eventually(rows, ([first]) => /^captured .* · credentials/.test(first?.description ?? ''));
    assert.equal(row?.label, 'mutual');
    await picture('credentials-tree');

    await runCommand('Emberline: Forget All Credentials');
    await waitForNotification(`Emberline forgot the credentials of ${host}.`);
    assert.deepEqual(settings().inspect('certificates')?.globalValue, { [host]: { ca: certificates.ca.cert } });
    await press('mutual', 'Capture');
    await waitForNotification('wants a client certificate');
  });

  test('user and password in the wizard, proposed as the host asks for them', async () => {
    const server = await serve({});
    server.authorization = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    server.challenge = 'Basic realm="profiles"';
    void vscode.commands.executeCommand('emberline.addEndpoint');
    await typeIntoQuickInput(server.address);
    await waitForQuickPick(`${server.address} wants a user and password`);
    await picture('credentials-wizard');
    await pick('Set Credentials…');
    const offered = await waitForQuickPick('does not know who you are');
    assert.match(offered[0]!.label, /User and Password/);
    await pick('User and Password…');
    await typeIntoQuickInput('me');
    await typePassword('pass word');
    await waitForQuickPick('has: header Authorization');
    await pick('Done');
    const found = await waitForQuickPick(`${server.address} is Go net/http/pprof`);
    assert.match(found[0]!.label, /Go net\/http\/pprof/);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  });

  test('a Unix socket', async function () {
    if (process.platform === 'win32') this.skip();
    const { address } = await serve({ path: join(folder, 'pprof.sock') });
    await configure([{ name: 'socket', kind: 'go-pprof', url: address, profile: 'heap' }]);
    await eventually(rows, (all) => all.length === 1);
    await press('socket', 'Capture');
    await waitForFlameGraph();
  });

  test('a proxy of the settings, with a certificate for what is behind it', async () => {
    const server = createTlsServer(
      certificates.read(certificates.issue('inside', { names: 'DNS:profiles.inside.example' })),
      (_, response) => response.end('main;proxied 3\n'),
    );
    const proxy = createServer();
    const connects: (string | undefined)[] = [];
    await listen(server);
    proxy.on('connect', (request, socket) => {
      connects.push(request.url, request.headers['proxy-authorization']);
      const there = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        there.pipe(socket).pipe(there);
      });
      for (const end of [there, socket]) end.on('error', () => undefined);
    });
    await listen(proxy);
    servers.push(...[server, proxy].map((each) => ({ stop: () => each.close() })));
    const http = vscode.workspace.getConfiguration('http');
    const host = 'profiles.inside.example';
    try {
      const { port } = proxy.address() as AddressInfo;
      await http.update('proxy', `http://me:secret@127.0.0.1:${port}`, vscode.ConfigurationTarget.Global);
      await settings().update(
        'certificates',
        { [host]: { ca: certificates.ca.cert } },
        vscode.ConfigurationTarget.Global,
      );
      void vscode.commands.executeCommand('emberline.openUrl', `https://${host}/cpu.folded`);
      await waitForFlameGraph();
      assert.equal(connects[0], `${host}:443`);
      assert.equal(connects[1], `Basic ${Buffer.from('me:secret').toString('base64')}`);
      // Asked directly, the name means nothing.
      await http.update('noProxy', [host], vscode.ConfigurationTarget.Global);
      void vscode.commands.executeCommand('emberline.openUrl', `https://${host}/other.folded`);
      await waitForNotification(`${host}`);
      assert.equal(connects.length, 2);
    } finally {
      await http.update('proxy', undefined, vscode.ConfigurationTarget.Global);
      await http.update('noProxy', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
