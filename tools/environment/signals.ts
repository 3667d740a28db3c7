/** The signals that faults use. */
export type Signals = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2';

export const endsProcess = (signal: Signals): boolean => signal === 'SIGKILL' || signal === 'SIGTERM';
