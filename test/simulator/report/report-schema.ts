/** JSON Schema of report.json: what scripts may rely on. Fields that the project adds beyond the contract are named too. */

const verdict = { enum: ['pass', 'fail', 'unknown'] };
const count = { type: 'integer', minimum: 0 };
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' };
const ms = { type: 'number', minimum: 0 };

const closed = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

const figures = { mean: ms, p50: ms, p95: ms, p99: ms, max: ms };
const group = closed({ count, ...figures });
const delays = closed({ ...figures, calm: group, underFaults: group });

const counterexample = closed(
  {
    summary: { type: 'string', minLength: 1 },
    orderId: { type: 'string' },
    eventId: { type: 'string' },
    expected: { type: 'string', minLength: 1 },
    seen: { type: 'string', minLength: 1 },
    timeline: {
      type: 'array',
      items: closed({ at: { type: 'number' }, where: { type: 'string' }, what: { type: 'string' } }),
    },
  },
  ['orderId', 'eventId'],
);

export const reportSchema = closed({
  verdict,
  seed: { type: ['integer', 'null'] },
  startedAt: time,
  finishedAt: time,
  reproduce: { type: 'string', pattern: '^npm run ' },
  planted: {
    anyOf: [
      closed({ name: { type: 'string' }, describe: { type: 'string' }, breaks: { type: 'integer', minimum: 1 } }),
      { type: 'null' },
    ],
  },
  orders: closed({
    requested: count,
    accepted: count,
    rejected: count,
    unknown: count,
    delivered: count,
    cancelled: count,
  }),
  events: closed({
    committed: count,
    published: count,
    lost: count,
    phantom: count,
    duplicatesPublished: count,
    outOfOrder: count,
    gaps: count,
    quarantined: count,
    held: count,
    pending: count,
    skipped: count,
    released: count,
  }),
  consumers: {
    type: 'object',
    required: ['payment', 'shipping'],
    additionalProperties: closed({
      applied: count,
      duplicatesSeen: count,
      duplicateEffects: count,
      outOfOrder: count,
      parked: count,
    }),
  },
  relays: {
    type: 'array',
    items: closed({ owner: { type: 'string', minLength: 1 }, lanes: count, events: count }),
  },
  publishDelayMs: delays,
  endToEndMs: delays,
  faults: {
    type: 'array',
    items: closed({
      kind: { type: 'string' },
      target: { type: 'string' },
      at: time,
      healedAt: { anyOf: [time, { type: 'null' }] },
    }),
  },
  invariants: {
    type: 'array',
    minItems: 17,
    items: {
      ...closed(
        {
          id: { type: 'integer', minimum: 1, maximum: 19 },
          name: { type: 'string', minLength: 1 },
          verdict,
          checked: count,
          violations: count,
          doubts: { type: 'array', items: { type: 'string' } },
          notes: { type: 'array', items: { type: 'string' } },
          counterexample,
        },
        ['counterexample'],
      ),
      if: { properties: { verdict: { const: 'fail' } } },
      then: { required: ['counterexample'], properties: { violations: { minimum: 1 } } },
      else: { not: { required: ['counterexample'] } },
    },
  },
});
