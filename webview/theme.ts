import { parseCssColor, type Rgb, type ThemeKind } from './chart/palette';

/** What the canvases need of VS Code's theme: the rest is CSS. */
export interface Theme {
  readonly kind: ThemeKind;
  readonly background: Rgb;
  readonly foreground: string;
  readonly muted: string;
  readonly border: string;
  readonly focus: string;
  readonly font: string;
}

const FALLBACK: Readonly<Record<ThemeKind, { background: Rgb; foreground: string; focus: string }>> = {
  dark: { background: [31, 31, 31], foreground: '#cccccc', focus: '#0078d4' },
  light: { background: [255, 255, 255], foreground: '#3b3b3b', focus: '#005fb8' },
  highContrast: { background: [0, 0, 0], foreground: '#ffffff', focus: '#f38518' },
  highContrastLight: { background: [255, 255, 255], foreground: '#292929', focus: '#006bbd' },
};

function themeKind(classes: DOMTokenList): ThemeKind {
  if (classes.contains('vscode-high-contrast-light')) return 'highContrastLight';
  if (classes.contains('vscode-high-contrast')) return 'highContrast';
  return classes.contains('vscode-light') ? 'light' : 'dark';
}

/** Reads the theme that VS Code has put on the page: body classes and CSS variables. */
export function readTheme(): Theme {
  const kind = themeKind(document.body.classList);
  const style = getComputedStyle(document.body);
  const read = (name: string): string => style.getPropertyValue(`--vscode-${name}`).trim();
  const fallback = FALLBACK[kind];
  const background = parseCssColor(read('editor-background')) ?? fallback.background;
  const foreground = read('foreground') || fallback.foreground;
  return {
    kind,
    background,
    foreground,
    muted: read('descriptionForeground') || foreground,
    border: read('contrastBorder') || read('panel-border') || 'rgba(128,128,128,0.35)',
    focus: read('focusBorder') || fallback.focus,
    font: read('font-family') || 'system-ui, sans-serif',
  };
}

/** Calls back when VS Code changes the theme. Returns how to stop. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  return () => observer.disconnect();
}
