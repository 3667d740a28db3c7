const { writeFileSync } = require('node:fs');
const { performance } = require('node:perf_hooks');
const process = require('node:process');
const { setTimeout } = require('node:timers');
const { reporters, Runner } = require('mocha');

/** Before the runner ends a mocha that lingers, which it does 10 s after the counts were written. */
const TELL_AFTER_MS = 7_000;

/** What keeps the process from ending: the kinds, and for sockets and child processes where they lead. */
const tellWhatIsOpen = () => {
  const kinds = process.getActiveResourcesInfo();
  const handles = process._getActiveHandles().map((handle) => {
    const { remoteAddress, remotePort, localPort, spawnargs, pid } = handle;
    const to = remotePort === undefined ? '' : ` to ${remoteAddress}:${remotePort} from ${localPort}`;
    const child = spawnargs === undefined ? '' : ` ${pid}: ${spawnargs.join(' ')}`;
    return `${handle.constructor.name}${to}${child}`;
  });
  reporters.Base.consoleLog(`still open: ${kinds.join(', ')} (${handles.join(', ')})`);
};

/*
 * One line per top-level suite as it ends, each failure in full as it happens, and the counts as JSON in the file that
 * the reporter option `counts` names. The file is only written when the run reached its end.
 */
class LineReporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const { EVENT_RUN_END, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Runner.constants;
    const counts = { passed: 0, failed: 0, skipped: 0 };
    let before = { ...counts, at: performance.now() };

    runner.on(EVENT_TEST_PASS, () => (counts.passed += 1));
    runner.on(EVENT_TEST_PENDING, () => (counts.skipped += 1));
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      counts.failed += 1;
      test.err = error;
      reporters.Base.list([test]);
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.root || !suite.parent.root) return;
      const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((name) => counts[name] - before[name]);
      const seconds = ((performance.now() - before.at) / 1000).toFixed(1);
      const parts = [`${passed} passed`, failed > 0 && `${failed} FAILED`, skipped > 0 && `${skipped} skipped`];
      reporters.Base.consoleLog(
        `${failed > 0 ? '✗' : '✓'} ${suite.title}: ${parts.filter(Boolean).join(', ')} (${seconds} s)`,
      );
      before = { ...counts, at: performance.now() };
    });
    runner.on(EVENT_RUN_END, () => {
      writeFileSync(options.reporterOptions.counts, JSON.stringify(counts));
      setTimeout(tellWhatIsOpen, TELL_AFTER_MS).unref();
    });
  }
}

module.exports = LineReporter;
