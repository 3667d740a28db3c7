import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
const json = (value: unknown): string => `<pre>${escape(JSON.stringify(value, null, 2))}</pre>`;

const parametersOf = ({ parameters }: OpenApiOperation): string =>
  parameters.length === 0
    ? ''
    : `<table><caption>Parameters</caption><thead><tr><th>Name</th><th>In</th><th>Required</th><th>Meaning</th></tr></thead><tbody>${parameters
        .map(
          ({ name, in: where, required, description, schema }) =>
            `<tr><td><code>${escape(name)}</code></td><td>${escape(where)}</td><td>${required ? 'yes' : 'no'}</td><td>${escape(description)} ${escape(schema.description ?? '')}</td></tr>`,
        )
        .join('')}</tbody></table>`;

const bodyOf = ({ requestBody }: OpenApiOperation): string =>
  requestBody === undefined
    ? ''
    : Object.entries(requestBody.content)
        .map(
          ([type, { schema, example }]) =>
            `<h4>Body <code>${escape(type)}</code>${requestBody.required ? '' : ' (optional)'}</h4>${json(example)}<details><summary>Schema</summary>${json(schema)}</details>`,
        )
        .join('');

const answersOf = ({ responses }: OpenApiOperation): string =>
  `<h4>Answers</h4><dl>${Object.entries(responses)
    .map(
      ([status, { description, content }]) =>
        `<dt><code>${escape(status)}</code> ${escape(Object.keys(content).join(', '))}</dt><dd>${escape(description)}</dd>`,
    )
    .join('')}</dl>`;

const roleOf = ({ security = [] }: OpenApiOperation): string => {
  const roles = security.flatMap((scheme) => Object.values(scheme).flat());
  return roles.length === 0 ? '' : ` Needs a token of role ${escape(roles.join(', '))}.`;
};

const operationOf = (path: string, method: string, operation: OpenApiOperation): string =>
  `<article id="${escape(operation.operationId)}"><h3><code>${escape(method.toUpperCase())} ${escape(path)}</code></h3><p>${escape(operation.summary)}.${roleOf(operation)}</p>${parametersOf(operation)}${bodyOf(operation)}${answersOf(operation)}</article>`;

export const DOCS_STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
article { border-top: 1px solid #8886; padding: 0.5rem 0 1rem; }
pre { background: #8882; border-radius: 4px; overflow-x: auto; padding: 0.75rem; }
table { border-collapse: collapse; }
caption { font-weight: bold; text-align: left; }
th, td { border: 1px solid #8886; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
`;

/** The OpenAPI document for people: one page of plain HTML that needs nothing from elsewhere. */
export const docsPageOf = (document: OpenApiDocument): string => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const section = ({ name, description }: OpenApiDocument['tags'][number]): string =>
    `<section><h2>${escape(name)}</h2><p>${escape(description)}</p>${operations
      .filter(({ operation }) => operation.tags.includes(name))
      .map(({ path, method, operation }) => operationOf(path, method, operation))
      .join('')}</section>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(document.info.title)} API</title><link rel="stylesheet" href="/docs/style.css"></head><body><main><h1>${escape(document.info.title)} API</h1><p>${escape(document.info.description)}</p><p>For machines: <a href="/openapi.json">/openapi.json</a></p>${document.tags.map(section).join('')}</main></body></html>`;
};
