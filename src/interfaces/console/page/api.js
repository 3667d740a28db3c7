/* global fetch, crypto, URLSearchParams */
// The service's own HTTP API, asked with the session of this page.

/** An answer that is none: RFC 9457, or that nobody answered. */
export class Problem extends Error {
  constructor(status, { title, detail, errors = [] }) {
    super(title);
    this.status = status;
    this.detail = [detail, ...errors.map(({ path, message }) => `${path} ${message}`.trim())].filter(Boolean).join(' ');
  }
}

let csrfToken = '';

const problemOf = async (response) => {
  try {
    return new Problem(response.status, await response.json());
  } catch {
    return new Problem(response.status, { title: `The service answered ${response.status}`, detail: '' });
  }
};

const ask = async (path, init = {}) => {
  let response;
  try {
    response = await fetch(path, { cache: 'no-store', credentials: 'same-origin', redirect: 'error', ...init });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, {
      title: 'The service does not answer',
      detail: 'What is shown may be old. The page asks again by itself.',
    });
  }
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? undefined : response.json();
};

const changing = (method, path, body, headers = {}) =>
  ask(path, {
    method,
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const remembered = (session) => {
  csrfToken = session.csrfToken;
  return session;
};

export const get = (path, signal) => ask(path, { signal });

/** A key for one act: sent again after a lost answer, it is done once. */
export const newKey = () => `console-${crypto.randomUUID()}`;

export const act = (path, body, key) => changing('POST', path, body, { 'idempotency-key': key });

/** Null: nobody is logged in. */
export const currentSession = async () => {
  const session = await get('/console/session');
  return session === undefined ? null : remembered(session);
};
export const logIn = async (token) => remembered(await changing('POST', '/console/session', { token }));
export const logOut = () => changing('DELETE', '/console/session');

/** `?a=1&b=2` of what is set; empty when nothing is. */
export const queryOf = (values) => {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
};
