// What Jest says of a run, as .ci/run needs it.
//   node .ci/results.js FILE failed             the failed files, a line each, if they are few; else nothing
//   node .ci/results.js FILE counts [unsteady]  one line of counts; unsteady: what failed has passed since

import { log } from 'node:console';
import { readFileSync } from 'node:fs';

/** With more than this it is no accident. */
const mostUnsteady = 2;

const [, , file, question, isUnsteady] = process.argv;
const text = readFileSync(file, 'utf8');
// A run that broke before its first test has no result; it counts as a failure, not as nothing.
const none = { testResults: [], numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0 };
const { testResults, numPassedTests, numFailedTests, numRuntimeErrorTestSuites } =
  text === '' ? none : JSON.parse(text);

if (question === 'failed') {
  const failed = testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (failed.length > 0 && failed.length <= mostUnsteady) {
    log(failed.join('\n'));
  }
} else if (isUnsteady) {
  log(`${numPassedTests + numFailedTests} passed, 0 failed`);
} else {
  log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
}
