/* global document */
import { html, nothing } from './lib/lit-html/lit-html.js';
import { problemBox } from './parts.js';

/** No longer than the audit keeps, and what skips tell consumers. */
const MOST_CHARACTERS = 500;

let asked;
let changed = () => undefined;

/** `then` is called after each change of what the dialog shows. */
export const onDialogChange = (then) => {
  changed = then;
};

export const dialogIsOpen = () => asked !== undefined;

const close = () => {
  document.querySelector('dialog')?.close();
  asked = undefined;
  changed();
};

/** The browser tells of it some time later, when the dialog may have been opened again. */
const closed = ({ target }) => {
  if (!target.open && asked !== undefined) close();
};

/**
 * Asks for a reason and a confirmation. `run(reason)` does it; it may be sent again with what `key` it has made, so a lost
 * answer does nothing twice. `done(result)` is called after it.
 */
export const askToAct = (question) => {
  asked = { ...question, busy: false, problem: undefined };
  changed();
  document.querySelector('dialog').showModal();
};

const submit = async (event) => {
  event.preventDefault();
  const question = asked;
  if (question.busy) return;
  const reason = event.target.elements.reason.value.trim();
  asked = { ...question, busy: true, problem: undefined };
  changed();
  try {
    const result = await question.run(reason);
    close();
    question.done(result);
  } catch (problem) {
    asked = { ...question, busy: false, problem };
    changed();
  }
};

export const dialogView = () =>
  html`<dialog aria-labelledby="dialog-title" @cancel=${close} @close=${closed}>
    ${
      asked === undefined
        ? nothing
        : html`<form @submit=${submit}>
            <h2 id="dialog-title">${asked.title}</h2>
            <div class="dialog-body">${asked.body}</div>
            <label class="field">
              <span>Reason${asked.reasonRequired ? '' : ' (optional)'}</span>
              <input
                name="reason"
                type="text"
                autocomplete="off"
                maxlength=${MOST_CHARACTERS}
                ?required=${asked.reasonRequired}
                placeholder=${asked.reasonHint}
              />
            </label>
            <p class="hint">${asked.reasonNote}</p>
            ${problemBox(asked.problem)}
            <div class="buttons">
              <button type="button" @click=${close} ?disabled=${asked.busy}>Cancel</button>
              <button type="submit" class=${asked.tone} ?disabled=${asked.busy}>
                ${asked.busy ? 'At work…' : asked.verb}
              </button>
            </div>
          </form>`
    }
  </dialog>`;
