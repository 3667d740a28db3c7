import { expect } from 'chai';
import { OffsetCommits } from '../../../src/infrastructure/kafka/offset-commits.ts';
import type { CommitPositions, PartitionPositions } from '../../../src/infrastructure/kafka/offset-commits.ts';

/** A broker that notes what it was asked to commit, and answers when told. */
const given = () => {
  const requests: PartitionPositions[] = [];
  const answers: ((error?: Error) => void)[] = [];
  const commits = new OffsetCommits();
  const commit: CommitPositions = (positions) => {
    requests.push(positions);
    return new Promise((resolve, reject) => {
      answers.push((error) => (error === undefined ? resolve() : reject(error)));
    });
  };
  return { commits, commit, requests, answer: (error?: Error) => answers.shift()?.(error) };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('offsets that are to be committed', () => {
  it('given several partitions, are committed by one request, each with the last that was noted', async () => {
    const { commits, commit, requests, answer } = given();
    commits.note(0, 5);
    commits.note(3, 1);
    commits.note(0, 7);
    const flushed = commits.flush(commit);
    await settled();
    answer();
    await flushed;
    expect(requests).to.deep.equal([
      [
        { partition: 0, offset: '7' },
        { partition: 3, offset: '1' },
      ],
    ]);
  });

  it('given nothing new, cost no request', async () => {
    const { commits, commit, requests, answer } = given();
    commits.note(0, 5);
    const first = commits.flush(commit);
    await settled();
    answer();
    await first;
    await commits.flush(commit);
    expect(requests).to.have.length(1);
  });

  it('given a newer one while a request is under way, it is committed after that one, never beside it', async () => {
    const { commits, commit, requests, answer } = given();
    commits.note(0, 5);
    const first = commits.flush(commit);
    await settled();
    commits.note(0, 6);
    const second = commits.flush(commit);
    await settled();
    expect(requests).to.have.length(1);
    answer();
    await first;
    await settled();
    answer();
    await second;
    expect(requests.at(-1)).to.deep.equal([{ partition: 0, offset: '6' }]);
  });

  it('given a request that fails, tells it and asks again at the next flush', async () => {
    const { commits, commit, requests, answer } = given();
    commits.note(0, 5);
    const failed = commits.flush(commit).then(
      () => 'done',
      (cause: unknown) => cause,
    );
    await settled();
    answer(new Error('away'));
    expect(await failed)
      .to.be.an('error')
      .with.property('message', 'away');
    void commits.flush(commit);
    await settled();
    expect(requests).to.deep.equal([[{ partition: 0, offset: '5' }], [{ partition: 0, offset: '5' }]]);
  });

  it('given another assignment, what was noted before it is not committed', async () => {
    const { commits, commit, requests } = given();
    commits.note(0, 5);
    commits.forget();
    await commits.flush(commit);
    expect(requests).to.deep.equal([]);
  });
});
