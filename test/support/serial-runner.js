import Runner from 'jest-runner';

// Runs test files one after the other while no other test runs: those that kill processes and hold answers to their deadlines
// measure nothing if others take the processors.

/** Jest's own runner, in one process. */
export default class SerialRunner extends Runner {
  isSerial = true;
}
