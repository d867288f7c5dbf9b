import flamegraph, { type StackFrame } from 'd3-flame-graph';
import { select } from 'd3-selection';
import { formatPercent, formatValue } from '../../src/units/units';

/** What the page's JSON block holds; written by `src/engine/flamePage.ts`. */
interface PageData {
  unit: string;
  root: StackFrame;
}

/** The stand-alone page: draws the JSON that stands in it, without any network. */

const data = JSON.parse(element('data').textContent ?? '') as PageData;
const total = data.root.value;
const chart = flamegraph()
  .inverted(true)
  .cellHeight(18)
  .minFrameSize(1)
  .transitionDuration(0)
  .tooltip(false)
  .width(element('chart').clientWidth)
  // Equal values keep the order of the file.
  .sort((a, b) => b.value - a.value)
  .setLabelHandler(({ data: frame, value }) => {
    return `${frame.name} · ${formatValue(value ?? frame.value, data.unit)} · ${formatPercent(value ?? frame.value, total)}`;
  })
  .setDetailsElement(element('details'))
  .setSearchHandler((_results, sum, whole) => {
    element('matched').textContent = `${formatPercent(sum, whole)} matched`;
  });
const draw = (): void => {
  select<HTMLElement, StackFrame>('#chart').datum(data.root).call(chart);
};
draw();

const search = element('search') as HTMLInputElement;
search.addEventListener('input', () => {
  // The library takes the text as a pattern; people mean it as text.
  const text = search.value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  if (text !== '') {
    chart.search(text);
    return;
  }
  chart.clear();
  element('matched').textContent = '';
});
element('reset').addEventListener('click', () => chart.resetZoom());
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') chart.resetZoom();
  if (event.key === '/' && event.target !== search) {
    event.preventDefault();
    search.focus();
  }
});
window.addEventListener('resize', () => {
  chart.width(element('chart').clientWidth);
  chart.update();
});

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element "${id}".`);
  return found;
}
