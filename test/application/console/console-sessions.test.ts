import { expect } from 'chai';
import { ConsoleSessions } from '../../../src/interfaces/console/console-sessions.ts';

const HOST = '127.0.0.1:8080';
const KEY = Buffer.from('a key that all processes of the service have');
const anna = { actor: 'token:anna', role: 'operator', sha256: 'a'.repeat(64) } as const;
const board = { actor: 'token:board', role: 'viewer', sha256: 'b'.repeat(64) } as const;
const HOUR_MS = 3_600_000;

const sessionsAt = (
  now: number,
  tokens: ConstructorParameters<typeof ConsoleSessions>[0] = [anna, board],
  key = KEY,
): ConsoleSessions => new ConsoleSessions(tokens, key, () => now);
const cookieOf = (header: string): string => header.split(';')[0] ?? '';

describe('sessions of the console', () => {
  const begun = sessionsAt(0).begin('token:anna', HOST);
  const cookie = cookieOf(begun.cookie);

  it('are known again by the cookie, among others, in every process with the same key', () => {
    const session = sessionsAt(1_000).of(`theme=dark; ${cookie}; other=1`);
    expect(session).to.deep.equal(begun.session);
    expect(session).to.include({ actor: 'token:anna', role: 'operator' });
  });

  it('are kept from scripts and other sites, and from plain HTTP but on the loopback', () => {
    expect(begun.cookie).to.match(/; Path=\/; HttpOnly; SameSite=Strict$/);
    for (const host of ['localhost:1', '[::1]:8080']) expect(sessionsAt(0).end(host)).not.to.include('Secure');
    for (const host of ['orders.example', '127.0.0.1.evil.example', undefined])
      expect(sessionsAt(0).begin('token:board', host).cookie).to.match(/; Secure$/);
  });

  const over: readonly (readonly [when: string, sessions: ConsoleSessions])[] = [
    ['12 hours have passed', sessionsAt(12 * HOUR_MS)],
    ['the token is no longer configured', sessionsAt(0, [board])],
    ['another token has its name', sessionsAt(0, [{ ...anna, sha256: 'c'.repeat(64) }])],
    ['the token has another role', sessionsAt(0, [{ ...anna, role: 'viewer' }])],
    ['the key is another one', sessionsAt(0, [anna], Buffer.from('another key'))],
  ];
  for (const [when, sessions] of over)
    it(`are over when ${when}`, () => expect(sessions.of(cookie)).to.equal(undefined));

  it('are none when a single character of the cookie is another one', () => {
    const value = cookie.slice(cookie.indexOf('=') + 1);
    for (let at = 0; at < value.length; at += 1) {
      const other = value[at] === 'A' ? 'B' : 'A';
      const changed = `orderly_console=${value.slice(0, at)}${other}${value.slice(at + 1)}`;
      // The last characters of a signature may stand for the same bytes; the text must be the same all the same.
      expect(sessionsAt(0).of(changed), `character ${at}`).to.equal(undefined);
    }
  });

  it('have a token against forged requests that differs from session to session', () => {
    expect(sessionsAt(0).begin('token:anna', HOST).session.csrfToken).not.to.equal(begun.session.csrfToken);
  });
});
