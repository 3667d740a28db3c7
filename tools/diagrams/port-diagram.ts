import type { Port } from './ports.ts';

/** Stand-ins for tests, what only watches, and what stands beside the folders: clock, IDs, callbacks over HTTP. */
const LEFT_OUT = ['in-memory', 'telemetry', 'infrastructure'];

const node = (prefix: string, name: string): string => `${prefix}_${name.replaceAll(/\W/g, '_')}[${name}]`;

/** Which rooms ask which technology for what: the way that data takes. */
export const portDiagram = (ports: readonly Port[]): string => {
  const asked = new Map<string, string[]>();
  for (const { name, askedBy, adapters } of ports)
    for (const room of askedBy)
      for (const technology of new Set(adapters.map((adapter) => adapter.technology))) {
        if (LEFT_OUT.includes(technology)) continue;
        const way = `${node('room', room)} ${node('technology', technology)}`;
        asked.set(way, [...(asked.get(way) ?? []), name]);
      }
  const arrows = [...asked]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([way, names]) => {
      const [room = '', technology = ''] = way.split(' ');
      return `  ${room} -->|${names.join('<br>')}| ${technology}`;
    });
  return ['```mermaid', 'flowchart LR', ...arrows, '```'].join('\n');
};

const link = (name: string, path: string): string => `[${name}](../${path})`;

/** Every port with who asks it and what stands behind it. */
export const portTable = (ports: readonly Port[]): string =>
  [
    '| port | asked by | adapters |',
    '| --- | --- | --- |',
    ...ports.map(
      ({ name, path, askedBy, adapters }) =>
        `| ${link(name, path)} | ${askedBy.join(', ')} | ${adapters.map((adapter) => link(adapter.name, adapter.path)).join(', ')} |`,
    ),
  ].join('\n');
