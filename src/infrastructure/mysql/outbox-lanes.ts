/**
 * The lanes that have rows, as a table to select from: jumps along index `outbox_claim` from one lane to the next, so
 * that completed rows cost nothing however many they are. Without the forced index MySQL reads them all.
 */
export const LANES = `(SELECT DISTINCT kafka_partition AS lane FROM outbox FORCE INDEX (outbox_claim)) AS lanes`;
