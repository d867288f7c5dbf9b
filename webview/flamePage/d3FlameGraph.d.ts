/** The part of d3-flame-graph 5 that the stand-alone page uses; the package has no types. */
declare module 'd3-flame-graph' {
  import type { Selection } from 'd3-selection';

  export interface StackFrame {
    name: string;
    /** Of the frame and everything below it. */
    value: number;
    children?: StackFrame[];
  }

  export interface PlacedFrame {
    data: StackFrame;
    value?: number;
  }

  export interface FlameGraph {
    (selection: Selection<HTMLElement, StackFrame, HTMLElement, unknown>): void;
    inverted(inverted: boolean): this;
    cellHeight(pixels: number): this;
    minFrameSize(pixels: number): this;
    transitionDuration(milliseconds: number): this;
    tooltip(tooltip: boolean): this;
    width(pixels: number): this;
    sort(compare: (a: PlacedFrame & { value: number }, b: PlacedFrame & { value: number }) => number): this;
    setLabelHandler(label: (frame: PlacedFrame) => string): this;
    setDetailsElement(element: HTMLElement): this;
    setSearchHandler(handler: (results: PlacedFrame[], sum: number, total: number) => void): this;
    search(pattern: string): void;
    clear(): void;
    resetZoom(): void;
    update(): void;
  }

  const flamegraph: () => FlameGraph;
  // biome-ignore lint/style/noDefaultExport: the package has no other export for it
  export default flamegraph;
}
