import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const SEVERITIES = ['critical', 'high', 'moderate', 'low', 'info'] as const;
/** What ships with one of these must not go out. */
const GATED: readonly string[] = ['critical', 'high'];

const Report = t.type({
  auditReportVersion: t.literal(2),
  vulnerabilities: t.record(t.string, t.type({ severity: t.string, range: t.string })),
  metadata: t.type({ dependencies: t.type({ prod: t.number }) }),
});
const Failure = t.partial({ message: t.string, error: t.partial({ summary: t.string, code: t.string }) });

/** What `npm audit --json` came to. Without an answer of the registry nothing is known, which is no pass. */
export type AuditVerdict =
  | { readonly _tag: 'Passed'; readonly packages: number; readonly lesser: readonly string[] }
  | { readonly _tag: 'Refused'; readonly gated: readonly string[]; readonly lesser: readonly string[] }
  | { readonly _tag: 'NotRun'; readonly reason: string };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const reasonOf = (value: unknown): string => {
  const failure = Failure.decode(value);
  const told = E.isRight(failure)
    ? [failure.right.message, failure.right.error?.summary, failure.right.error?.code]
    : [];
  return told.find((text) => text !== undefined && text !== '') ?? 'its answer is no audit report';
};

/** Of the text that `npm audit --json` writes, whatever its exit code. */
export const judgeAudit = (text: string): AuditVerdict => {
  const value = parsed(text);
  const report = Report.decode(value);
  if (E.isLeft(report)) return { _tag: 'NotRun', reason: reasonOf(value) };
  const { vulnerabilities, metadata } = report.right;
  const lines = (isGated: boolean): readonly string[] =>
    SEVERITIES.filter((severity) => GATED.includes(severity) === isGated).flatMap((severity) =>
      Object.entries(vulnerabilities)
        .filter(([, found]) => found.severity === severity)
        .map(([name, { range }]) => `${severity}: ${name} ${range}`),
    );
  const [gated, lesser] = [lines(true), lines(false)];
  return gated.length > 0
    ? { _tag: 'Refused', gated, lesser }
    : { _tag: 'Passed', packages: metadata.dependencies.prod, lesser };
};
