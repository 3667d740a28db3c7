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

/** Which layer imports which. Not how often: it is drawn anew only when the house changes. */
export const layerDiagram = (files: readonly SourceFile[]): string => {
  const arrows = new Set<string>();
  for (const file of files) {
    const from = partOf(file.path);
    for (const to of importsOf(file).map(partOf))
      if (from !== undefined && to !== undefined && from !== to) arrows.add(`  ${from} --> ${to}`);
  }
  return ['```mermaid', 'flowchart TD', ...[...arrows].toSorted(), '```'].join('\n');
};
