/** Lines longer than this are past every label column anyway. */
const mostMeasured = 1000;

/** Combining marks, zero-width spaces and joiners, variation selectors. */
const zeroWidth = /\p{Mn}|\p{Me}|\p{Cf}/u;
/** East Asian wide and full-width characters, and emoji, which take two columns in a fixed-width font. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns that a line takes in an editor with a fixed-width font; those past the first thousand are not counted. */
export function displayWidth(text: string, tabSize: number): number {
  const tab = Math.max(1, tabSize);
  let column = 0;
  for (let i = 0; i < text.length && column < mostMeasured; i++) {
    const code = text.charCodeAt(i);
    if (code === 9) {
      column += tab - (column % tab);
    } else if (code < 0x300) {
      column++;
    } else {
      const character = String.fromCodePoint(text.codePointAt(i)!);
      i += character.length - 1;
      if (!zeroWidth.test(character)) column += wide.test(character) ? 2 : 1;
    }
  }
  return Math.min(column, mostMeasured);
}
