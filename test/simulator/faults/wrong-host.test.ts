import { expect } from 'chai';
import { judgeWrongHost } from '../../../simulator/faults/rows/wrong-host.ts';
import type { WrongHostSeen } from '../../../simulator/faults/rows/wrong-host.ts';

const told: WrongHostSeen = {
  role: 'relay',
  server: 'Kafka',
  answer: { status: 503, text: 'Kafka: Connection error: getaddrinfo ENOTFOUND nowhere.invalid' },
  stayedUp: true,
  log: 'not ready: getaddrinfo ENOTFOUND nowhere.invalid',
};
const verdicts = (parts: Partial<WrongHostSeen> = {}): readonly (boolean | undefined)[] =>
  judgeWrongHost({ ...told, ...parts }).map(({ holds }) => holds);

describe('the row with a wrong host name', () => {
  it('passes a role that waits and says for which host', () => {
    expect(verdicts()).to.deep.equal([true, true, true]);
  });

  for (const [what, parts, index] of [
    ['the role answers nothing', { answer: undefined }, 0],
    ['it calls itself ready', { answer: { status: 200, text: told.answer?.text ?? '' } }, 0],
    ['it does not name the host', { answer: { status: 503, text: 'Kafka: host name not found' } }, 0],
    ['it does not name the server', { answer: { status: 503, text: 'ENOTFOUND nowhere.invalid' } }, 0],
    ['it names the other server', { server: 'MySQL' }, 0],
    ['the process ended', { stayedUp: false }, 1],
    ['the answer shows a password', { answer: { status: 503, text: 'mysql://root:not-to-be-shown@x' } }, 2],
    ['the log shows a password', { log: 'mysql://root:not-to-be-shown@x' }, 2],
  ] as const)
    it(`fails when ${what}`, () => {
      expect(verdicts(parts)[index]).to.equal(false);
    });
});
