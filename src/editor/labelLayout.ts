import { fieldsText, type LabelField } from './heatLabel';

/** A line that gets a label. */
export interface LabelledLine {
  readonly line: number;
  /** Columns that its text takes. */
  readonly width: number;
  readonly fields: readonly (LabelField | null)[];
}

export interface PlacedLabel {
  readonly line: number;
  readonly text: string;
  /** Columns between the line's end and the label. */
  readonly gap: number;
}

/** Hot lines further apart than this are read apart. */
const furthest = 8;
/** Blocks are cut here, so that what is measured for one label is bounded. */
const longest = 100;
/** Between the longest line and the labels. */
const leastGap = 3;
/** Columns move in steps, so that typing at the end of the longest line seldom moves all labels. */
const columnStep = 4;
/** What a window of 1400 pixels has for editors beside the side bar, in columns of text with those of the minimap. */
const columnsOfWindow = 107;
/** In a font of this size, in pixels. */
const ordinaryFont = 14;
/** What each editor's gutter and scroll bar take of them. */
const columnsOfGutter = 9;
/** As wide as a digit in every fixed-width font, and not joined with its like. */
const blank = '\u00a0';

/**
 * Divides hot lines into blocks that are read together. They depend on the document, never on what is scrolled into
 * view: labels keep their column while one scrolls.
 *
 * @param lines ascending
 * @returns where each block begins, as positions in `lines`
 */
export function labelBlocks(lines: readonly { readonly line: number }[]): number[] {
  const starts: number[] = [];
  for (let i = 0; i < lines.length; i++) {
    const start = starts.at(-1);
    if (start === undefined || lines[i]!.line - lines[i - 1]!.line > furthest || i - start >= longest) starts.push(i);
  }
  return starts;
}

/**
 * The columns of an editor that are in sight in an ordinary window: VS Code does not tell how wide editors are.
 *
 * @param sideBySide editors that share the window's width
 * @param fontSize of the editor, in pixels
 */
export function columnsInSight(sideBySide: number, fontSize: number): number {
  const columns = (columnsOfWindow * ordinaryFont) / Math.max(1, fontSize);
  return Math.max(0, Math.floor(columns / Math.max(1, sideBySide)) - columnsOfGutter);
}

/** The furthest column at which the block's widest label still ends within the columns in sight. */
export function columnLimit(block: readonly LabelledLine[], inSight: number): number {
  const { values, words } = fieldWidths(block);
  const widest = Math.max(0, ...block.map(({ fields }) => alignedText(fields, values, words).length));
  return Math.max(0, inSight - widest);
}

/** Labels right behind their lines. */
export function labelsAtLineEnds(lines: readonly LabelledLine[]): PlacedLabel[] {
  return lines.map(atLineEnd);
}

function atLineEnd({ line, fields }: LabelledLine): PlacedLabel {
  return { line, text: fieldsText(fields), gap: leastGap };
}

/**
 * Labels of one block in a column, their numbers right-aligned below each other.
 *
 * @param limit the furthest column: labels of longer lines stand behind their lines
 */
export function labelsInColumn(block: readonly LabelledLine[], limit: number): PlacedLabel[] {
  const aligned = block.filter(({ width }) => width + leastGap <= limit);
  const widest = Math.max(0, ...aligned.map(({ width }) => width));
  const column = Math.min(limit, Math.ceil((widest + leastGap) / columnStep) * columnStep);
  const { values, words } = fieldWidths(aligned);
  return block.map((each) =>
    each.width + leastGap > limit
      ? atLineEnd(each)
      : {
          line: each.line,
          text: alignedText(each.fields, values, words),
          gap: column - each.width,
        },
  );
}

interface FieldWidths {
  readonly values: readonly number[];
  readonly words: readonly number[];
}

function fieldWidths(block: readonly LabelledLine[]): FieldWidths {
  const count = Math.max(0, ...block.map(({ fields }) => fields.length));
  const widest = (part: (field: LabelField) => string): number[] =>
    Array.from({ length: count }, (_, at) =>
      Math.max(0, ...block.map(({ fields }) => (fields[at] ? part(fields[at]).length : 0))),
    );
  return { values: widest(({ value }) => value), words: widest(({ word }) => word) };
}

function alignedText(
  fields: readonly (LabelField | null)[],
  values: readonly number[],
  words: readonly number[],
): string {
  let text = '';
  values.forEach((width, i) => {
    const field = fields[i] ?? null;
    const whole = width + (words[i] === 0 ? 0 : 1 + words[i]!);
    if (whole === 0) return;
    // A dot beside blanks would belong to nothing.
    const before = fields[i - 1];
    const joined = field !== null && before && before.word.length === words[i - 1];
    if (i > 0) text += joined ? ' · ' : blank.repeat(3);
    if (field === null) {
      text += blank.repeat(whole);
      return;
    }
    const word = words[i] === 0 ? '' : ` ${field.word.padEnd(words[i]!, blank)}`;
    text += `${field.value.padStart(width, blank)}${word}`;
  });
  return text.replace(/[\s\u00a0]+$/, '').replaceAll(' ', blank);
}
