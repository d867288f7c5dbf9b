import { rmSync } from 'node:fs';

/** Removes a folder, also where a program that was just killed has children that write there for a moment longer. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
