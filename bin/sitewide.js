#!/usr/bin/env node
// Starts the program. It is plain JavaScript so that an old Node can still say what is wrong instead of failing to read
// TypeScript.
const wanted = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < wanted) {
  process.stderr.write(
    `sitewide needs Node ${wanted} or later; this is ${process.versions.node}.\n` +
      `On Linux, "npm ci" puts a matching one into node_modules/.bin: start with "npm start" or "npx sitewide".\n` +
      `On other systems install Node ${wanted} from https://nodejs.org.\n`,
  );
  process.exit(1);
}
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
