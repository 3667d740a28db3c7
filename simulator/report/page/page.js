/* global document, matchMedia, ResizeObserver, getComputedStyle, uPlot */
// Draws what the page carries as data. Texts are only ever set as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  const duration = (ms) => {
    if (ms < 9.95) return `${ms.toFixed(1)} ms`;
    if (ms < 999.5) return `${ms.toFixed(0)} ms`;
    if (ms < 99950) return `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
    return `${Math.floor(ms / 60000)} min ${String(Math.round((ms % 60000) / 1000)).padStart(2, '0')} s`;
  };
  const axisDuration = (ms) => (ms < 1000 ? `${+ms.toFixed(1)} ms` : `${+(ms / 1000).toFixed(1)} s`);
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;

  // Names stand at the top of the shaded parts, as far as they do not run into one another.
  const nameFaults = (plot) => {
    const { ctx, bbox } = plot;
    const gap = 6 * uPlot.pxRatio;
    let taken = -Infinity;
    ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
    ctx.fillStyle = colour('orange');
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    for (const { from, label } of data.series.faults) {
      const left = Math.max(plot.valToPos(from, 'x', true), bbox.left) + gap / 2;
      const width = ctx.measureText(label).width;
      if (left < taken || left + width > bbox.left + bbox.width) continue;
      ctx.fillText(label, left, bbox.top + gap / 2);
      taken = left + width + gap;
    }
  };

  const shadeFaults = {
    hooks: {
      drawClear: (plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.fillStyle = colour('shade');
        for (const { from, to } of data.series.faults) {
          const left = Math.max(plot.valToPos(from, 'x', true), bbox.left);
          const right = Math.min(plot.valToPos(to, 'x', true), bbox.left + bbox.width);
          if (right > bbox.left && left < bbox.left + bbox.width)
            ctx.fillRect(left, bbox.top, Math.max(right - left, 2), bbox.height);
        }
        nameFaults(plot);
        ctx.restore();
      },
    },
  };

  const promise = (ms, label) => ({
    hooks: {
      draw: (plot) => {
        const { ctx, bbox } = plot;
        const y = plot.valToPos(ms, 'y', true);
        ctx.save();
        ctx.strokeStyle = colour('fail');
        ctx.fillStyle = colour('fail');
        ctx.lineWidth = Math.max(1, uPlot.pxRatio);
        ctx.setLineDash([6 * uPlot.pxRatio, 5 * uPlot.pxRatio]);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
        ctx.font = `${12 * uPlot.pxRatio}px system-ui, sans-serif`;
        ctx.textAlign = 'right';
        ctx.fillText(label, bbox.left + bbox.width - 6 * uPlot.pxRatio, y - 5 * uPlot.pxRatio);
        ctx.restore();
      },
    },
  });

  const line = (label, name, format, width = 1.5) => ({
    label,
    stroke: () => colour(name),
    width,
    spanGaps: true,
    points: { show: false },
    value: (_plot, value) => (value === null || value === undefined ? '–' : format(value)),
  });

  const axis = (values) => ({
    stroke: () => colour('soft'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { stroke: () => colour('grid'), width: 1 },
    font: '12px system-ui, sans-serif',
    size: 58,
    values: (_plot, splits) => splits.map((split) => (split === null ? '' : values(split))),
  });

  const time = { label: 'time', value: (_plot, value) => (value === null || value === undefined ? '–' : clock(value)) };
  const perSecond = (value) => `${value.toFixed(value < 10 ? 1 : 0)}/s`;
  const whole = (value) => String(Math.round(value));

  const delayLines = () => [
    time,
    line('p50', 'teal', duration),
    line('p95', 'blue', duration),
    line('p99', 'violet', duration),
    line('slowest', 'orange', duration, 1),
  ];
  const delayScale = (target) => ({
    distr: 3,
    range: (_plot, min, max) => [Math.max(0.5, Math.min(min ?? 1, 10)), Math.max(target * 8, (max ?? 1) * 4)],
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
      format: axisDuration,
      plugins: [shadeFaults, promise(3000, 'promised mean: 3 s')],
    },
    {
      id: 'whole-way',
      columns: positive(data.series.endToEnd),
      series: delayLines(),
      y: delayScale(60000),
      format: axisDuration,
      plugins: [shadeFaults, promise(60000, 'promised for each: 60 s')],
    },
    {
      id: 'throughput',
      columns: data.series.throughput,
      series: [
        time,
        line('orders placed', 'orange', perSecond),
        line('events committed', 'blue', perSecond),
        line('records in the log', 'teal', perSecond),
      ],
      y: countScale,
      format: perSecond,
      plugins: [shadeFaults],
    },
    {
      id: 'backlog',
      columns: data.series.backlog,
      series: [time, line('pending', 'blue', whole), line('held', 'orange', whole), line('quarantined', 'fail', whole)],
      y: countScale,
      format: whole,
      plugins: [shadeFaults],
    },
  ];

  for (const { id, columns, series, y, format, plugins } of charts) {
    const place = document.getElementById(`chart-${id}`);
    if (columns[0].length === 0) {
      place.textContent = 'Nothing was measured.';
      continue;
    }
    const plot = new uPlot(
      {
        width: place.clientWidth,
        height: 220,
        series,
        plugins,
        cursor: { sync: { key: 'run' }, y: false },
        scales: { x: { time: false, range: () => [0, data.series.spanSeconds] }, y },
        axes: [{ ...axis(clock), size: 32 }, axis(format)],
      },
      columns,
      place,
    );
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 220 })).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw(false, true));
  }

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className !== '') made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const showOrder = (order) => {
    const place = document.getElementById('order-timeline');
    const list = element('ol', 'timeline');
    const [start = 0] = order.timeline.find(([, where]) => where !== 'fault') ?? order.timeline[0] ?? [];
    for (const [at, where, what] of order.timeline) {
      const item = element('li', '');
      const when = element('time', 'mono', at < start ? `−${duration(start - at)}` : `+${duration(at - start)}`);
      when.title = new Date(at).toISOString();
      const known = ['client', 'outbox', 'relay', 'log', 'fault', 'operator'].includes(where) ? ` ${where}` : '';
      item.append(when, element('span', `where${known}`, where), element('span', 'what', what));
      list.append(item);
    }
    place.replaceChildren(element('h3', 'mono', order.orderId), element('p', 'soft', order.status), list);
  };

  const filter = document.getElementById('order-filter');
  const list = document.getElementById('order-list');
  const buttons = data.orders.map((order) => {
    const item = element('li', '');
    const button = element('button', '');
    button.type = 'button';
    button.append(
      element('span', 'mono', order.orderId),
      element('span', 'chip', order.status),
      element('span', 'soft', order.because === null ? '' : ` ${order.because}`),
    );
    button.addEventListener('click', () => {
      for (const other of buttons) other.button.setAttribute('aria-current', String(other.button === button));
      showOrder(order);
    });
    item.append(button);
    list.append(item);
    return { order, item, button };
  });
  filter.addEventListener('input', () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const { order, item } of buttons)
      item.hidden = !`${order.orderId} ${order.status} ${order.because ?? ''}`.toLowerCase().includes(wanted);
  });
  buttons[0]?.button.click();
})();
