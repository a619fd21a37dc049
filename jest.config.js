// Jest runs the sources as ES modules (NODE_OPTIONS=--experimental-vm-modules in package.json), because several
// dependencies are published as ES modules only. @swc/jest takes the types away; `npm run typecheck` checks them.
if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error(`The tests need Node 24 or later; this is ${process.versions.node}. Run them with "npm test".`);
}

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
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
  testTimeout: 60_000,
  // After its last test the chaos suite leaves something behind that keeps Node busy (not found yet: sockets of its fault
  // proxies are suspected). All results are in by then; without this a run would hang instead of ending with them.
  forceExit: true,
};
