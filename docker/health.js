// Asks the process in this container whether it lives. Exit code 0 if it does; a container engine runs it.
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

const port = process.env.SITEWIDE_LISTEN_PORT ?? '4000';
const url = process.env.SITEWIDE_HEALTH_URL ?? `https://127.0.0.1:${port}/health/live`;
const get = url.startsWith('https:') ? getSecure : getPlain;
const fail = (problem) => {
  process.stderr.write(`${url}: ${problem}\n`);
  process.exitCode = 1;
};
// It is this very container, whatever name its certificate has.
get(url, { rejectUnauthorized: false, signal: AbortSignal.timeout(2_000) }, (response) => {
  response.resume();
  if (response.statusCode !== 200) {
    fail(`it answers ${response.statusCode}`);
  }
}).on('error', ({ message }) => fail(message));
