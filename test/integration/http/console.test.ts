import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { expect } from 'chai';
import * as t from 'io-ts';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded } from '../../support/decoded.ts';
import { post } from '../../support/http-client.ts';
import type { HttpAnswer } from '../../support/http-client.ts';
import { quarantineEvents } from '../../support/quarantine.ts';
import { OPERATOR_TOKEN, startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';

const BOARD = 'the-board-looks-only';
const Session = t.type({ actor: t.string, role: t.string, csrfToken: t.string });

describe('the console’s page and its sessions', () => {
  let api: RunningApi;
  let quarantined: string;
  let ownOrigin: string;

  const get = (path: string, headers: OutgoingHttpHeaders = {}): Promise<HttpAnswer> =>
    api.send({ method: 'GET', path, headers });
  const typeOf = ({ body }: HttpAnswer): string =>
    decoded(t.type({ type: t.string }), JSON.parse(body)).type.replace('urn:orderly:problem:', '');
  const logIn = (token: string, headers: OutgoingHttpHeaders = {}): Promise<HttpAnswer> =>
    api.send(post('/console/session', { token }, { origin: ownOrigin, ...headers }));
  /** What the browser sends with every request of the page. */
  const loggedIn = async (token: string): Promise<{ readonly cookie: string; readonly csrfToken: string }> => {
    const answer = await logIn(token);
    expect(answer.status, answer.body).to.equal(200);
    const [header = ''] = answer.headers['set-cookie'] ?? [];
    return {
      cookie: header.split(';')[0] ?? '',
      csrfToken: decoded(Session, JSON.parse(answer.body)).csrfToken,
    };
  };

  before(async () => {
    const digest = createHash('sha256').update(BOARD).digest('hex');
    api = await startApi({ env: { ACCESS_TOKENS: `board:viewer:sha256:${digest}` } });
    ownOrigin = new URL(api.url).origin;
    await api.send(post('/orders', requestExamples.PlaceOrder));
    [quarantined = ''] = await quarantineEvents(api.mysqlUrl);
  });
  after(() => api.stop());

  it('serves the page with its modules from its own origin, under a policy that lets nothing else in', async () => {
    const { status, headers, body } = await get('/console');
    expect([status, headers['content-type']]).to.deep.equal([200, 'text/html; charset=utf-8']);
    const policy = headers['content-security-policy'];
    expect(policy)
      .to.include("default-src 'none'")
      .and.include("script-src 'self'")
      .and.include("frame-ancestors 'none'");
    expect(policy).not.to.match(/unsafe|data:|\*/);
    expect(body).not.to.match(/<script>|<style|\sstyle=|\son\w+=/);
    const files = [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
    expect(files).to.include.members(['/console/main.js', '/console/console.css']);
    for (const file of files) {
      const answer = await get(file);
      expect(answer.status, file).to.equal(200);
      expect(answer.headers['x-content-type-options']).to.equal('nosniff');
    }
  });

  it('serves every module that a module imports, and sends none twice to who has it', async () => {
    const seen = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const { status, headers, body } = await get(path);
      expect([path, status, headers['content-type']]).to.deep.equal([path, 200, 'text/javascript; charset=utf-8']);
      const again = await get(path, { 'if-none-match': headers['etag'] });
      expect([again.status, again.body]).to.deep.equal([304, '']);
      for (const [, target = ''] of body.matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g))
        await visit(new URL(target, `${api.url}${path}`).pathname);
    };
    await visit('/console/main.js');
    expect([...seen]).to.include.members(['/console/lib/lit-html/lit-html.js', '/console/lib/uplot/uPlot.js']);
  });

  it('serves no other file, wherever it is asked for', async () => {
    for (const path of [
      '/console/console-routes.ts',
      '/console/../http-server.ts',
      '/console/%2e%2e/%2e%2e/package.json',
    ])
      expect((await get(path)).status, path).to.equal(404);
  });

  it('exchanges a token for a cookie that is read by the server alone', async () => {
    const answer = await logIn(OPERATOR_TOKEN);
    expect(answer.status).to.equal(200);
    expect(decoded(Session, JSON.parse(answer.body))).to.include({ actor: 'operator token', role: 'operator' });
    const [cookie = '', ...more] = answer.headers['set-cookie'] ?? [];
    expect(more).to.deep.equal([]);
    expect(cookie).to.include('HttpOnly').and.include('SameSite=Strict');
    expect(`${cookie}${answer.body}`).not.to.include(OPERATOR_TOKEN);
  });

  it('answers 204 to who asks without a session, and tells a session who it is of', async () => {
    expect((await get('/console/session')).status).to.equal(204);
    const { cookie } = await loggedIn(BOARD);
    expect(decoded(Session, JSON.parse((await get('/console/session', { cookie })).body))).to.include({
      actor: 'token:board',
      role: 'viewer',
    });
  });

  it('refuses a wrong token, and a right one from another site', async () => {
    const wrong = await logIn('not-a-token-of-anybody');
    expect([wrong.status, typeOf(wrong), wrong.headers['set-cookie']]).to.deep.equal([401, 'unauthorized', undefined]);
    for (const origin of ['https://evil.example', 'null', `${ownOrigin}.evil.example`, undefined]) {
      const foreign = await logIn(OPERATOR_TOKEN, { origin });
      expect([foreign.status, typeOf(foreign)], String(origin)).to.deep.equal([403, 'cross-site-request']);
    }
  });

  it('lets a session see what its token may see', async () => {
    const { cookie } = await loggedIn(BOARD);
    for (const path of ['/overview', '/outbox', `/outbox/${quarantined}`, '/outbox/blocked', '/audit'])
      expect((await get(path, { cookie })).status, path).to.equal(200);
    expect((await get('/overview', { cookie: `${cookie}x` })).status).to.equal(401);
    const plain = await get(`/outbox/${quarantined}?payload=plain`, { cookie });
    expect([plain.status, typeOf(plain)]).to.deep.equal([403, 'forbidden']);
  });

  it('does nothing for a request that another site may have sent with the cookie', async () => {
    const { cookie, csrfToken } = await loggedIn(OPERATOR_TOKEN);
    const other = await loggedIn(OPERATOR_TOKEN);
    const forged: readonly OutgoingHttpHeaders[] = [
      { cookie, origin: ownOrigin },
      { cookie, origin: 'https://evil.example', 'x-csrf-token': csrfToken },
      { cookie, 'x-csrf-token': csrfToken },
      { cookie, origin: ownOrigin, 'x-csrf-token': other.csrfToken },
    ];
    for (const headers of forged) {
      const answer = await api.send(post(`/outbox/${quarantined}/redrive`, {}, headers));
      expect([answer.status, typeOf(answer)]).to.deep.equal([403, 'cross-site-request']);
    }
    const [event] = await api.rows('SELECT status FROM outbox WHERE event_id = ?', [quarantined]);
    expect(event).to.deep.equal({ status: 'QUARANTINED' });
  });

  it('lets a viewer’s session do nothing, and an operator’s do what it asks, under its name', async () => {
    const redrive = async (token: string): Promise<HttpAnswer> => {
      const { cookie, csrfToken } = await loggedIn(token);
      return api.send(
        post(`/outbox/${quarantined}/redrive`, {}, { cookie, origin: ownOrigin, 'x-csrf-token': csrfToken }),
      );
    };
    const refused = await redrive(BOARD);
    expect([refused.status, typeOf(refused)]).to.deep.equal([403, 'forbidden']);
    expect((await redrive(OPERATOR_TOKEN)).status).to.equal(200);
    expect(await api.rows('SELECT actor, action FROM operator_audit')).to.deep.equal([
      { actor: 'operator token', action: 'redrive' },
    ]);
  });

  it('forgets who logs out', async () => {
    const { cookie, csrfToken } = await loggedIn(OPERATOR_TOKEN);
    const leave = (headers: OutgoingHttpHeaders): Promise<HttpAnswer> =>
      api.send({ method: 'DELETE', path: '/console/session', headers: { cookie, ...headers } });
    expect((await leave({ origin: 'https://evil.example', 'x-csrf-token': csrfToken })).status).to.equal(403);
    const answer = await leave({ origin: ownOrigin, 'x-csrf-token': csrfToken });
    expect(answer.status).to.equal(204);
    expect(answer.headers['set-cookie']?.[0]).to.match(/^orderly_console=; Max-Age=0;/);
  });

  it('slows down who guesses at tokens', async () => {
    const statuses = new Set<number>();
    for (let guess = 0; guess < 40; guess += 1) statuses.add((await logIn(`guess-number-${guess}-at-it`)).status);
    expect([...statuses]).to.include(429);
  });
});
