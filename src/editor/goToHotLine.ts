import * as vscode from 'vscode';
import type { HottestLine } from '../engine/hottestApi';
import type { Heat } from './heat';
import { shareOf } from './hotLines';
import type { LinePreview } from './linePreview';
import type { LinePlace, LineTexts } from './lineTexts';
import { openFunctionCommand } from './openFunction';
import { shareColumn } from './shareColumn';
import type { SourceOpener } from './sourceOpener';
import { plainStatusText } from './statusText';

const mostLines = 200;
/** Files on slow disks do not keep the list waiting: lines then show their function. */
const longestReadMs = 1500;

export interface HotPlaceItem extends vscode.QuickPickItem {
  readonly place: { readonly name: string; readonly file: string | null; readonly line: number | null };
}

export interface PlacePickServices {
  readonly heat: Heat;
  readonly opener: SourceOpener;
  readonly texts: LineTexts;
  readonly preview: LinePreview;
}

/** `Go to Hot Line…`: the hottest lines of all files, each shown while it is highlighted. */
export async function goToHotLine(services: PlacePickServices): Promise<void> {
  const { heat, texts } = services;
  const files = heat.heatFiles;
  if (files === null) {
    void vscode.window.showInformationMessage('No profile is open: open one, or profile the debug target.');
    return;
  }
  const { metric } = heat;
  const items = async (): Promise<HotPlaceItem[]> => {
    const { lines, viewTotal } = await files.hottestLines(metric, mostLines);
    if (lines.length === 0) {
      const { rows, viewTotal: whole } = await files.topFunctions(metric, mostLines);
      return rows.map(({ name, file, line, self, total }) => ({
        label: `${shareColumn(shareOf({ self, total }[metric], whole))}  ${plainStatusText(name)}`,
        description: file === null ? 'function' : plainStatusText(placeText(file, line)),
        place: { name, file, line },
      }));
    }
    const places = await placesOf(texts, lines);
    return lines.map(({ path, line, name, self, total }, i) => {
      const { text, ...now } = places[i] ?? { file: path, line, text: null, changed: false, doubtful: false };
      const state =
        now.line === null ? ' (gone)' : now.changed ? ' (changed since)' : now.doubtful ? ' (may have moved)' : '';
      return {
        label: `${shareColumn(shareOf({ self, total }[metric], viewTotal))}  ${plainStatusText(text || name)}`,
        description: `${plainStatusText(placeText(now.file, now.line))}${state}`,
        place: { name, file: path, line },
      };
    });
  };
  await pickPlace(services, {
    title: `Hot Lines of ${plainStatusText(heat.source?.name ?? '')} by ${metric}`,
    placeholder: 'Type to narrow by code, file or share',
    items: items(),
    active: 0,
  });
}

async function placesOf(texts: LineTexts, lines: readonly HottestLine[]): Promise<readonly (LinePlace | null)[]> {
  const found = new Array<LinePlace | null>(lines.length).fill(null);
  const all = Promise.all(
    lines.map(async ({ path, line }, i) => {
      found[i] = await texts.placeOf(path, line);
    }),
  );
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, longestReadMs);
  });
  await Promise.race([all, limit]);
  clearTimeout(timer);
  return found;
}

export function placeText(file: string, line: number | null): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  return line === null ? base : `${base}:${line}`;
}

/**
 * A list of places, each shown in the editor while it is highlighted. Enter goes there; Escape goes back to where the
 * cursor was.
 *
 * @returns the index of the item that was chosen, null where none was
 */
export async function pickPlace(
  { opener, preview }: Pick<PlacePickServices, 'opener' | 'preview'>,
  list: {
    readonly title: string;
    readonly placeholder: string;
    readonly items: Promise<readonly HotPlaceItem[]>;
    /** Which item is highlighted first. */
    readonly active: number;
  },
): Promise<number | null> {
  const picker = vscode.window.createQuickPick<HotPlaceItem>();
  picker.title = list.title;
  picker.placeholder = list.placeholder;
  picker.matchOnDescription = true;
  picker.busy = true;
  const start = preview.begin();
  let chosen: HotPlaceItem | null = null;
  const done = new Promise<void>((resolve) => {
    picker.onDidAccept(() => {
      chosen = picker.activeItems[0] ?? null;
      picker.hide();
    });
    picker.onDidHide(() => resolve());
  });
  picker.onDidChangeActive(([item]) => {
    if (item !== undefined && item.place.file !== null) {
      preview.show(start, item.place.file, item.place.line);
    }
  });
  picker.show();
  try {
    const items = await Promise.race([list.items, done]);
    if (items !== undefined) {
      picker.items = items;
      const first = items[list.active];
      if (first !== undefined && list.active > 0) {
        picker.activeItems = [first];
      }
      picker.busy = false;
      await done;
    }
    if (chosen === null) {
      await preview.goBack(start);
      return null;
    }
    const { place } = chosen as HotPlaceItem;
    await preview.end(start);
    if (place.file === null) {
      await vscode.commands.executeCommand(openFunctionCommand, place);
    } else {
      await opener.open({ ...place, column: null }, undefined);
    }
    return (items ?? []).indexOf(chosen);
  } finally {
    picker.dispose();
  }
}
