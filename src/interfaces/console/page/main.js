/* global document, location, window, URLSearchParams, AbortController */
import { html, nothing, render } from './lib/lit-html/lit-html.js';
import { currentSession, get, logIn, logOut } from './api.js';
import { auditPage } from './audit.js';
import { consumersPage } from './consumers.js';
import { dialogIsOpen, dialogView, onDialogChange } from './dialog.js';
import { eventPage } from './event.js';
import { eventsPage } from './events.js';
import { heldPage } from './held.js';
import { orderPage } from './order.js';
import { overviewPage } from './overview.js';
import { problemBox } from './parts.js';

const NAVIGATION = [
  ['overview', 'Overview', overviewPage],
  ['events', 'Events', eventsPage],
  ['held', 'Held', heldPage],
  ['consumers', 'Consumers', consumersPage],
  ['audit', 'Audit', auditPage],
];
const PAGES = new Map([
  ...NAVIGATION.map(([name, , page]) => [name, page]),
  ['event', eventPage],
  ['order', orderPage],
]);

const state = {
  /** Undefined while it is not known, null when nobody is logged in. */
  session: undefined,
  route: undefined,
  data: undefined,
  problem: undefined,
  /** What was done last. */
  told: '',
  loginProblem: undefined,
  jumpProblem: '',
};

const routeOf = (hash) => {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name = '', id = ''] = path.split('/');
  return PAGES.has(name)
    ? { name, id: decodeURIComponent(id), query: new URLSearchParams(query) }
    : { name: 'overview', id: '', query: new URLSearchParams() };
};

const pageOf = ({ name }) => PAGES.get(name);

let loading = new AbortController();
let timer;

const show = () => {
  const root = document.getElementById('console');
  render(view(), root);
  const { session, route, data } = state;
  if (session !== undefined && session !== null && data !== undefined) pageOf(route).after?.(data);
};

const tell = (text) => {
  state.told = text;
  show();
};

const lost = (problem) => {
  if (problem.status === 401) {
    state.session = null;
    state.loginProblem = undefined;
  } else state.problem = problem;
};

/** Asks for what the page shows, and again and again while it is looked at and nobody is in the middle of something. */
const load = async () => {
  loading.abort();
  clearTimeout(timer);
  const { signal } = (loading = new AbortController());
  const page = pageOf(state.route);
  try {
    const data = await page.load(state.route, signal);
    if (signal.aborted) return;
    state.data = data;
    state.problem = undefined;
  } catch (problem) {
    if (signal.aborted) return;
    lost(problem);
  }
  show();
  if (state.session) timer = setTimeout(loadUnlessBusy, page.everyMs);
};

const loadUnlessBusy = () => {
  if (document.hidden || dialogIsOpen()) timer = setTimeout(loadUnlessBusy, 1_000);
  else void load();
};

const did = (text) => {
  tell(text);
  void load();
};

const failed = (problem) => {
  lost(problem);
  show();
};

const enter = () => {
  const before = state.route;
  state.route = routeOf(location.hash);
  state.data = undefined;
  state.problem = undefined;
  state.jumpProblem = '';
  if (before !== undefined) state.told = '';
  document.title = `${pageOf(state.route).title(state.route)} – orderly console`;
  if (!state.session) return;
  show();
  if (before !== undefined) {
    document.querySelector('h1')?.focus();
    window.scrollTo(0, 0);
  }
  void load();
};

const UNKNOWN_TOKEN = {
  message: 'Nobody has this token.',
  detail: 'Was it copied whole? It may also have been taken back.',
};

const submitLogIn = async (event) => {
  event.preventDefault();
  const { token } = event.target.elements;
  try {
    state.session = await logIn(token.value);
    state.loginProblem = undefined;
    token.value = '';
    enter();
  } catch (problem) {
    state.loginProblem = problem.status === 401 ? UNKNOWN_TOKEN : problem;
    show();
    token.focus();
  }
};

