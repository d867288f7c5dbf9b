import type { FlameWindow } from '../../src/engine/flameApi';
import type { Theme } from '../theme';
import { visibleText } from '../visibleText';
import { changeColor, contrast, flameColor, mix, packRgb, parseCssColor, type Rgb, SHADES } from './palette';

/** What is emphasised: functions of a search, or the one highlighted from the table. Null: nothing is dimmed. */
export type Emphasis = ((func: number) => boolean) | null;

/** Room for the roots of a split, once there is one. */
const ROOTS = 256;

/** Names and colours by function index, filled from the windows as they come. */
export class FlameColors {
  /** Packed, by function index: what a box is filled with now. */
  packed: Uint32Array;
  /** Packed, by step of change + 3, and where a box is dimmed by step + 10. */
  readonly changes = new Uint32Array(14);
  private readonly names: (string | undefined)[] = [];
  private plain: Uint32Array;
  private groups: Int32Array;
  private readonly known: number[] = [];
  private emphasis: Emphasis = null;
  private theme: Theme;

  constructor(
    /** How many the profile has; the roots of a split come after them, and change with it. */
    private readonly functions: number,
    theme: Theme,
  ) {
    this.packed = new Uint32Array(functions);
    this.plain = new Uint32Array(functions);
    this.groups = new Int32Array(functions);
    this.theme = theme;
    this.paintChanges();
  }

  /** Text on a box, and on one that is dimmed. */
  get textColor(): string {
    return css(SHADES[this.theme.kind].text);
  }

  get dimTextColor(): string {
    const foreground = parseCssColor(this.theme.foreground) ?? SHADES[this.theme.kind].text;
    return css(mix(foreground, this.theme.background, 0.35));
  }

  isDimmed(func: number): boolean {
    return this.emphasis !== null && !this.emphasis(func);
  }

  /** The name of a function that a window has shown, as it is shown, or "". */
  nameOf(func: number): string {
    return this.names[func] ?? '';
  }

  /** The box's colour as CSS, for the hover card and the table. */
  cssOf(func: number): string {
    const color = this.plain[func] ?? 0;
    return `rgb(${color & 255} ${(color >> 8) & 255} ${(color >> 16) & 255})`;
  }

  learn(window: FlameWindow): void {
    for (let i = 0; i < window.nameFunc.length; i++) {
      const func = window.nameFunc[i]!;
      const known = this.names[func] !== undefined;
      if (func < 0 || (known && func < this.functions)) continue;
      if (func >= this.plain.length) this.grow(func + 1);
      this.names[func] = visibleText(window.names[i] ?? '');
      this.groups[func] = window.nameGroup[i]!;
      if (!known) this.known.push(func);
      this.paint(func);
    }
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.paintChanges();
    this.repaint();
  }

  setEmphasis(emphasis: Emphasis): void {
    if (emphasis === null && this.emphasis === null) return;
    this.emphasis = emphasis;
    this.repaint();
  }

  private grow(needed: number): void {
    const length = Math.max(needed, this.functions + ROOTS);
    const grown = <T extends Uint32Array | Int32Array>(made: T, column: T): T => {
      made.set(column);
      return made;
    };
    this.packed = grown(new Uint32Array(length), this.packed);
    this.plain = grown(new Uint32Array(length), this.plain);
    this.groups = grown(new Int32Array(length), this.groups);
  }

  private repaint(): void {
    for (const func of this.known) this.paint(func);
  }

  /** What the boxes of a window are filled with: their functions' colours, or those of their change. */
  fillOf({ func, change }: Pick<FlameWindow, 'func' | 'change'>): (box: number) => number | undefined {
    const { packed, changes } = this;
    if (change === undefined) return (box) => packed[func[box]!];
    return (box) => changes[change[box]! + (this.isDimmed(func[box]!) ? 10 : 3)];
  }

  private paintChanges(): void {
    for (let step = -3; step <= 3; step++) {
      const color = changeColor(this.theme.kind, step);
      this.changes[step + 3] = packRgb(color);
      this.changes[step + 10] = packRgb(dim(color, this.theme));
    }
  }

  private paint(func: number): void {
    const color = flameColor(this.theme.kind, this.groups[func]!, this.names[func]!);
    this.plain[func] = packRgb(color);
    this.packed[func] = packRgb(this.isDimmed(func) ? dim(color, this.theme) : color);
  }
}

/** Nearly background, so that a dimmed box's text, in the foreground's colour, stays readable. */
function dim(color: Rgb, theme: Theme): Rgb {
  const grey = Math.round((color[0] + color[1] + color[2]) / 3);
  const faded = mix(mix(color, [grey, grey, grey], 0.6), theme.background, 0.78);
  // On a theme whose background is close to the boxes there is nothing between the two.
  return contrast(faded, theme.background) < 1.02 ? mix(color, theme.background, 0.6) : faded;
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
