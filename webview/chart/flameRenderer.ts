import type { FlameWindow } from '../../src/engine/flameApi';
import type { Theme } from '../theme';
import type { FlameColors } from './flameColors';
import type { FlameBox } from './hitTest';
import { LabelFitter } from './labels';
import { packRgb } from './palette';
import { LabelList, type RasterView, rasterRows } from './rasterRows';
import type { Viewport } from './viewport';
import { covers } from './windowCache';

export interface FlameScene {
  readonly viewport: Viewport;
  readonly overview: FlameWindow;
  readonly detail: FlameWindow | null;
  readonly colors: FlameColors;
  readonly theme: Theme;
  readonly hovered: FlameBox | null;
  readonly focused: FlameBox | null;
  /** Whether the chart has the keyboard: the focus ring is then at full strength. */
  readonly active: boolean;
}

/** CSS pixels from which a box gets a text. */
const LABEL_WIDTH = 26;
const LABEL_PADDING = 4;
const FONT_SIZE = 11.5;

/** Draws the flame chart: rectangles as pixels, then texts, then the hovered and the focused box's frames. */
export class FlameRenderer {
  private readonly context: CanvasRenderingContext2D;
  private image: ImageData;
  private pixels = new Uint32Array(0);
  private line = new Uint32Array(0);
  private ratio = 1;
  private readonly labels = new LabelList();
  private fitter: LabelFitter | null = null;
  private font = '';

