import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSections } from './generated-sections.ts';
import { layerDiagram } from './layer-diagram.ts';
import { outboxStateDiagram } from './outbox-state-diagram.ts';
import { portDiagram, portTable } from './port-diagram.ts';
import { portsIn } from './ports.ts';
import { sourceFiles } from './source-files.ts';

/** From the root of the repository. */
export const ARCHITECTURE_DOCUMENT = 'docs/architecture.md';

/** The document as it is, and as it is with its diagrams drawn from today's code. */
export const architectureDocument = (root: string): { readonly present: string; readonly fresh: string } => {
  const files = sourceFiles(root, 'src');
  const ports = portsIn(files);
  const present = readFileSync(join(root, ARCHITECTURE_DOCUMENT), 'utf8');
  const fresh = withSections(present, {
    layers: layerDiagram(files),
    'ports-and-technologies': portDiagram(ports),
    ports: portTable(ports),
    'outbox-states': outboxStateDiagram(),
  });
  return { present, fresh };
};
