import { expect } from 'chai';
import { judgeAudit } from '../../tools/audit/judge-audit.ts';

const report = (vulnerabilities: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(
      Object.entries(vulnerabilities).map(([name, severity]) => [name, { name, severity, range: '<2.0.1', via: [] }]),
    ),
    metadata: { dependencies: { prod: 120, dev: 300 } },
  });

describe('what an audit comes to', () => {
  it('given no vulnerability / then it passed, and says over how many packages', () =>
    expect(judgeAudit(report({}))).to.deep.equal({ _tag: 'Passed', packages: 120, lesser: [] }));

  for (const severity of ['high', 'critical'])
    it(`given one that is ${severity} / then it is refused, by name and range`, () =>
      expect(judgeAudit(report({ fastify: severity, pino: 'low' }))).to.deep.equal({
        _tag: 'Refused',
        gated: [`${severity}: fastify <2.0.1`],
        lesser: ['low: pino <2.0.1'],
      }));

  it('given lesser ones only / then it passed, and they are told', () =>
    expect(judgeAudit(report({ pino: 'moderate' }))).to.deep.include({
      _tag: 'Passed',
      lesser: ['moderate: pino <2.0.1'],
    }));

  const unanswered: readonly (readonly [title: string, text: string, reason: RegExp])[] = [
    [
      'a registry that does not do it',
      '{"message":"405 Method Not Allowed - POST https://r/","statusCode":405}',
      /^405 /,
    ],
    ['a registry that is away', '{"error":{"code":"ENOTFOUND","summary":"getaddrinfo ENOTFOUND"}}', /ENOTFOUND/],
    ['no answer in time', '', /no audit report/],
    ['an answer of another kind', '{"vulnerabilities":{}}', /no audit report/],
  ];
  for (const [title, text, reason] of unanswered)
    it(`given ${title} / then it was not run, which is no pass`, () => {
      const verdict = judgeAudit(text);
      expect(verdict).to.have.property('_tag', 'NotRun');
      expect(verdict).to.have.property('reason').that.matches(reason);
    });
});
