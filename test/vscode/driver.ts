import { request } from 'node:http';
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** What a function that runs beside the window's page is given besides the page (see scripts/lib/workbench/). */
export interface DriverTools {
  /** The document inside the visible profile editor. */
  webview(page: Page): FrameLocator;
  /** Opens a second window on a folder (absolute path; the same one when left out), which may be reloaded. */
  openWindow(folder?: string): Promise<Page>;
  /** Waits until a window that has just opened offers Emberline's commands. */
  waitForEmberline(page: Page): Promise<void>;
  /** Opens a profile by a double-click in the Explorer, in a window that may lose it or not know its editor yet. */
  openFromExplorer(page: Page, name: string): Promise<void>;
  showsWebview(page: Page): Promise<boolean>;
  runCommand(page: Page, title: string): Promise<void>;
  decoratedLines(page: Page): Promise<DecoratedLine[]>;
  waitForFlameGraph(page: Page): Promise<{ width: number; height: number }>;
  /** Waits until the window has written a text to its storage. */
  waitForStored(page: Page, text: string): Promise<void>;
  screenshot(page: Page, path: string): Promise<string>;
  /** Chooses an item of the context menu of what `target` locates; `look` is called while the menu is open. */
  chooseFromContextMenu(page: Page, target: Locator, name: string, look?: () => Promise<unknown>): Promise<void>;
}

export interface DecoratedLine {
  editor: string;
  line: number | null;
  text: string;
  /** The text after the line's end. */
  label: string | null;
  /** The computed colour behind the line. */
  background: string | null;
  /** Whether a dashed line is around it: its code changed. */
  outlined: boolean;
}

export interface QuickPickItem {
  label: string;
  description: string;
  /** Null where the item has no check box. */
  checked: boolean | null;
}

export interface ShownNotification {
  message: string;
  buttons: string[];
}

/** Anything JSON can carry. */
type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain | undefined } | object;

/**
 * Runs `fn` in the test runner with playwright's page of this window. Its source text travels: it sees nothing of the
 * test's scope but `arg`. Rejects with what it throws.
 */
export function ui<R>(fn: (page: Page, arg: undefined, tools: DriverTools) => Promise<R>): Promise<R>;
export function ui<R, A extends Plain>(fn: (page: Page, arg: A, tools: DriverTools) => Promise<R>, arg: A): Promise<R>;
export function ui<R>(fn: (...args: never[]) => Promise<R>, arg?: Plain): Promise<R> {
  return post<R>({ fn: String(fn), arg });
}

/** Chooses a command in the palette by its full title, as a user does: "Emberline: Toggle Heat". */
export const runCommand = (title: string): Promise<null> => post({ action: 'runCommand', arg: title });
/** Titles that the palette offers for a text. */
export const paletteOffers = (text: string): Promise<string[]> => post({ action: 'paletteOffers', arg: text });

export const quickPickItems = (): Promise<QuickPickItem[]> => post({ action: 'quickPickItems' });
/** Waits for a quick pick with this text in its title or placeholder; any when left out. */
export const waitForQuickPick = (text?: string): Promise<QuickPickItem[]> =>
  post({ action: 'waitForQuickPick', arg: text });
export const pick = (label: string): Promise<null> => post({ action: 'pick', arg: label });
export const acceptAll = (): Promise<null> => post({ action: 'acceptAll' });
export const acceptQuickInput = (): Promise<null> => post({ action: 'acceptQuickInput' });
export const typeIntoQuickInput = (text: string): Promise<null> => post({ action: 'typeIntoQuickInput', arg: text });

