import process from 'node:process';
import type { Word } from './child.ts';

/** The other end of `startChild`. */
export const say = (word: Word): void => {
  process.send?.(word);
};

/** Resolves when the parent lets this process begin. */
export const heardGo = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('message', () => resolve());
  });

/** A setting that the parent must have given. */
export const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: start this process by npm run bench`);
  return value;
};

/** A whole number that the parent must have given. */
export const numberSetting = (name: string): number => {
  const value = Number(setting(name));
  if (!Number.isSafeInteger(value)) throw new Error(`${name} is no whole number`);
  return value;
};

/** Runs until SIGTERM; ends at once when the parent is gone. */
export const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('disconnect', () => process.exit(1));
  });
