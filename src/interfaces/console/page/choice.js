import { html } from './lib/lit-html/lit-html.js';
import { live } from './lib/lit-html/directives/live.js';

/** What is ticked in a list, by its IDs. */
export const choice = () => {
  const ticked = new Set();
  return {
    /** Those of the IDs that are ticked. */
    among: (ids) => ids.filter((id) => ticked.has(id)),
    clear: () => ticked.clear(),
    box: (id, label, { refresh }) =>
      html`<td data-name="Choose">
        <input
          type="checkbox"
          aria-label=${label}
          .checked=${live(ticked.has(id))}
          @change=${({ target }) => {
            if (target.checked) ticked.add(id);
            else ticked.delete(id);
            refresh();
          }}
        />
      </td>`,
  };
};
