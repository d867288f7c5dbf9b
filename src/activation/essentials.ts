import type * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient';

/** What every part is wired with. */
export interface Essentials {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
  readonly output: vscode.LogOutputChannel;
}
