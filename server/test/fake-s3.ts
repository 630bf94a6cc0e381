import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * As much of S3 as replays need: objects by path-style address, signed requests, checksums of SHA-256, pages of two
 * keys. On demand it fails, is slow, or breaks off.
 */
export class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  /** Requests in the order in which they came, such as `PUT /bucket/key`. */
  readonly requests: string[] = [];
  /** Asked before each request. */
  behaviour: (request: string) => 'work' | 'fail' | 'cut' | 'hang' | 'corrupt' = () => 'work';
  #hanging = new Set<ServerResponse>();

  private constructor(private readonly server: Server, readonly accessKeyId: string) {}

  static async start(accessKeyId: string): Promise<FakeS3> {
    const server = createServer();
    const fake = new FakeS3(server, accessKeyId);
    server.on('request', (request, response) => {
      fake.#answer(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const what = `${request.method} ${decodeURIComponent(url.pathname)}`;
    this.requests.push(what);
    const behaviour = this.behaviour(what);
    if (behaviour === 'hang') {
      this.#hanging.add(response);
      request.resume();
      return;
    }
    if (behaviour === 'cut') {
      await once(request, request.method === 'PUT' ? 'data' : 'end').catch(() => {});
      request.socket.destroy();
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    let body = Buffer.concat(parts);
    const error = (status: number, code: string): void => {
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? undefined : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    };
    if (behaviour === 'fail') return error(503, 'SlowDown');
    const signed = new RegExp(`^AWS4-HMAC-SHA256 Credential=${this.accessKeyId}/\\d{8}/[\\w-]+/s3/aws4_request, SignedHeaders=[\\w;-]+, Signature=[0-9a-f]{64}$`);
    if (!signed.test(request.headers.authorization ?? '')) return error(403, 'AccessDenied');

    const key = decodeURIComponent(url.pathname);
    if (request.method === 'GET' && url.searchParams.get('list-type') === '2') return this.#list(url, response);
    if (request.method === 'PUT') {
      if (Number(request.headers['content-length']) !== body.length) return error(400, 'IncompleteBody');
      if (behaviour === 'corrupt') body = Buffer.concat([body.subarray(0, -1), Buffer.of(body.at(-1)! ^ 1)]);
      const sum = request.headers['x-amz-checksum-sha256'];
      if (sum !== createHash('sha256').update(body).digest('base64')) return error(400, 'BadDigest');
      this.objects.set(key, body);
      response.writeHead(200, { etag: '"1"' }).end();
      return;
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      response.writeHead(204).end();
      return;
    }
    const found = this.objects.get(key);
    if (found === undefined) return error(404, 'NoSuchKey');
    response.writeHead(200, { 'content-length': found.length, etag: '"1"' });
    response.end(request.method === 'HEAD' ? undefined : found);
  }

  #list(url: URL, response: ServerResponse): void {
    const bucket = `${decodeURIComponent(url.pathname).replace(/\/$/, '')}/`;
    const after = url.searchParams.get('continuation-token') ?? url.searchParams.get('start-after') ?? '';
    const prefix = url.searchParams.get('prefix') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(bucket)).map((key) => key.slice(bucket.length))
      .filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, Math.min(2, Number(url.searchParams.get('max-keys') ?? 1000)));
    const hasMore = keys.length > page.length;
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><ListBucketResult><IsTruncated>${hasMore}</IsTruncated>${
      hasMore ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    }${page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`);
  }
}
