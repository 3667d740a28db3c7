import { importsOf } from './source-files.ts';
import type { SourceFile } from './source-files.ts';

const ROOTS = 'composition';

/** `src/application/relay/relay.ts` is of `application`; whatever stands at the top of `src` is of the roots. */
const layerOf = (path: string): string | undefined => {
  const [top, layer, ...below] = path.split('/');
  if (top !== 'src' || layer === undefined) return undefined;
  return below.length === 0 ? ROOTS : layer;
};

/** The contract is drawn apart: it is what other teams see. */
const partOf = (path: string): string | undefined =>
  path.startsWith('src/interfaces/contract/') ? 'contract' : layerOf(path);

const arrow = ([pair, count]: readonly [string, number]): string => {
  const [from, to] = pair.split(' ');
  return `  ${from ?? ''} -->|${count}| ${to ?? ''}`;
};

/** How many imports go from each layer to each other one, the most first. */
export const layerDiagram = (files: readonly SourceFile[]): string => {
  const counts = new Map<string, number>();
  for (const file of files) {
    const from = partOf(file.path);
    for (const to of importsOf(file).map(partOf)) {
      if (from === undefined || to === undefined || from === to) continue;
      counts.set(`${from} ${to}`, (counts.get(`${from} ${to}`) ?? 0) + 1);
    }
  }
  const sorted = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ['```mermaid', 'flowchart TD', ...sorted.map(arrow), '```'].join('\n');
};
