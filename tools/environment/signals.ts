/** The signals that faults use. */
export type Signals = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

export const endsProcess = (signal: Signals): boolean => signal === 'SIGKILL' || signal === 'SIGTERM';
