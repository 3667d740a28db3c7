import { startProgram, type ProgramOptions, type RunningProgram } from '../processes/program.ts';

export interface JavaProcessOptions extends Omit<ProgramOptions, 'command'> {
  readonly java: string;
  readonly classPath: string;
  readonly options: readonly string[];
  readonly main: string;
}

export type JavaProcess = RunningProgram;

/** Starts a program for the Java machine. */
export const startJava = ({ java, classPath, options, main, args, ...launch }: JavaProcessOptions): JavaProcess =>
  startProgram({ ...launch, command: java, args: [...options, '-cp', classPath, main, ...args] });
