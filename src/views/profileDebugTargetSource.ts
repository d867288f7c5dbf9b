import type * as vscode from 'vscode';
import type { SourcePlace } from '../sources/scriptMap';
import type { CaptureTarget } from './profileDebugTargetRun';
import { connectToSession, rootOf, TimeoutError, withTimeout } from './profileDebugTargetSessions';

const LOCATION_TIMEOUT_MS = 3_000;
/** After so many questions without an answer the debugger is not asked again. */
const MAX_UNANSWERED = 3;

/** Debug sessions as targets, one object for each. */
export class SessionTargets {
  private readonly known = new Map<string, CaptureTarget>();

  of(session: vscode.DebugSession): CaptureTarget {
    let target = this.known.get(session.id);
    if (!target) {
      target = this.create(session);
      this.known.set(session.id, target);
    }
    return target;
  }

  private create(session: vscode.DebugSession): CaptureTarget {
    const { parentSession } = session;
    let unanswered = 0;
    return {
      name: session.name,
      shared: true,
      rootPath: rootOf(session).workspaceFolder?.uri.fsPath,
      connect: () => connectToSession(session),
      parent: parentSession?.parentSession ? this.of(parentSession) : null,
      preferredPlace: async (url, line, column) => {
        if (unanswered >= MAX_UNANSWERED) {
          throw new TimeoutError('the debugger does not answer');
        }
        try {
          const place = await askPlace(session, url, line, column);
          unanswered = 0;
          return place;
        } catch (error) {
          if (error instanceof TimeoutError) {
            unanswered++;
            throw error;
          }
          return null; // It knows no such script.
        }
      },
    };
  }
}

/** js-debug's own request, with 0-based positions. */
async function askPlace(
  session: vscode.DebugSession,
  url: string,
  line: number,
  column: number,
): Promise<SourcePlace | null> {
  const question = { originalUrl: url, line: line - 1, column: column - 1 };
  const answer: unknown = await withTimeout(
    session.customRequest('getPreferredUILocation', question),
    LOCATION_TIMEOUT_MS,
  );
  const found = answer as { line?: unknown; column?: unknown; source?: { path?: unknown; name?: unknown } } | null;
  const path = found?.source?.path ?? found?.source?.name;
  const valid = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return typeof path === 'string' && valid(found?.line) && valid(found?.column)
    ? { file: path, line: found.line + 1, column: found.column + 1 }
    : null;
}
