/**
 * The flame colours: warm "ember" hues, from crimson over orange to gold, one hue a group (file or package) and a shade
 * a function. Every colour of a theme has about the same luminance, chosen so that the theme's text colour is readable
 * on all of them (WCAG contrast 4.5, and 7 in high contrast); a test checks that for every group.
 */

export type ThemeKind = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

/** 0 to 255 each. */
export type Rgb = readonly [number, number, number];

export interface Shades {
  /** OKLCH lightness of the darkest and the brightest shade. */
  readonly dark: number;
  readonly bright: number;
  readonly chroma: number;
  /** OKLCH lightness of the grey of meta frames. */
  readonly meta: number;
  readonly text: Rgb;
}

export const SHADES: Readonly<Record<ThemeKind, Shades>> = {
  dark: { dark: 0.65, bright: 0.76, chroma: 0.13, meta: 0.6, text: [22, 12, 6] },
  light: { dark: 0.75, bright: 0.86, chroma: 0.13, meta: 0.84, text: [38, 20, 10] },
  highContrast: { dark: 0.73, bright: 0.83, chroma: 0.14, meta: 0.72, text: [0, 0, 0] },
  highContrastLight: { dark: 0.4, bright: 0.45, chroma: 0.12, meta: 0.42, text: [255, 255, 255] },
};

/** Degrees in OKLCH: 18 is crimson, 90 is gold. */
const HUE_FROM = 18;
const HUE_TO = 88;
const GOLDEN_RATIO = 0.618033988749895;

/** Frames that stand for no function of the program. */
export function isMetaName(name: string): boolean {
  return /^\((?:root|program|idle|garbage collector|gc|no symbol|unknown)\)$/i.test(name);
}

/** A stable number from a text, 0 to 2³² - 1 (FNV-1a over at most 300 characters). */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  const length = Math.min(text.length, 300);
  for (let i = 0; i < length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** Colour of a function: `group` gives the hue, the name a shade of it. */
export function flameColor(theme: ThemeKind, group: number, name: string): Rgb {
  const shades = SHADES[theme];
  if (isMetaName(name)) return metaColor(theme);
  const turn = (Math.abs(group) * GOLDEN_RATIO) % 1;
  const shade = (hashText(name) & 0xff) / 255;
  const hue = HUE_FROM + turn * (HUE_TO - HUE_FROM) + (shade - 0.5) * 6;
  return oklchToRgb(shades.dark + shade * (shades.bright - shades.dark), shades.chroma, hue);
}

/** Degrees in OKLCH of more and of less than in a baseline: orange and blue, which differ for every kind of eye. */
const HUE_UP = 50;
const HUE_DOWN = 250;

/**
 * Colour of a change against a baseline.
 *
 * @param step its sign and size, -3 to 3; 0 is grey: no change, or one that may be chance
 */
export function changeColor(theme: ThemeKind, step: number): Rgb {
  const { dark, bright, chroma } = SHADES[theme];
  const part = Math.min(3, Math.abs(step)) / 3;
  if (part === 0) return oklchToRgb((dark + bright) / 2, 0.008, 60);
  return oklchToRgb(bright + (dark - bright) * part, chroma * (0.35 + 0.65 * part), step > 0 ? HUE_UP : HUE_DOWN);
}

/** Neutral grey of (idle), (program), (garbage collector). */
export function metaColor(theme: ThemeKind): Rgb {
  return oklchToRgb(SHADES[theme].meta, 0.006, 60);
}

/** `color` seen through fog of the background; `amount` 1 is all background. */
export function mix(color: Rgb, background: Rgb, amount: number): Rgb {
  return [0, 1, 2].map((i) => Math.round(color[i]! + (background[i]! - color[i]!) * amount)) as unknown as Rgb;
}

/** As the pixels of an `ImageData` seen through a `Uint32Array` (little endian: every machine VS Code runs on). */
export function packRgb([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** OKLCH to sRGB, chroma reduced until the colour exists (https://bottosson.github.io/posts/oklab/). */
export function oklchToRgb(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  for (let c = chroma; ; c *= 0.94) {
    const linear = oklabToLinear(lightness, c * Math.cos(hue), c * Math.sin(hue));
    if (c < 0.001 || linear.every((part) => part >= -0.0005 && part <= 1.0005)) {
      return linear.map((part) => Math.round(255 * gamma(Math.min(1, Math.max(0, part))))) as unknown as Rgb;
    }
  }
}

function oklabToLinear(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function gamma(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

/** WCAG 2 relative luminance, 0 to 1. */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)`, `rgba(…)`; null for anything else. An alpha is ignored. */
export function parseCssColor(text: string): Rgb | null {
  const value = text.trim();
  const hex = /^#([0-9a-f]{3,8})$/i.exec(value)?.[1];
  if (hex !== undefined) {
    const short = hex.length < 6;
    const part = (i: number): number =>
      short ? Number.parseInt(hex[i]! + hex[i]!, 16) : Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
    return [part(0), part(1), part(2)];
  }
  const numbers = /^rgba?\(([^)]*)\)$/i.exec(value)?.[1]?.match(/[\d.]+/g);
  if (numbers && numbers.length >= 3) return [Number(numbers[0]), Number(numbers[1]), Number(numbers[2])];
  return null;
}
