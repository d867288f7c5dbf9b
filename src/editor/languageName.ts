import * as vscode from 'vscode';

/** A language as people know it (`Python`): the first alias that an extension gives it, else its id. */
export function languageName(id: string): string {
  for (const { packageJSON } of vscode.extensions.all) {
    const languages: unknown = packageJSON?.contributes?.languages;
    for (const language of Array.isArray(languages) ? languages : []) {
      const alias: unknown = language?.id === id ? language.aliases?.[0] : undefined;
      if (typeof alias === 'string' && alias !== '') {
        return alias;
      }
    }
  }
  return id;
}
