const maxShown = 80;

/**
 * The sentence for a frame that has no source file to open: says why, as far as the record tells.
 *
 * @param name the function's name as recorded
 * @param file the recorded file, null where there is none
 * @returns null where the record may well name a file.
 */
export function noSourceSentence(name: string, file: string | null): string | null {
  const shownName = shorten(name === '' ? '(anonymous)' : name);
  if (file === null || file === '') {
    return `${shownName} has no source file.`;
  }
  const shown = shorten(file);
  if (/^node:/.test(file) || /^internal\/[a-z_/]+(\.js)?$/.test(file)) {
    return `${shownName} is in ${shown}, which is built into Node.`;
  }
  if (/^<frozen [^>]*>$/.test(file)) {
    return `${shownName} is in ${shown}, which is built into Python.`;
  }
  if (/^(native|\[native code\])/.test(file)) {
    return `${shownName} is native code: it has no source file.`;
  }
  if (/^wasm:/.test(file)) {
    return `${shownName} is WebAssembly (${shown}): it has no source file.`;
  }
  if (/^(<.*>|\(.*\)|\[eval\d*\].*|evalmachine\..*|VM\d+|data:.*|blob:.*|javascript:.*)$/s.test(file)) {
    return `${shownName} was made at run time (${shown}): it has no source file.`;
  }
  if (/^(command|vscode|vscode-insiders|about|chrome|chrome-extension|mailto):/i.test(file)) {
    return `${shownName} names ${shown}, which is not a source file.`;
  }
  return null;
}

/** The sentence for a record that may name a file, which is not found. */
export function missingSourceSentence(file: string): string {
  return `${shorten(file)} was not found here, nor in the workspace folders.`;
}

/** Keeps the end, which tells files apart; control characters would break the one line. */
function shorten(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point.
  const line = text.slice(0, 1000).replace(/[\u0000-\u001f\u007f]+/g, ' ');
  return line.length <= maxShown ? line : `…${line.slice(1 - maxShown)}`;
}
