import type { InvariantResult } from '../checker/verdict.ts';
import { escapeXml } from './escape-xml.ts';
import type { RunReport } from './run-report.ts';

const failure = ({ counterexample, violations }: InvariantResult): string => {
  if (counterexample === undefined) return '<failure message="broken"/>';
  const { summary, orderId, eventId, expected, seen, timeline } = counterexample;
  const lines = [
    ...(orderId === undefined ? [] : [`order: ${orderId}`]),
    ...(eventId === undefined ? [] : [`event: ${eventId}`]),
    `expected: ${expected}`,
    `seen: ${seen}`,
    `cases: ${violations}`,
    ...timeline.map(({ at, where, what }) => `${new Date(at).toISOString()} ${where}: ${what}`),
  ];
  return `<failure message="${escapeXml(summary)}">${lines.map(escapeXml).join('\n')}</failure>`;
};

const body = (invariant: InvariantResult): string => {
  switch (invariant.verdict) {
    case 'pass':
      return `<system-out>${escapeXml(`checked ${invariant.checked}`)}</system-out>`;
    case 'fail':
      return failure(invariant);
    case 'unknown':
      return `<skipped message="${escapeXml(`unknown: ${invariant.doubts.join('; ')}`)}"/>`;
  }
};

/** One test case for each invariant; `unknown` is a skipped one, since JUnit knows no third verdict. */
export const junitXml = (report: RunReport): string => {
  const count = (verdict: InvariantResult['verdict']): number =>
    report.invariants.filter((invariant) => invariant.verdict === verdict).length;
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1_000;
  const suite = `name="invariants" tests="${report.invariants.length}" failures="${count('fail')}" errors="0" skipped="${count('unknown')}" time="${seconds}" timestamp="${report.startedAt}"`;
  const cases = report.invariants.map(
    (invariant) =>
      `    <testcase classname="simulation" name="${escapeXml(`${invariant.id} ${invariant.name}`)}" time="0">${body(invariant)}</testcase>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite ${suite}>`,
    '    <properties>',
    `      <property name="verdict" value="${report.verdict}"/>`,
    `      <property name="reproduce" value="${escapeXml(report.reproduce)}"/>`,
    '    </properties>',
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};
