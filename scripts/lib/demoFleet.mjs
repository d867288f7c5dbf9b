// npm run demo -- fleet: three services behind one endpoint, captured at once, merged, split by instance.
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './codeServer.mjs';
import { compileService, packForDemo, service, startLoad, windowOf } from './demoRun.mjs';
import { pictureSize, savePicture } from './pictures.mjs';
import { root } from './setup.mjs';
import { seconds as since, sleep, step } from './steps.mjs';
import { startVsCode } from './vscode.mjs';
import { runCommand } from './workbench/commandPalette.mjs';
import { waitForFlameGraph, webview } from './workbench/profileEditor.mjs';

const instances = 3;

/** Runs the fleet's demo. Throws one sentence that names the step's trouble; a picture of it is in demo-output/. */
export async function runFleetDemo({ pictures, seconds }) {
  const start = performance.now();
  const { output, vsix } = await packForDemo();
  await step('Compiling the sample service', async () => compileService());
  const children = [];
  let session;
  try {
    const fleet = await step(`Starting ${instances} services with inspectors`, () => startFleet(children));
    session = await step('Starting VS Code with the group in its settings', () =>
      startVsCode({
        folder: service,
        vsix,
        settings: {
          'workbench.colorTheme': 'Dark Modern',
          'breadcrumbs.enabled': false,
          'emberline.endpoints': [
            {
              name: 'quotes',
              kind: 'v8-inspector',
              url: fleet.map(({ inspector }) => `localhost:${inspector}`),
              seconds,
            },
          ],
        },
        ...windowOf(output, pictures),
      }),
    );
    console.log(`  ${session.title}`);
    const { page } = session;
    await step('Opening the Endpoints view', () => openView(page));
    // Only now, however long VS Code took. Unevenly: one of them has most of the customers.
    for (const [i, { port }] of fleet.entries()) {
      for (let n = 0; n < (i === 0 ? 2 : 1); n++) children.push(startLoad(port, seconds + 90));
    }
    await sleep(1500);
    await step(`Capturing all ${instances} for ${seconds} s`, () => capture(page));
    await step('Splitting by instance', () => splitByInstance(page));
    await step('Taking a picture', () => takePicture(page, pictures ? join(root, 'media') : output));
    console.log(`\nThe whole demo took ${since(start)}.`);
  } catch (error) {
    await session?.page.screenshot({ path: join(output, 'failure.png') }).catch(() => {});
    throw new Error(`${error.message}\nA picture of the window and the logs are in demo-output/.`);
  } finally {
    for (const child of children) child.kill();
    await session?.close();
  }
}

async function startFleet(children) {
  const fleet = [];
  for (let i = 0; i < instances; i++) {
    const port = await freePort();
    const inspector = await freePort();
    const args = [`--inspect=127.0.0.1:${inspector}`, '--enable-source-maps', join(service, 'out', 'server.js')];
    const env = { ...process.env, QUOTE_PORT: String(port) };
    children.push(spawn(process.execPath, args, { stdio: 'ignore', env }));
    fleet.push({ port, inspector });
  }
  for (const { port } of fleet) await answers(`http://127.0.0.1:${port}/health`);
  return fleet;
}

async function answers(address) {
  for (let i = 0; i < 150; i++) {
    const up = await fetch(address).then(
      (response) => response.ok,
      () => false,
    );
    if (up) return;
    await sleep(200);
  }
  throw new Error(`A service did not answer at ${address} within half a minute.`);
}

const groupRow = (page) => page.locator('.part.sidebar .monaco-list-row', { hasText: 'quotes' }).first();

async function openView(page) {
  await page.locator('.activitybar [aria-label="Emberline"]').first().click({ timeout: 60_000 });
  const row = groupRow(page);
  await row.waitFor({ timeout: 30_000 });
  await row.locator('.monaco-tl-twistie').click();
}

async function capture(page) {
  const row = groupRow(page);
  await row.hover();
  await row.locator('.action-label[aria-label="Capture"]').click();
  await waitForFlameGraph(page);
}

async function splitByInstance(page) {
  const frame = webview(page);
  await frame.getByRole('button', { name: 'Split', exact: true }).click();
  await frame
    .getByRole('option', { name: /^instance/ })
    .first()
    .click();
  await frame.getByText('Split by instance').first().waitFor({ timeout: 30_000 });
}

/** The chart has the width: the function table is closed. */
async function takePicture(page, folder) {
  await mkdir(folder, { recursive: true });
  await runCommand(page, 'Notifications: Clear All Notifications');
  await webview(page).getByTitle('Show or hide the function table').first().click();
  const other = page.locator('.part.sidebar .pane-header[aria-label^="On This Machine"][aria-expanded="true"]');
  if ((await other.count()) > 0) await other.click();
  await page.mouse.move(pictureSize.width - 3, pictureSize.height - 3);
  await sleep(1500);
  await savePicture(page, join(folder, 'endpoints-dark.png'), {
    from: '.part.sidebar',
    locators: ['.part.editor'],
    margin: 0,
  });
}
