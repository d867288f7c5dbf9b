import * as v from 'valibot';
import * as vscode from 'vscode';
import { openLocationCommand } from './openLocationCommand';
import type { SourceOpener } from './sourceOpener';

const locationSchema = v.object({
  name: v.pipe(v.string(), v.maxLength(1000)),
  file: v.pipe(v.string(), v.maxLength(4096)),
  line: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

/** Its argument comes from a link: it is checked, and goes the same careful way as a click in the flame graph. */
export function registerOpenLocation(opener: SourceOpener): vscode.Disposable {
  return vscode.commands.registerCommand(openLocationCommand, async (argument: unknown) => {
    const location = v.safeParse(locationSchema, argument);
    if (location.success) {
      await opener.open({ ...location.output, column: null }, undefined);
    }
  });
}