const leave = async () => {
  loading.abort();
  clearTimeout(timer);
  try {
    await logOut();
    state.session = null;
  } catch (problem) {
    lost(problem);
  }
  show();
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An ID does not say what it is of: of an order that has events, or of an event; else of an order whose events are purged. */
const pathOf = async (id) => {
  const { events } = await get(`/outbox?orderId=${id}&limit=1`);
  if (events.length > 0) return `#/order/${id}`;
  return get(`/outbox/${id}`).then(
    () => `#/event/${id}`,
    () => `#/order/${id}`,
  );
};

const jump = async (event) => {
  event.preventDefault();
  const form = event.target;
  const id = form.elements.id.value.trim().toLowerCase();
  if (!UUID.test(id)) {
    state.jumpProblem = 'That is no ID: a whole UUID is needed.';
    show();
    return;
  }
  const path = await pathOf(id).catch(failed);
  if (path === undefined) return;
  form.reset();
  location.hash = path;
};

const loginView = () =>
  html`<main class="login">
    <h1>orderly console</h1>
    <form @submit=${submitLogIn}>
      <label class="field">
        <span>Token</span>
        <input name="token" type="password" autocomplete="current-password" required autofocus />
      </label>
      ${problemBox(state.loginProblem)}
      <button type="submit" class="primary">Log in</button>
    </form>
    <p class="hint">
      A token of role viewer or operator, as <code>OPERATOR_TOKEN</code> or <code>ACCESS_TOKENS</code> set it where the
      service runs. After <code>npm start</code> it is <code>operatorToken</code> in
      <code>.order/environment.json</code>.
    </p>
  </main>`;

const isCurrent = (name) =>
  name === state.route.name || (name === 'events' && ['event', 'order'].includes(state.route.name));

const headerView = () =>
  html`<a
      class="unseen skip-link"
      href="#main"
      @click=${(event) => {
        event.preventDefault();
        document.querySelector('h1').focus();
      }}
      >Skip to the content</a
    >
    <header>
      <strong class="brand">orderly</strong>
      <nav aria-label="Pages of the console" class="pages">
        ${NAVIGATION.map(
          ([name, text]) => html`<a href=${`#/${name}`} aria-current=${isCurrent(name) ? 'page' : nothing}>${text}</a>`,
        )}
      </nav>
      <form class="jump" role="search" aria-label="Go to an ID" @submit=${jump}>
        <input
          name="id"
          type="search"
          aria-label="Order or event ID"
          placeholder="Order or event ID"
          autocomplete="off"
          spellcheck="false"
        />
        <button type="submit">Go</button>
      </form>
      <div class="who">
        <span title="Who acts, as the audit has it"
          >${state.session.actor} <span class="dim">${state.session.role}</span></span
        >
        <button type="button" @click=${leave}>Log out</button>
      </div>
    </header>`;

const view = () => {
  if (state.session === undefined) return nothing;
  if (state.session === null) return loginView();
  const page = pageOf(state.route);
  const context = { route: state.route, session: state.session, did, failed, refresh: show };
  return html`${headerView()}
    <main id="main">
      <h1 tabindex="-1">${page.title(state.route)}</h1>
      <div aria-live="polite" class="told">
        ${state.told === '' ? nothing : html`<div class="notice good">${state.told}</div>`}
        ${state.jumpProblem === '' ? nothing : html`<div class="notice warn">${state.jumpProblem}</div>`}
      </div>
      ${problemBox(state.problem)} ${page.before?.(state.route) ?? nothing}
      ${
        state.data === undefined
          ? state.problem === undefined
            ? html`<p class="loading" role="status">Loading…</p>`
            : nothing
          : page.view(state.data, context)
      }
    </main>
    ${dialogView()}`;
};

const start = async () => {
  state.route = routeOf(location.hash);
  onDialogChange(show);
  window.addEventListener('hashchange', enter);
  try {
    state.session = await currentSession();
  } catch (problem) {
    state.session = null;
    state.loginProblem = problem;
  }
  if (state.session === null) show();
  else enter();
};

void start();
