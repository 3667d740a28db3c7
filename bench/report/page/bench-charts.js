/* global document, getComputedStyle, matchMedia, ResizeObserver, uPlot */
// Draws the charts that the page carries as data: bars with points, or lines over a logarithmic scale.
(() => {
  const charts = JSON.parse(document.getElementById('data').textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const INKS = ['teal', 'orange', 'blue', 'violet', 'fail', 'soft'];
  const FONT = '12px system-ui, sans-serif';
  const HEIGHT = 280;

  const shown = (value) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
  const axis = (values, more = {}) => ({
    stroke: () => colour('soft'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { show: false },
    font: FONT,
    values: (_plot, splits) => splits.map((split) => (split === null ? '' : values(split))),
    ...more,
  });
  const tenfold = (_plot, splits) =>
    splits.map((split) => (Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9 ? split : null));

  const bar = (name) => ({
    label: name,
    stroke: () => colour('teal'),
    fill: () => colour('pass-tint'),
    width: 1.5,
    paths: uPlot.paths.bars({ size: [0.5, 90] }),
    points: { show: false },
  });
  const points = (name) => ({
    label: name,
    stroke: () => colour('ink'),
    paths: () => null,
    points: { show: true, size: 6, fill: () => colour('ink') },
  });
  const line = (name, index) => ({
    label: name,
    stroke: () => colour(INKS[index % INKS.length]),
    width: 1.75,
    points: { show: true, size: 6, fill: () => colour(INKS[index % INKS.length]) },
  });

  const scales = {
    bars: { range: (_plot, _min, max) => [0, max * 1.08] },
    lines: { distr: 3, range: (_plot, min, max) => [Math.min(1, min), max * 1.6] },
  };

  charts.forEach(({ title, kind, unit, labels, lines }, index) => {
    const place = document.getElementById(`chart-${index}`);
    const series = lines.map(({ name }, at) => {
      const made = kind === 'lines' ? line(name, at) : at === 0 ? bar(name) : points(name);
      return {
        ...made,
        value: (_plot, value) => (value === null || value === undefined ? '' : `${shown(value)} ${unit}`),
      };
    });
    const columns = [
      labels.map((_, at) => at),
      // The scale knows no zero, and the broker tells whole milliseconds.
      ...lines.map(({ values }) => (kind === 'bars' ? values : values.map((value) => Math.max(value, 0.5)))),
    ];
    const logarithmic =
      kind === 'lines' ? { filter: tenfold, grid: { filter: tenfold, stroke: () => colour('grid'), width: 1 } } : {};
    const plot = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        padding: [14, 12, 0, 0],
        series: [{ label: '', value: (_plot, value) => labels[value] ?? '' }, ...series],
        cursor: { y: false },
        scales: { x: { time: false, range: () => [-0.6, labels.length - 0.4] }, y: scales[kind] },
        axes: [
          axis((at) => labels[at] ?? '', { splits: () => columns[0], grid: { show: false }, size: 30 }),
          axis((value) => shown(value), { size: 70, label: unit, labelSize: 18, labelFont: FONT, ...logarithmic }),
        ],
        legend: { markers: { width: 0, fill: (_plot, at) => (at === 0 ? 'transparent' : series[at - 1].stroke()) } },
      },
      columns,
      place,
    );
    const canvas = place.querySelector('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `Chart: ${title}`);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false, true));
  });
})();
