import { expect } from 'chai';
import { chartsOf } from '../../bench/report/charts.ts';
import { delayed, drained, flatRun, resultOf } from './bench-result-for-tests.ts';

describe('charts of a bench', () => {
  it('are none when nothing was measured', () => {
    expect(chartsOf(resultOf({}))).to.deep.equal([]);
  });

  it('show medians as bars and each run as a point, where a system has one', () => {
    const [chart] = chartsOf(resultOf({ drain: [drained('a', 3), drained('b', 7), drained('a', 1), drained('a', 2)] }));
    expect(chart?.labels).to.deep.equal(['a', 'b']);
    expect(chart?.lines.map(({ name, values }) => [name, ...values])).to.deep.equal([
      ['median', 2, 7],
      ['run 1', 3, 7],
      ['run 2', 1, null],
      ['run 3', 2, null],
    ]);
  });

  it('show a line of delays for each system at each rate', () => {
    const charts = chartsOf(
      resultOf({ latency: [delayed('a', 100, [4]), delayed('b', 100, [8]), delayed('a', 600, [2])] }),
    );
    expect(charts.map(({ title, lines }) => [title, ...lines.map(({ name }) => name)])).to.deep.equal([
      ['Delay at 100 events/s', 'a', 'b'],
      ['Delay at 600 events/s', 'a'],
    ]);
  });

  it('keep the order of the tables, whichever was measured first', () => {
    const [drain, delay] = chartsOf(resultOf({ flat: [flatRun('completed', 2, 20), flatRun('empty', 1, 10)] }));
    expect(drain?.labels).to.deep.equal(['empty', 'completed']);
    expect(drain?.lines[0]?.values).to.deep.equal([1, 2]);
    expect(delay?.lines[0]?.values[1]).to.be.closeTo(20, 0.1);
  });
});
