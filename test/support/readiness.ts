import { expect } from 'chai';
import * as t from 'io-ts';
import { decoded } from './decoded.ts';
import { eventually } from './eventually.ts';
import type { HttpAnswer, HttpRequest } from './http-client.ts';

const Check = t.intersection([
  t.type({ name: t.string, ok: t.boolean }),
  t.partial({ problem: t.string, findings: t.array(t.type({ problem: t.string })) }),
]);
const Report = t.type({ ready: t.boolean, checks: t.array(Check) });
type Report = t.TypeOf<typeof Report>;

interface Asked {
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export const readinessOf = async (service: Asked): Promise<Report> =>
  decoded(Report, JSON.parse((await service.send({ method: 'GET', path: '/readyz' })).body));

/** What a check of a service that is not ready says, once it was asked. */
export const complaintOf = (service: Asked, check: string): Promise<string> =>
  eventually(async () => {
    const { ready, checks } = await readinessOf(service);
    expect(ready).to.equal(false);
    const said = checks.find(({ name }) => name === check);
    const text = said?.problem ?? said?.findings?.[0]?.problem;
    if (said?.ok !== false || text === undefined || text.includes('not been asked')) throw new Error('not asked yet');
    return text;
  });
