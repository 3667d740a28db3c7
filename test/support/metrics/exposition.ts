/** One metric as `GET /metrics` shows it, with every sample there is of it. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** That of its family, or with `_bucket`, `_sum` or `_count` behind it. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const HELP = /^# HELP (\S+) ?(.*)$/;
const TYPE = /^# TYPE (\S+) (\w+)$/;
const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

const sampleOf = (line: string): MetricSample => {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`this is no sample: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']): readonly [string, string] => [
    label,
    text,
  ]);
  return { name, labels: new Map(pairs), value: Number(value) };
};

/** The text format of Prometheus, read. Throws at the first line that is not of it, or has no HELP and TYPE before it. */
export const readExposition = (text: string): readonly MetricFamily[] => {
  const families: (MetricFamily & { readonly samples: MetricSample[] })[] = [];
  let help: readonly [name: string, text: string] | undefined;
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const helped = HELP.exec(line);
    const typed = TYPE.exec(line);
    const current = families.at(-1);
    if (helped !== null) help = [helped[1] ?? '', helped[2] ?? ''];
    else if (typed !== null) {
      const name = typed[1] ?? '';
      families.push({ name, help: help?.[0] === name ? help[1] : '', type: typed[2] ?? '', samples: [] });
    } else {
      const sample = sampleOf(line);
      if (current === undefined || !sample.name.startsWith(current.name)) throw new Error(`of no family: ${line}`);
      current.samples.push(sample);
    }
  }
  return families;
};

/** Every name that a query may ask for. */
export const seriesNamesOf = ({ name, type }: MetricFamily): readonly string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
