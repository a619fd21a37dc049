import { once } from 'node:events';

import { WebSocket } from 'ws';

// What a process of Node holds, asked from outside over its inspector.

/** The heap of a process in use after all garbage has been collected, in MiB. @param url The inspector's address. */
export async function heapAfterCollection(url: string): Promise<number> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const call = async (id: number, method: string): Promise<unknown> => {
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const message = JSON.parse(data.toString()) as { readonly id?: number; readonly result?: unknown };
      if (message.id === id) return message.result;
    }
  };
  try {
    await call(1, 'HeapProfiler.collectGarbage');
    await call(2, 'HeapProfiler.collectGarbage');
    const { usedSize } = (await call(3, 'Runtime.getHeapUsage')) as { readonly usedSize: number };
    return usedSize / 1_048_576;
  } finally {
    socket.terminate();
  }
}
