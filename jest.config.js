// Jest runs the sources as ES modules (NODE_OPTIONS=--experimental-vm-modules in package.json), because several
// dependencies are published as ES modules only. @swc/jest takes the types away; `npm run typecheck` checks them.
if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error(`The tests need Node 24 or later; this is ${process.versions.node}. Run them with "npm test".`);
}

/** @type {import('jest').Config} */
const project = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** Their answers have deadlines, and their processes are killed: they have the machine for themselves. */
const alone = ['chaos', 'e2e'];

/** @type {import('jest').Config} */
export default {
  projects: [
    {
      ...project,
      displayName: 'alone',
      testMatch: alone.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
      runner: '<rootDir>/test/support/serial-runner.js',
    },
    {
      ...project,
      displayName: 'together',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: alone.map((folder) => `<rootDir>/test/${folder}/`),
    },
  ],
  maxWorkers: '100%',
  // Each file loads all modules anew, and the engine never forgets a module of an earlier one: a worker that has run a hundred
  // files has gigabytes to look after. It is replaced by a new one instead.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
  // After its last test the chaos suite leaves something behind that keeps Node busy (not found yet: sockets of its fault
  // proxies are suspected). All results are in by then; without this a run would hang instead of ending with them.
  forceExit: true,
};
