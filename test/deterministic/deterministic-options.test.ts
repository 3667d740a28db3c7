import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'chai';
import {
  isDeterministic,
  readDeterministicOptions,
  replayCommand,
} from '../../simulator/deterministic/deterministic-options.ts';

const read = (...args: readonly string[]) => readDeterministicOptions(['--deterministic', ...args]);

const refusal = (...args: readonly string[]): string => {
  const options = read(...args);
  if (E.isRight(options) || options.left._tag !== 'Refuse') throw new Error(`${args.join(' ')} is not refused`);
  return options.left.message;
};

describe('the options of a deterministic simulation', () => {
  it('are asked for by --deterministic', () => {
    expect(isDeterministic(['--deterministic', '--seeds', '5'])).to.equal(true);
    expect(isDeterministic(['--orders', '5'])).to.equal(false);
  });

  it('run a thousand histories from seed 1 unless told otherwise, and one when only a seed is named', () => {
    expect(read()).to.deep.equal(E.right({ seed: 1, seeds: 1_000, json: false }));
    expect(read('--seed', '7')).to.deep.equal(E.right({ seed: 7, seeds: 1, json: false }));
    expect(read('--seeds', '1000000', '--seed', '7', '--json')).to.deep.equal(
      E.right({ seed: 7, seeds: 1_000_000, json: true }),
    );
  });

  it('take the steps of one history, each once and in order', () => {
    expect(read('--seed', '7', '--steps', '9,4,17,4')).to.deep.equal(
      E.right({ seed: 7, seeds: 1, steps: [4, 9, 17], json: false }),
    );
  });

  for (const [args, expected] of [
    [['--orders', '5'], '--deterministic runs in memory and knows no --orders: leave one of the two out'],
    [['--faults', 'relay-kill'], '--deterministic runs in memory and knows no --faults: leave one of the two out'],
    [['--sabotage', 'drop-one'], '--deterministic runs in memory and knows no --sabotage: leave one of the two out'],
    [['--steps', '1,2'], '--steps are steps of one history: name it with --seed'],
    [['--seed', '3', '--seeds', '2', '--steps', '1'], '--steps and --seeds contradict each other'],
    [['--seeds', '0'], '--seeds'],
    [['--seeds', '1.5'], '--seeds'],
    [['--seed', '-1'], '--seed'],
    [['--seed', '4294967295', '--seeds', '2'], '--seed and --seeds together go beyond the last seed'],
    [['--seed', '1', '--steps', '1,,2'], '--steps'],
    [['--seeds'], '--seeds'],
    [['more'], 'too many arguments'],
  ] as const)
    it(`refuse ${args.join(' ')} in one line that names the setting`, () => {
      const message = refusal(...args);
      expect(message).to.contain(expected);
      expect(message).not.to.contain('\n');
    });

  it('name the command that runs a history again', () => {
    expect(replayCommand(123)).to.equal('npm run simulate -- --deterministic --seed 123');
    expect(replayCommand(123, [4, 9, 17])).to.equal('npm run simulate -- --deterministic --seed 123 --steps 4,9,17');
  });
});
