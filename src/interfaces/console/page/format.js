// What people read: times, durations, numbers and IDs.

/** `2.4 ms`, `3.4 s`, `12 min`, `5.0 h`, `3.1 d` */
export const duration = (ms) => {
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms < 1_000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(0)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(1)} h` : `${(ms / 86_400_000).toFixed(1)} d`;
};

/** `1,204`; small rates with one or two digits behind the point. */
export const number = (value) =>
  value.toLocaleString('en', {
    maximumFractionDigits: Number.isInteger(value) || value >= 100 ? 0 : value < 10 ? 2 : 1,
  });

/** `1 event`, `2 events` */
export const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** `2026-01-31 09:30:00` of an RFC 3339 text in UTC. */
export const moment = (at) => at.slice(0, 19).replace('T', ' ');

/** `09:30:00.123` */
export const timeOfDay = (at) => at.slice(11, 23);

/** How long ago it was, by this machine's clock. */
export const ago = (at) => {
  const ms = Date.now() - Date.parse(at);
  return ms < 1_000 ? 'just now' : `${duration(ms)} ago`;
};

/** The end of an ID: what it begins with is the time, which neighbours share. */
export const shortId = (id) => `…${id.slice(-12)}`;

/** The same text again and again hides what differs: a repetition is told as such. */
export const withoutRepeats = (texts) =>
  texts.map((text, index) => (text === texts[index - 1] ? 'the same again' : text));

/** JSON text as people read it; other text as it is. */
export const prettyJson = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};
