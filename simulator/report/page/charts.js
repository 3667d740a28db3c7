/* global document, getComputedStyle, matchMedia, page, ResizeObserver, uPlot */
// Draws the series that the page carries as data.
(() => {
  const { data, duration } = page;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const px = (size) => size * uPlot.pxRatio;
  const FONT = 'system-ui, sans-serif';

  const axisDuration = (ms) => (ms < 1000 ? `${+ms.toFixed(1)} ms` : `${+(ms / 1000).toFixed(1)} s`);
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;

  // A text with the card's colour behind it, so that no line runs through it.
  const label = (ctx, text, left, y, ink) => {
    ctx.font = `600 ${px(11)}px ${FONT}`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    const width = ctx.measureText(text).width + px(4);
    ctx.fillStyle = colour('card');
    ctx.fillRect(left, y - px(8), width, px(16));
    ctx.fillStyle = ink;
    ctx.fillText(text, left + px(2), y);
    return left + width;
  };

  const within = (plot, seconds) => {
    const { left, width } = plot.bbox;
    return Math.min(Math.max(plot.valToPos(seconds, 'x', true), left), left + width);
  };

  const shadeFaults = {
    hooks: {
      drawClear: (plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.fillStyle = colour('shade');
        for (const { from, to } of data.series.faults) {
          const left = within(plot, from);
          ctx.fillRect(left, bbox.top, Math.max(within(plot, to) - left, px(2)), bbox.height);
        }
        ctx.restore();
      },
      // Numbers stand above the plot where a fault begins, as far as they do not run into one another.
      draw: (plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        let taken = -Infinity;
        for (const { from, number } of data.series.faults) {
          const left = within(plot, from);
          if (left < taken) continue;
          taken = label(ctx, String(number), left, bbox.top - px(10), colour('orange'));
        }
        ctx.restore();
      },
    },
  };

  const promise = (ms) => ({
    hooks: {
      draw: (plot) => {
        const { ctx, bbox } = plot;
        const y = plot.valToPos(ms, 'y', true);
        ctx.save();
        ctx.strokeStyle = colour('fail');
        ctx.lineWidth = Math.max(1, uPlot.pxRatio);
        ctx.setLineDash([px(6), px(5)]);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
        ctx.restore();
      },
    },
  });

  // A point without a neighbour has no line to be seen by.
  const lonely = (plot, index) => {
    const values = plot.data[index];
    const empty = (value) => value === null || value === undefined;
    return values.flatMap((value, at) => (!empty(value) && empty(values[at - 1]) && empty(values[at + 1]) ? [at] : []));
  };

  const line = (text, name, format, { width = 1.75, dash = [] } = {}) => ({
    label: text,
    stroke: () => colour(name),
    width,
    dash,
    spanGaps: false,
    points: { show: true, size: 5, fill: () => colour(name), filter: lonely },
    value: (_plot, value) => (value === null || value === undefined ? '' : format(value)),
  });

  const axis = (values) => ({
    stroke: () => colour('soft'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { stroke: () => colour('grid'), width: 1 },
    font: `12px ${FONT}`,
    size: 58,
    values: (_plot, splits) => splits.map((split) => (split === null ? '' : values(split))),
  });

  const tenfold = (_plot, splits) =>
    splits.map((split) => (Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9 ? split : null));
  const delayAxis = () => {
    const made = axis(axisDuration);
    return {
      ...made,
      filter: tenfold,
      grid: { ...made.grid, filter: tenfold },
      ticks: { ...made.ticks, filter: tenfold },
    };
  };

  const time = { label: 'at', value: (_plot, value) => (value === null || value === undefined ? '' : clock(value)) };
  const perSecond = (value) => `${+value.toFixed(value < 10 ? 1 : 0)}/s`;
  const whole = (value) => (Number.isInteger(value) ? String(value) : '');

  const delayLines = () => [
    time,
    line('half within', 'teal', duration),
    line('95 % within', 'blue', duration),
    line('99 % within', 'violet', duration),
    line('slowest', 'orange', duration, { width: 1, dash: [4, 3] }),
  ];
  const delayScale = (target) => ({
    distr: 3,
    range: (_plot, min, max) => [Math.max(0.5, Math.min(min ?? 1, 10)), Math.max(target * 4, (max ?? 1) * 2)],
  });
  const positive = (columns) =>
    columns.map((column, index) =>
      index === 0 ? column : column.map((value) => (value === null ? null : Math.max(value, 0.5))),
    );
  const countScale = { range: (_plot, _min, max) => [0, Math.max(1, (max ?? 0) * 1.1)] };

  const charts = [
    {
      id: 'publish',
      columns: positive(data.series.publishDelay),
      series: delayLines(),
      y: delayScale(3000),
      yAxis: delayAxis(),
      plugins: [shadeFaults, promise(3000)],
    },
    {
      id: 'whole-way',
      columns: positive(data.series.endToEnd),
      series: delayLines(),
      y: delayScale(60000),
      yAxis: delayAxis(),
      plugins: [shadeFaults, promise(60000)],
    },
    {
      id: 'throughput',
      columns: data.series.throughput,
      series: [
        time,
        line('orders placed', 'orange', perSecond),
        line('events written', 'blue', perSecond),
        line('records in Kafka', 'teal', perSecond),
      ],
      y: countScale,
      yAxis: axis(perSecond),
      plugins: [shadeFaults],
    },
    {
      id: 'backlog',
      columns: data.series.backlog,
      series: [
        time,
        line('waiting', 'blue', whole),
        line('held behind a quarantined one', 'orange', whole),
        line('quarantined', 'fail', whole, { dash: [4, 3] }),
      ],
      y: countScale,
      yAxis: axis(whole),
      plugins: [shadeFaults],
    },
  ];

  const HEIGHT = 250;
  for (const { id, columns, series, y, yAxis, plugins } of charts) {
    const place = document.getElementById(`chart-${id}`);
    if (columns[0].length === 0) {
      place.textContent = 'Nothing was measured.';
      continue;
    }
    const timeAxis = {
      ...axis(clock),
      size: 30,
      label: 'since the start, min:s',
      labelSize: 18,
      labelFont: `12px ${FONT}`,
    };
    const plot = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        padding: [22, 12, 0, 0],
        series,
        plugins,
        cursor: { sync: { key: 'run' }, y: false },
        scales: { x: { time: false, range: () => [0, data.series.spanSeconds] }, y },
        axes: [timeAxis, yAxis],
        legend: { markers: { width: 0, fill: (_plot, index) => series[index].stroke?.() ?? 'transparent' } },
      },
      columns,
      place,
    );
    const canvas = place.querySelector('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `Chart: ${place.parentElement.querySelector('h3').textContent}`);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false, true));
  }
})();