/** Closes the open quick pick, input box or file dialog without choosing; waits for one that is about to open. */
export const cancelQuickInput = (): Promise<null> => post({ action: 'cancelQuickInput' });
/** Types an absolute path into VS Code's own file dialog (`files.simpleDialog.enable`) and accepts it. */
export const chooseFile = (path: string): Promise<null> => post({ action: 'chooseFile', arg: path });
/** Accepts the file of this name that VS Code's own save dialog proposes. */
export const acceptProposedFile = (name: string): Promise<null> => post({ action: 'acceptProposedFile', arg: name });
/** Gives the focus to the webview that is shown, from whatever is open over it. */
export const focusWebview = (): Promise<null> => post({ action: 'focusWebview' });
/** Closes what lies over the window: quick inputs, dialogs, menus, hovers, the list of notifications. */
export const dismissWidgets = (): Promise<null> => post({ action: 'dismissWidgets' });

export const notifications = (): Promise<ShownNotification[]> => post({ action: 'notifications' });
export const waitForNotification = (text: string): Promise<string> =>
  post({ action: 'waitForNotification', arg: text });
export const pressNotificationButton = (message: string, button: string): Promise<null> =>
  post({ action: 'pressNotificationButton', arg: { message, button } });
export const clearNotifications = (): Promise<null> => post({ action: 'clearNotifications' });

export const statusBarItems = (): Promise<{ text: string; label: string }[]> => post({ action: 'statusBarItems' });
export const waitForStatusBarItem = (text: string): Promise<string> =>
  post({ action: 'waitForStatusBarItem', arg: text });
/** Rests the pointer on the item that contains `text`; what its tooltip says once that contains `says`. */
export const tooltipOfStatusBarItem = (text: string, says: string): Promise<string> =>
  post({ action: 'tooltipOfStatusBarItem', arg: { text, says } });
export const clickStatusBarItem = (text: string): Promise<null> => post({ action: 'clickStatusBarItem', arg: text });

/** Waits until the profile editor has drawn its chart; rejects with the editor's message when it has not. */
export const waitForFlameGraph = (): Promise<{ width: number; height: number }> =>
  post({ action: 'waitForFlameGraph' });
/** The decorated lines of the visible text editors as the page draws them, ascending. */
export const decoratedLines = (): Promise<DecoratedLine[]> => post({ action: 'decoratedLines' });
/** Rests the pointer on a line with this text and returns what the hover says. */
export const hoverOver = (text: string): Promise<string> => post({ action: 'hoverOver', arg: text });
export const tabs = (): Promise<string[]> => post({ action: 'tabs' });
/** The kind of colour theme that the window shows. */
export const themeKind = (): Promise<'vs' | 'vs-dark' | 'hc-black' | 'hc-light'> => post({ action: 'themeKind' });
/** Waits until the window has written a text to its storage, such as an extension's state. */
export const waitForStored = (text: string): Promise<null> => post({ action: 'waitForStored', arg: text });
/** Saves a picture of the window. */
export const screenshot = (path: string): Promise<string> => post({ action: 'screenshot', arg: path });

/**
 * Asks `read` until `done` says yes of its answer; rejects after `limit` ms with the last answer, or what was thrown
 * instead: what is read may be drawn anew just then.
 */
export async function eventually<T>(
  read: () => Promise<T> | T,
  done: (value: T) => boolean,
  limit = 90_000,
): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    let failure: unknown;
    try {
      const value = await read();
      if (done(value)) return value;
      failure = new Error(`Not so within ${limit} ms; last: ${JSON.stringify(value)?.slice(0, 2000)}`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw failure;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

interface Call {
  action?: string;
  fn?: string;
  arg?: Plain | undefined;
}

/** node:http: VS Code replaces the global fetch by one that knows proxies. */
function post<R>(call: Call): Promise<R> {
  const address = process.env['EMBERLINE_UI_DRIVER'];
  if (address === undefined) return Promise.reject(new Error('EMBERLINE_UI_DRIVER is not set: use scripts/test.mjs.'));
  return new Promise((resolve, reject) => {
    const outgoing = request(address, { method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const reply = JSON.parse(text) as { ok: true; value: R } | { ok: false; error: string };
        if (reply.ok) resolve(reply.value);
        else reject(new Error(reply.error.replace(/^Error: /, '')));
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(call));
  });
}

export type { FrameLocator, Locator, Page };
