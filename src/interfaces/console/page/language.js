/* global navigator */
// The page is in English. uPlot asks the browser for its language as soon as it is loaded, and fails where that is no
// language tag: "en-US@posix" is what a Chromium says that was started without a locale.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' });
}
