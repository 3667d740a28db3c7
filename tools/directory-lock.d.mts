/** Runs `work` while holding the lock at `path`. `onWait` is called once when another process holds it. */
export declare const withDirectoryLock: <T>(path: string, work: () => Promise<T>, onWait?: () => void) => Promise<T>;
