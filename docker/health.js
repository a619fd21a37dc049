// Asks the process in this container whether it lives. Exit code 0 if it does; a container engine runs it.
const port = process.env.SITEWIDE_LISTEN_PORT ?? '4000';
const url = process.env.SITEWIDE_HEALTH_URL ?? `http://127.0.0.1:${port}/health/live`;
try {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  if (!response.ok) {
    throw new Error(`it answers ${response.status}`);
  }
} catch (thrown) {
  process.stderr.write(`${url}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
