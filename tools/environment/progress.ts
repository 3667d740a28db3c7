/** Takes one line of progress, without a line end. Progress is talk: it goes to stderr, never to stdout. */
export type Progress = (line: string) => void;

export const stderrProgress: Progress = (line) => {
  process.stderr.write(`${line}\n`);
};
