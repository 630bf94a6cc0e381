import type { Socket } from 'socket.io';

/**
 * Measures a client's round trips by the connection's own ping, which every client answers, whatever it plays over:
 * one each `pingInterval`, from the ping's being written to the pong's being read. Over polling the client's next request
 * carries the answer, so the way through its queue is in it.
 */
export function measureRoundTrips({ conn }: Socket, now: () => number, report: (ms: number) => void): void {
  let sentAtMs: number | undefined;
  conn.on('packetCreate', ({ type }: { type: string }) => {
    if (type === 'ping') sentAtMs = now();
  });
  conn.on('heartbeat', () => {
    if (sentAtMs === undefined) return;
    report(now() - sentAtMs);
    sentAtMs = undefined;
  });
}
