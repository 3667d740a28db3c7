/* global document */
import { html, nothing } from './lib/lit-html/lit-html.js';
import { get, queryOf } from './api.js';
import { drawRates } from './chart.js';
import { counted, duration, moment, number } from './format.js';
import { badge, empty, numeric, table, when } from './parts.js';

/** A pending event that nothing holds is out within milliseconds; from then on something is slow. */
const SLOW_MS = 10_000;

const finding = (tone, text, href, link) => ({ tone, text, href, link });

const relayFindings = ({ relays, lanes }) => {
  const open = relays.flatMap(({ openCircuits }) => openCircuits);
  const circuits = open
    .slice(0, 1)
    .map(({ since, reason }) =>
      finding(
        'bad',
        `Kafka does not take ${open.length === 1 ? `lane ${open[0].lane}` : `${open.length} lanes`} since ${moment(since)} UTC: ${reason}. Events wait, no attempt is spent, and all drains in order when it is back.`,
      ),
    );
  if (relays.length === 0)
    return [finding('bad', 'No relay is at work: events are saved and wait. Start one (npm start, or --role relay).')];
  const free = lanes.filter(({ owner }) => owner === null);
  return free.length === 0
    ? circuits
    : [
        ...circuits,
        finding('warn', `Nobody leads ${counted(free.length, 'lane')} just now; relays share them within seconds.`),
      ];
};

const outboxFindings = ({ quarantined, held, retrying, oldestPendingMs }) => [
  ...(quarantined === 0
    ? []
    : [
        finding(
          'bad',
          `${counted(quarantined, 'event is', 'events are')} quarantined.`,
          '#/events?status=QUARANTINED',
          'See why',
        ),
      ]),
  ...(retrying === 0
    ? []
    : [
        finding(
          'warn',
          `${counted(retrying, 'event was', 'events were')} refused by Kafka and will be tried again.`,
          '#/events?status=PENDING',
          'See them',
        ),
      ]),
  ...(held === 0
    ? []
    : [
        finding(
          'warn',
          `${counted(held, 'later event waits', 'later events wait')} for an earlier one of the same order.`,
          '#/held',
          'See for which',
        ),
      ]),
  ...(oldestPendingMs !== null && oldestPendingMs > SLOW_MS
    ? [
        finding(
          'warn',
          `The oldest event that nothing holds waits for ${duration(oldestPendingMs)}.`,
          '#/events?status=PENDING',
          'See them',
        ),
      ]
    : []),
];

const consumerFindings = (consumers) =>
  consumers.flatMap(({ consumer, status, unknown }) => {
    if (unknown !== undefined) return [finding('warn', `${consumer} cannot be asked: ${unknown}`)];
    const parked = status.parkedOrders + status.parkedRecords;
    return [
      ...(parked === 0
        ? []
        : [
            finding(
              'bad',
              `${consumer} has parked ${counted(parked, 'order or record', 'orders or records')}.`,
              `#/consumers${queryOf({ consumer })}`,
              'See why',
            ),
          ]),
      ...(status.pausedPartitions === 0
        ? []
        : [
            finding(
              'warn',
              `${consumer} has paused ${counted(status.pausedPartitions, 'partition')} until an outage is over.`,
            ),
          ]),
      ...(status.joined
        ? []
        : [
            finding(
              'warn',
              `${consumer} is not a member of its group${status.failure === null ? '' : `: ${status.failure}`}.`,
            ),
          ]),
    ];
  });

const findingsOf = (report) => [
  ...relayFindings(report),
  ...outboxFindings(report.outbox),
  ...consumerFindings(report.consumers),
];

const verdict = (findings) =>
  findings.length === 0
    ? html`<div class="notice good"><strong>All is well.</strong> Nothing waits for you.</div>`
    : findings.map(
        ({ tone, text, href, link }) =>
          html`<div class=${`notice ${tone}`}>
            <span>${text}</span>${href === undefined ? nothing : html` <a href=${href}>${link}</a>`}
          </div>`,
      );

const tile = (name, value, below, href) =>
  html`<li class="tile">
    <span class="tile-name">${name}</span>
    <span class="tile-value">${value}</span>
    <span class="tile-below">${href === undefined ? below : html`<a href=${href}>${below}</a>`}</span>
  </li>`;

