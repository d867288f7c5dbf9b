/**
 * Whether a file name fits one of VS Code's patterns for custom editors, of which ours have `*` and `{a,b}` only. As
 * there, case does not count.
 */
export function matchesFileName(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replace(/\{([^}]*)\}/g, (_, choices: string) => `(?:${choices.replaceAll(',', '|')})`);
  return new RegExp(`^${source}$`, 'is').test(name);
}
