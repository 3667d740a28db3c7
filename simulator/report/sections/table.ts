import { html } from '../html.ts';
import type { Html } from '../html.ts';

/** A card that scrolls sideways when its table is too wide, by keyboard too. */
export const tableCard = (label: string, content: Html): Html =>
  html`<div class="card table-card" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
