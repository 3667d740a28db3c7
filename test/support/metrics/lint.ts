import type { MetricFamily } from './exposition.ts';

/*
 * The rules of `promtool check metrics`, for machines without it, and what we ask beyond them: a prefix, and labels of
 * which each has a bounded number of values.
 */

interface Rule {
  readonly says: string;
  readonly broken: (family: MetricFamily) => boolean;
}

const isCounter = ({ type }: MetricFamily): boolean => type === 'counter';
const wordsOf = ({ name }: MetricFamily): readonly string[] => name.split('_');
const has = (family: MetricFamily, words: readonly string[]): boolean =>
  wordsOf(family).some((word) => words.includes(word));

const OTHER_UNITS = [
  ...['milliseconds', 'microseconds', 'nanoseconds', 'minutes', 'hours', 'days', 'weeks'],
  ...['kilobytes', 'megabytes', 'gigabytes', 'kibibytes', 'mebibytes', 'bits', 'percent', 'percentage'],
];
const ABBREVIATED = ['s', 'ms', 'us', 'ns', 'sec', 'b', 'kb', 'mb', 'gb', 'tb', 'm', 'h', 'd'];
const TYPES = ['gauge', 'counter', 'histogram', 'summary'];

const PROMLINT: readonly Rule[] = [
  { says: 'no help text', broken: ({ help }) => help.trim() === '' },
  { says: 'a counter ends in _total', broken: (family) => isCounter(family) && !family.name.endsWith('_total') },
  { says: 'only a counter ends in _total', broken: (family) => !isCounter(family) && family.name.endsWith('_total') },
  { says: 'a unit that is not the base unit', broken: (family) => has(family, OTHER_UNITS) },
  { says: 'an abbreviated unit', broken: (family) => has(family, ABBREVIATED) },
  { says: 'its type in its name', broken: (family) => has(family, TYPES) },
  {
    says: 'an ending that only histograms have',
    broken: ({ name, type }) => type !== 'histogram' && /_(?:bucket|count|sum)$/.test(name),
  },
  { says: 'letters or signs that names do not have', broken: ({ name }) => !/^[a-z][a-z0-9_]*$/.test(name) },
];

/** What a label may be called; a value of each is one of a few, whatever the clients and the orders are. */
const BOUNDED = [
  ...['activity', 'cause', 'check', 'lane', 'le', 'method', 'outcome', 'pool', 'route', 'state', 'status'],
];

const OURS: readonly Rule[] = [
  {
    says: 'a histogram of something that has no unit in its name',
    broken: ({ name, type }) => type === 'histogram' && !/_(?:seconds|bytes)$/.test(name),
  },
  {
    says: 'a label that is not known to be bounded',
    broken: ({ samples }) => samples.some(({ labels }) => [...labels.keys()].some((label) => !BOUNDED.includes(label))),
  },
];

/** Names that the library of metrics gives its own, against the rules; everybody's dashboards know them by these. */
const GIVEN = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** `NAME: what is wrong with it`, for each rule that one breaks. */
export const lintMetrics = (families: readonly MetricFamily[]): readonly string[] =>
  families
    .filter(({ name }) => !GIVEN.includes(name))
    .flatMap((family) =>
      [...PROMLINT, ...(family.name.startsWith('orderly_') ? OURS : [])]
        .filter(({ broken }) => broken(family))
        .map(({ says }) => `${family.name}: ${says}`),
    );
