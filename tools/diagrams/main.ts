import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../environment/checkout.ts';
import { ARCHITECTURE_DOCUMENT, architectureDocument } from './architecture-document.ts';

/* Draws the diagrams of docs/architecture.md anew. */

const { present, fresh } = architectureDocument(ROOT);
writeFileSync(join(ROOT, ARCHITECTURE_DOCUMENT), fresh);
console.log(`${ARCHITECTURE_DOCUMENT}: ${present === fresh ? 'unchanged' : 'drawn anew'}`);
