/** sRGB, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A theme's colour, `#rrggbb` or `#rrggbbaa`, as it is seen on an opaque background. */
export function seenOn(hex: string, background: Colour): Colour {
  const channel = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  const alpha = hex.length > 7 ? channel(7) / 255 : 1;
  const blend = (i: 0 | 1 | 2): number => channel(1 + 2 * i) * alpha + background[i] * (1 - alpha);
  return [blend(0), blend(1), blend(2)];
}

type Linear = readonly [number, number, number];

function linear(colour: Colour): Linear {
  const one = (value: number): number =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return [one(colour[0]), one(colour[1]), one(colour[2])];
}

function luminance([red, green, blue]: Linear): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2's contrast ratio, 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). */
export function contrast(a: Colour, b: Colour): number {
  const [light, dark] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Total loss of one kind of cone, in linear sRGB: Machado, Oliveira and Fernandes 2009, severity 1. */
const visions = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const;
export type Vision = keyof typeof visions;
export const allVisions = Object.keys(visions) as Vision[];

/** CIE L*a*b* (D65) as a vision sees it; L* is 0 to 100. */
export function labOf(colour: Colour, vision: Vision = 'normal'): readonly [number, number, number] {
  const m = visions[vision];
  const rgb = linear(colour);
  const row = (at: number): number => {
    const sum = m[at]! * rgb[0] + m[at + 1]! * rgb[1] + m[at + 2]! * rgb[2];
    return Math.min(1, Math.max(0, sum));
  };
  const [r, g, b] = [row(0), row(3), row(6)];
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(luminance([r, g, b]));
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE 1976 colour difference; about 2.3 is just noticeable. */
export function difference(a: Colour, b: Colour, vision: Vision = 'normal'): number {
  const [p, q] = [labOf(a, vision), labOf(b, vision)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}
