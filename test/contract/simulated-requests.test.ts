import { expect } from 'chai';
import * as t from 'io-ts';
import { describeHttp } from '../../src/composition/describe-http.ts';
import { changeRequests, requests } from '../../simulator/workload/requests.ts';
import { decoded } from '../support/decoded.ts';

const Document = t.type({
  paths: t.record(t.string, t.partial({ post: t.type({ tags: t.readonlyArray(t.string) }) })),
});

describe('the requests of a run', () => {
  it('are all that change an order by HTTP: a new command is driven, by the clients unless somebody else makes it', async () => {
    const { paths } = decoded(Document, JSON.parse(await describeHttp()));
    const served = Object.entries(paths).flatMap(([path, { post }]) =>
      post?.tags.includes('orders') === true ? [path] : [],
    );
    expect(
      Object.values(requests).map(({ path }) => path),
      'give each a key in simulator/workload/requests.ts',
    ).to.have.members(served);
  });

  it('those of the clients have a body to send', () => {
    for (const { path, body } of changeRequests) expect(body, path).to.be.an('object');
  });
});
