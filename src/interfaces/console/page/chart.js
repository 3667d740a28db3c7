/* global document, getComputedStyle, matchMedia, ResizeObserver */
import './language.js';
import uPlot from './lib/uplot/uPlot.js';

const HEIGHT = 190;
const FONT = '12px system-ui, sans-serif';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const axis = (more) => ({
  stroke: () => colour('soft'),
  grid: { stroke: () => colour('line'), width: 1 },
  ticks: { show: false },
  font: FONT,
  ...more,
});

const line = (label, ink, dash) => ({
  label,
  stroke: () => colour(ink),
  width: 2,
  points: { show: false },
  ...(dash === undefined ? {} : { dash }),
});

const options = (width) => ({
  width,
  height: HEIGHT,
  cursor: { show: false },
  legend: { show: false },
  select: { show: false },
  scales: { x: { time: true }, y: { range: (_plot, _least, most) => [0, Math.max(1, most * 1.15)] } },
  axes: [
    axis({
      size: 28,
      space: 70,
      // Five minutes are shown: uPlot's own steps leave a phone one label.
      incrs: [10, 30, 60, 120, 300],
      values: (_plot, splits) => splits.map((at) => new Date(at * 1_000).toISOString().slice(11, 19)),
    }),
    axis({ size: 44, space: 34, values: (_plot, splits) => splits.map((rate) => rate.toLocaleString('en')) }),
  ],
  series: [{}, line('orders/s', 'accent'), line('published/s', 'good', [5, 4])],
});

const charts = new WeakMap();

const chartIn = (place) => {
  const plot = new uPlot(options(Math.max(200, place.clientWidth)), [[], [], []], place);
  new ResizeObserver(() => plot.setSize({ width: Math.max(200, place.clientWidth), height: HEIGHT })).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false, true));
  return plot;
};

/** Draws the rates into `place`, which it keeps from one call to the next. */
export const drawRates = (place, { buckets, bucketSeconds }) => {
  const plot = charts.get(place) ?? chartIn(place);
  charts.set(place, plot);
  plot.setData([
    buckets.map(({ at }) => at),
    buckets.map(({ orders }) => orders / bucketSeconds),
    buckets.map(({ published }) => published / bucketSeconds),
  ]);
};
