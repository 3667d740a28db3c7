import { html } from './lib/lit-html/lit-html.js';
import { get, queryOf } from './api.js';
import { actsTable, empty, pager } from './parts.js';

export const auditPage = {
  title: () => 'Audit',
  everyMs: 10_000,
  load: ({ query }, signal) => get(`/audit${queryOf(Object.fromEntries(query))}`, signal),
  view: ({ acts, next }, { route }) =>
    html`${
      acts.length === 0
        ? empty(
            'Nobody has done anything yet.',
            'Every redrive, skip, re-processing and purge is kept here, with who and why.',
          )
        : actsTable(acts, true)
    }
    ${pager({
      newest: route.query.has('before') ? '#/audit' : undefined,
      older: next === null ? undefined : `#/audit${queryOf({ before: next })}`,
    })}`,
};
