import { expect } from 'chai';
import { talkTo } from '../../../simulator/console/talk.ts';
import type { TalkStream } from '../../../simulator/console/talk.ts';

const stream = (isTTY: boolean): TalkStream & { written: string[] } => {
  const written: string[] = [];
  return { isTTY, columns: 40, written, write: (text) => written.push(text) > 0 };
};

describe('the talk of a run', () => {
  it('given no terminal, writes plain lines and a status every five seconds at most', () => {
    const pipe = stream(false);
    let now = 0;
    const talk = talkTo(pipe, {}, () => now);
    talk.status('one');
    now = 4_999;
    talk.status('two');
    now = 5_000;
    talk.status('three');
    talk.line(talk.paint('red', 'the end'));
    talk.close();
    expect(pipe.written).to.deep.equal(['one\n', 'three\n', 'the end\n']);
  });

  it('given a terminal, redraws one status line below what stays, cut to its width', () => {
    const terminal = stream(true);
    const talk = talkTo(terminal, {});
    talk.status('x'.repeat(100));
    talk.line('relay killed');
    talk.close();
    const bar = 'x'.repeat(39);
    expect(terminal.written).to.deep.equal([`\r\u001b[2K${bar}`, `\r\u001b[2Krelay killed\n${bar}`, '\r\u001b[2K']);
  });

  it('paints on a terminal unless NO_COLOR is set', () => {
    expect(talkTo(stream(true), {}).paint('red', 'fail')).to.include('\u001b[');
    expect(talkTo(stream(true), { NO_COLOR: '1' }).paint('red', 'fail')).to.equal('fail');
  });
});
