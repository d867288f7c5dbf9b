import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { secureContextFor, TlsFileError } from '../endpoints/tlsContext';
import { updateCertificates } from './certificateSettings';
import type { CredentialStore } from './credentialStore';

/**
 * Asks for a client certificate, its key and passphrase, and tries whether they fit. The paths go into the user's
 * settings, the passphrase into the system's store of secrets.
 * @returns whether there is one now
 */
export async function addClientCertificate(store: CredentialStore, origin: string): Promise<boolean> {
  const cert = await chooseFile('Client Certificate', origin, ['pem', 'crt', 'cer', 'p12', 'pfx']);
  if (cert === undefined) return false;
  let key: string | undefined;
  if (await lacksKey(cert)) {
    key = await chooseFile('Key of the Client Certificate', origin, ['pem', 'key']);
    if (key === undefined) return false;
  }
  const files = { cert, ...(key === undefined ? {} : { key }), systemCertificates: false };
  let passphrase: string | undefined;
  for (;;) {
    try {
      await secureContextFor(passphrase === undefined ? files : { ...files, passphrase });
      break;
    } catch (error) {
      if (!(error instanceof TlsFileError)) throw error;
      if (!/passphrase/.test(error.message)) {
        void vscode.window.showErrorMessage(error.message);
        return false;
      }
      passphrase = await vscode.window.showInputBox({
        title: `Passphrase for ${origin}`,
        prompt:
          passphrase === undefined
            ? "The key's passphrase, kept in the system's store of secrets"
            : 'That passphrase does not open the key. The right one',
        password: true,
        ignoreFocusOut: true,
      });
      if (passphrase === undefined) return false;
    }
  }
  await store.setPassphrase(key ?? cert, passphrase ?? null);
  await updateCertificates(origin, { cert, key });
  return true;
}

/** Asks for the certificate of an authority that a host is trusted by. @returns whether there is one now */
export async function addTrustedAuthority(_: CredentialStore, origin: string): Promise<boolean> {
  const ca = await chooseFile('Trusted Authority', origin, ['pem', 'crt', 'cer']);
  if (ca === undefined) return false;
  try {
    await secureContextFor({ ca: [ca], systemCertificates: false });
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return false;
  }
  await updateCertificates(origin, { ca });
  return true;
}

async function chooseFile(what: string, origin: string, endings: string[]): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: `${what} of ${origin}`,
    openLabel: 'Choose',
    filters: { Certificates: endings, 'All Files': ['*'] },
  });
  return chosen?.[0]?.fsPath;
}

/** Whether a file is a PEM certificate without its key. */
async function lacksKey(path: string): Promise<boolean> {
  const text = await readFile(path, 'latin1').catch(() => '');
  return text.includes('-----BEGIN ') && !text.includes('PRIVATE KEY-----');
}
