/* global document */
// What both parts of the page use: its data, and durations as in `../format.ts`.
globalThis.page = {
  data: JSON.parse(document.getElementById('data').textContent),
  duration: (ms) => {
    if (ms < 9.95) return `${ms.toFixed(1)} ms`;
    if (ms < 999.5) return `${ms.toFixed(0)} ms`;
    if (ms < 99950) return `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`;
    const seconds = Math.round(ms / 1000);
    return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  },
};
