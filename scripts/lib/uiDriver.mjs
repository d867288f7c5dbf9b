// The extension API reads back neither decorations nor a webview's content. Tests in the extension host therefore ask
// this server, on loopback, to act on the window's page for them.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { runInThisContext } from 'node:vm';
import * as commandPalette from './workbench/commandPalette.mjs';
import * as notifications from './workbench/notifications.mjs';
import * as profileEditor from './workbench/profileEditor.mjs';
import * as quickInput from './workbench/quickInput.mjs';
import * as secondWindow from './workbench/secondWindow.mjs';
import * as statusBar from './workbench/statusBar.mjs';
import * as textEditors from './workbench/textEditors.mjs';
import * as widgets from './workbench/widgets.mjs';
import * as window from './workbench/window.mjs';

/**
 * Serves POST `{action, arg}` (a function of workbench/ by name) and `{fn, arg}` (source text of a function of the
 * page). `session()` gives the running VS Code. Returns `{address, close}`; the address has a secret in its path, as
 * what it does is run code.
 */
export async function serveUiDriver(session) {
  const secret = randomBytes(16).toString('hex');
  const extra = [];
  const tools = {
    ...commandPalette,
    ...notifications,
    ...profileEditor,
    ...quickInput,
    ...secondWindow,
    ...statusBar,
    ...textEditors,
    ...widgets,
    ...window,
    /** A second window, which a test may reload without ending itself. */
    openWindow: async (folder) => {
      const page = await session().openWindow(folder);
      extra.push(page);
      return page;
    },
  };
  const server = createServer(async (request, response) => {
    const reply = (body) => response.end(JSON.stringify(body));
    if (request.url !== `/${secret}`) {
      response.statusCode = 404;
      return reply({ ok: false, error: 'wrong path' });
    }
    try {
      let text = '';
      for await (const chunk of request) text += chunk;
      const { action, fn, arg } = JSON.parse(text);
      const work = action === undefined ? runInThisContext(`(${fn})`, { filename: 'uiDriver' }) : tools[action];
      if (typeof work !== 'function') throw new Error(`No such action: ${action}`);
      const value = await work(session().page, arg, tools);
      reply({ ok: true, value: value ?? null });
    } catch (error) {
      reply({ ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/${secret}`,
    close: async () => {
      await Promise.all(extra.map((page) => page.close().catch(() => {})));
      server.closeAllConnections();
      server.close();
    },
  };
}