  constructor(private readonly canvas: HTMLCanvasElement) {
    // Every frame is written from the CPU: a canvas in main memory takes that without a copy to the GPU and back.
    this.context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })!;
    this.image = new ImageData(1, 1);
  }

  /** @param width, height in CSS pixels, @param ratio device pixels per CSS pixel */
  resize(width: number, height: number, ratio: number): void {
    const deviceWidth = Math.max(1, Math.round(width * ratio));
    const deviceHeight = Math.max(1, Math.round(height * ratio));
    if (this.image.width === deviceWidth && this.image.height === deviceHeight && this.ratio === ratio) return;
    this.canvas.width = deviceWidth;
    this.canvas.height = deviceHeight;
    this.ratio = ratio;
    this.image = new ImageData(deviceWidth, deviceHeight);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.line = new Uint32Array(deviceWidth);
    this.font = '';
  }

  draw(scene: FlameScene): void {
    const { viewport, theme, overview, detail } = scene;
    // Not laid out yet: there is no room to draw in.
    if (this.pixels.length !== this.canvas.width * this.canvas.height) return;
    const background = packRgb(theme.background);
    this.pixels.fill(background);
    this.labels.clear();
    const view = this.viewOf(viewport);
    if (detail && covers(detail, viewport)) {
      this.raster(detail, view, scene, background);
    } else {
      this.rasterBoth(overview, detail, view, scene, background);
    }
    this.context.putImageData(this.image, 0, 0);
    if (scene.hovered) this.tint(scene.hovered, view, scene);
    this.drawLabels(scene.colors, theme);
    if (scene.focused) this.ring(scene.focused, view, scene);
  }

  private viewOf(viewport: Viewport): RasterView {
    const rowHeight = Math.round(viewport.rowHeight * this.ratio);
    return {
      from: viewport.from,
      to: viewport.to,
      width: this.canvas.width,
      height: this.canvas.height,
      rowHeight,
      top: -Math.round(viewport.scroll * rowHeight),
      flipped: viewport.flipped,
      gap: Math.max(1, Math.round(this.ratio)),
      clipFrom: 0,
      clipTo: this.canvas.width,
    };
  }

  /** Until a finer window covers all of the view, the overview fills the rest. */
  private rasterBoth(
    overview: FlameWindow,
    detail: FlameWindow | null,
    view: RasterView,
    scene: FlameScene,
    background: number,
  ): void {
    const column = (value: number): number =>
      Math.min(view.width, Math.max(0, Math.round(((value - view.from) / (view.to - view.from)) * view.width)));
    const from = detail ? column(detail.from) : 0;
    const to = detail ? column(detail.to) : 0;
    if (detail === null || to <= from) {
      this.raster(overview, view, scene, background);
      return;
    }
    this.raster(overview, { ...view, clipTo: from }, scene, background);
    this.raster(detail, { ...view, clipFrom: from, clipTo: to }, scene, background);
    this.raster(overview, { ...view, clipFrom: to }, scene, background);
  }

  private raster(window: FlameWindow, view: RasterView, scene: FlameScene, background: number): void {
    const labelWidth = LABEL_WIDTH * this.ratio;
    const fill = scene.colors.fillOf(window);
    rasterRows(this.pixels, this.line, window, view, fill, background, this.labels, labelWidth);
  }

  private drawLabels(colors: FlameColors, theme: Theme): void {
    const { context, labels, ratio } = this;
    const font = `${Math.round(FONT_SIZE * ratio * 2) / 2}px ${theme.font}`;
    if (this.font !== font || this.fitter === null) {
      this.font = font;
      context.font = font;
      this.fitter = new LabelFitter((text) => context.measureText(text).width);
    }
    context.font = font;
    context.textBaseline = 'alphabetic';
    const padding = Math.round(LABEL_PADDING * ratio);
    const baseline = Math.round(13.5 * ratio);
    for (const dimmed of [false, true]) {
      context.fillStyle = dimmed ? colors.dimTextColor : colors.textColor;
      for (let i = 0; i < labels.length; i++) {
        const func = labels.func[i]!;
        if (colors.isDimmed(func) !== dimmed) continue;
        const text = this.fitter.fit(func, colors.nameOf(func), labels.width[i]! - 2 * padding);
        if (text !== '') context.fillText(text, labels.x[i]! + padding, labels.y[i]! + baseline);
      }
    }
  }

  /** The box's rectangle in device pixels, cut to the surface; null when it is not in view. */
  private rectangle(box: FlameBox, view: RasterView, viewport: Viewport): [number, number, number, number] | null {
    const scale = view.width / (view.to - view.from);
    const left = Math.max(-4, Math.round((box.start - view.from) * scale));
    const right = Math.min(view.width + 4, Math.max(left + 2, Math.round((box.end - view.from) * scale)));
    const y = view.top + viewport.placeOf(box.row) * view.rowHeight;
    if (right <= 0 || left >= view.width || y + view.rowHeight <= 0 || y >= view.height) return null;
    return [left, y, right - left, view.rowHeight];
  }

  private tint(box: FlameBox, view: RasterView, { viewport, theme }: FlameScene): void {
    const rectangle = this.rectangle(box, view, viewport);
    if (rectangle === null) return;
    const [x, y, width, height] = rectangle;
    const light = theme.kind === 'light' || theme.kind === 'highContrastLight';
    this.context.fillStyle = light ? 'rgb(0 0 0 / 0.1)' : 'rgb(255 255 255 / 0.13)';
    this.context.fillRect(x, y, width - view.gap, height - view.gap);
  }

  private ring(box: FlameBox, view: RasterView, { viewport, theme, active }: FlameScene): void {
    const rectangle = this.rectangle(box, view, viewport);
    if (rectangle === null) return;
    const [x, y, width, height] = rectangle;
    const thickness = Math.max(1, Math.round((active ? 2 : 1) * this.ratio));
    const inset = thickness / 2;
    const { context } = this;
    // The focus colour alone may drown in the ember: a thin line of the text's colour sets it off.
    context.lineWidth = thickness;
    context.strokeStyle = active ? theme.focus : theme.foreground;
    context.strokeRect(x + inset, y + inset, Math.max(1, width - view.gap - thickness), height - view.gap - thickness);
    if (!active || width < 8 * thickness) return;
    context.lineWidth = Math.max(1, Math.round(this.ratio));
    context.strokeStyle = theme.kind === 'dark' || theme.kind === 'highContrast' ? '#ffffff' : '#000000';
    const inner = thickness + context.lineWidth / 2;
    context.strokeRect(x + inner, y + inner, width - view.gap - 2 * inner, height - view.gap - 2 * inner);
  }
}
