import { html, nothing } from './lib/lit-html/lit-html.js';

const MENDINGS = [
  [
    /\b(MESSAGE|RECORD_LIST)_TOO_LARGE\b/,
    html`It is larger than the topic takes. Whoever runs Kafka can raise the topic’s <code>max.message.bytes</code>; the
      running relay needs no restart. Consumers must be able to fetch as much.`,
  ],
  [
    /\bINVALID_RECORD\b/,
    html`The broker has a rule for records of this topic, a validation of schemas say, which this one breaks. Ask
    whoever runs Kafka which.`,
  ],
  [
    /cannot be encoded/,
    html`This version of the service cannot make a record of it, so a redrive helps only after an upgrade.`,
  ],
];

/** What can be done about an error that is known; nothing about others. */
export const mendingOf = (error) => {
  const known = MENDINGS.find(([pattern]) => pattern.test(error));
  return known === undefined ? nothing : html`<p class="mending">${known[1]}</p>`;
};
