import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { type CertificateEntry, certificateFiles } from '../endpoints/certificateFiles';
import type { CertificateLookup } from './credentialStore';

const section = 'emberline';
const key = 'certificates';

/** The files of the setting `emberline.certificates`; none in an untrusted workspace, where nothing is connected to. */
export const configuredCertificates: CertificateLookup = (origin) =>
  certificateFiles(vscode.workspace.getConfiguration(section).get(key), origin, {
    home: homedir(),
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? null,
  });

/** Whether VS Code trusts the system's authorities. */
export function usesSystemCertificates(): boolean {
  return vscode.workspace.getConfiguration('http').get('systemCertificates', true);
}

function ofUser(): Record<string, CertificateEntry> {
  const value = vscode.workspace.getConfiguration(section).inspect<Record<string, CertificateEntry>>(key)?.globalValue;
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The key of an origin in the setting: its host and port. */
function certificateName(origin: string): string {
  return origin.replace(/^https?:\/\//, '');
}

/** Changes an origin's entry of the user's settings; undefined members are removed. @throws Error of the settings */
export async function updateCertificates(
  origin: string,
  change: { readonly [K in keyof CertificateEntry]: CertificateEntry[K] | undefined },
): Promise<void> {
  const all = ofUser();
  const name = certificateName(origin);
  const merged = Object.entries({ ...all[name], ...change }).filter(([, value]) => value !== undefined);
  if (merged.length === 0) delete all[name];
  else all[name] = Object.fromEntries(merged);
  await write(all);
}

/** Takes client certificates out of the user's settings; authorities stay. @returns whose they were */
export async function forgetClientCertificates(): Promise<string[]> {
  const all = ofUser();
  const names = Object.keys(all).filter((name) => all[name]?.cert !== undefined);
  for (const name of names) {
    const { cert: _, key: __, ...rest } = all[name]!;
    if (Object.keys(rest).length === 0) delete all[name];
    else all[name] = rest;
  }
  if (names.length > 0) await write(all);
  return names;
}

async function write(all: Record<string, CertificateEntry>): Promise<void> {
  const value = Object.keys(all).length === 0 ? undefined : all;
  const before = JSON.stringify(ofUser());
  // What is read afterwards is this: the change may arrive after the answer.
  let arrived: () => void = () => undefined;
  const arriving = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const listening = vscode.workspace.onDidChangeConfiguration(() => {
    if (JSON.stringify(ofUser()) !== before) arrived();
  });
  try {
    await vscode.workspace.getConfiguration(section).update(key, value, vscode.ConfigurationTarget.Global);
    const same = JSON.stringify(value ?? {}) === before || JSON.stringify(ofUser()) !== before;
    if (!same) await Promise.race([arriving, new Promise((resolve) => setTimeout(resolve, 2000))]);
  } finally {
    listening.dispose();
  }
}
