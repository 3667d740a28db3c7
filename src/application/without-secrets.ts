/** What a text may carry by accident, whoever wrote it: the password in a URL, and what follows the name of a scheme. */
const SECRETS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi, '$1…@'],
  [/\b(Bearer|Basic)\s+[^\s"',]{4,}/gi, '$1 …'],
  [/\b(authorization)("?\s*[=:]\s*"?)[^"'\r\n]+/gi, '$1$2…'],
  [/\b((?:\w*_)?(?:password|passwd|token|secret))("?\s*[=:]\s*"?)[^\s"',;&]{4,}/gi, '$1$2…'],
];

/** The text, without passwords and tokens that can be told by what stands before them. */
export const withoutSecrets = (text: string): string =>
  SECRETS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