const tiles = ({ outbox, activity }) => {
  const { publishDelayMs: delay, windowSeconds } = activity;
  const within = `last ${windowSeconds} s`;
  return html`<ul class="tiles">
    ${tile('Orders', html`${number(activity.ordersPerSecond)}<small>/s</small>`, within)}
    ${tile('Published', html`${number(activity.publishedPerSecond)}<small>/s</small>`, within)}
    ${tile(
      'Publish delay, p50',
      delay === null ? '–' : duration(delay.p50),
      delay === null
        ? `nothing in the ${within}`
        : `p95 ${duration(delay.p95)} · p99 ${duration(delay.p99)} · max ${duration(delay.max)}`,
    )}
    ${tile('Pending', number(outbox.pending), `${number(outbox.held)} held · ${number(outbox.retrying)} retrying`, '#/events?status=PENDING')}
    ${tile('Oldest pending', outbox.oldestPendingMs === null ? '–' : duration(outbox.oldestPendingMs), 'that nothing holds')}
    ${
      outbox.quarantined === 0
        ? tile('Quarantined', '0', 'nothing is given up')
        : tile('Quarantined', number(outbox.quarantined), 'see them', '#/events?status=QUARANTINED')
    }
  </ul>`;
};

const chartText = ({ buckets, bucketSeconds }) => {
  if (buckets.length === 0) return 'Orders and published events per second: nothing is known yet.';
  const most = Math.max(...buckets.map(({ orders }) => orders)) / bucketSeconds;
  return `Orders and published events per second in the last five minutes; at most ${number(most)} orders per second.`;
};

const relayRow = ({ owner, joinedAt, lanes, openCircuits }) =>
  html`<tr>
    <th scope="row" data-name="Relay">${owner}</th>
    <td data-name="Joined">${when(joinedAt)}</td>
    <td data-name="Lanes">${lanes.length === 0 ? 'stands by' : lanes.join(', ')}</td>
    <td data-name="Circuit">
      ${
        openCircuits.length === 0
          ? badge('closed', 'good')
          : html`${badge('open', 'bad')} lanes ${openCircuits.map(({ lane }) => lane).join(', ')}:
            ${openCircuits[0].reason}`
      }
    </td>
  </tr>`;

const relays = ({ relays: members }) =>
  html`<section>
    <h2>Relays</h2>
    ${
      members.length === 0
        ? empty(
            'No relay has announced itself.',
            'Events are saved and wait; nothing is lost. Start one: npm start, or the service with --role relay.',
          )
        : table('Relays', ['Relay', 'Joined', 'Lanes', 'Circuit'], members.map(relayRow))
    }
  </section>`;

const consumerRow = ({ consumer, status, unknown }) =>
  unknown === undefined
    ? html`<tr>
        <th scope="row" data-name="Consumer">${consumer}</th>
        <td data-name="State">${status.joined ? badge('reading', 'good') : badge('not joined', 'warn')}</td>
        <td data-name="Lag" class="num">${number(status.lag)}</td>
        <td data-name="Parked" class="num">${number(status.parkedOrders + status.parkedRecords)}</td>
        <td data-name="Gaps" class="num">${number(status.gapOrders)}</td>
        <td data-name="Waiting" class="num">${number(status.waitingEvents)}</td>
        <td data-name="Callbacks" class="num">${number(status.pendingCallbacks)}</td>
      </tr>`
    : html`<tr>
        <th scope="row" data-name="Consumer">${consumer}</th>
        <td data-name="State">${badge('unknown', 'warn')}</td>
        <td data-name="Why" class="wrap" colspan="5">${unknown}</td>
      </tr>`;

const consumers = ({ consumers: known }) =>
  html`<section>
    <h2>Consumers</h2>
    ${
      known.length === 0
        ? empty(
            'No consumer is known here.',
            'Set PROGRESS_URLS where the service runs: name=http://host:port of each, separated by commas.',
          )
        : table(
            'Consumers',
            [
              'Consumer',
              'State',
              numeric('Lag'),
              numeric('Parked'),
              numeric('Gaps'),
              numeric('Waiting'),
              numeric('Callbacks'),
            ],
            known.map(consumerRow),
            html`<p class="hint">
              Lag: records not yet read. Parked: orders and records set aside. Gaps: orders that miss an event. Waiting:
              events that came too early. Callbacks: not yet delivered.
            </p>`,
          )
    }
  </section>`;

export const overviewPage = {
  title: () => 'Overview',
  everyMs: 2_000,
  load: (_route, signal) => get('/overview', signal),
  view: (report) =>
    html`<div class="notices" aria-live="polite">${verdict(findingsOf(report))}</div>
      ${tiles(report)}
      <section class="card">
        <h2>
          Per second <span class="dim">by time, UTC</span>
          <span class="key"><i class="accent"></i>orders <i class="good"></i>published</span>
        </h2>
        <div id="chart" role="img" aria-label=${chartText(report.activity)}></div>
      </section>
      <div class="columns">${relays(report)} ${consumers(report)}</div>`,
  after: ({ activity }) => {
    const place = document.getElementById('chart');
    if (place !== null) drawRates(place, activity);
  },
};
