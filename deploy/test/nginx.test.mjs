// The assets' origin: Debian's nginx with the configuration itself, but for ports and folders, which are fixed in the image.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { DEPLOY, folder, freePort, program, until } from './support.mjs';

const run = promisify(execFile);
const FOR_EVER = 'public, max-age=31536000, immutable';
const SCRIPT = 'console.log("a script");\n'.repeat(100);
const DRAWING = '0123456789abcdef';

/** Replaces what is fixed in the image; a text that is not there as often as expected is an error. */
function placed(text, changes) {
  for (const [from, to, times] of changes) {
    assert.equal(text.split(from).length - 1, times, `${from} stands ${times} times in nginx.conf`);
    text = text.replaceAll(from, to);
  }
  return text;
}

async function origin(t) {
  const path = await folder(t);
  const files = {
    'index.html': '<!doctype html>', '.env': 'SECRET=1', '.git/config': 'x', 'assets/.hidden.js': 'x', 'assets/index-abc123.js': SCRIPT,
    'assets/index-abc123.js.gz': gzipSync(SCRIPT), 'robots.txt': 'User-agent: *\n',
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(path, 'files', name, '..'), { recursive: true });
    await writeFile(join(path, 'files', name), text);
  }
  const asked = [];
  const match = http.createServer((request, response) => {
    asked.push(request.url);
    const known = request.url.startsWith(`/maps/${DRAWING}`);
    response.writeHead(known ? 200 : 404, {
      'Content-Type': 'application/json', 'Cache-Control': known ? FOR_EVER : 'no-store', Vary: 'Origin', 'Access-Control-Allow-Origin': request.headers.origin ?? '*',
      'Access-Control-Allow-Credentials': 'true', 'Set-Cookie': 'who=1',
    });
    setTimeout(() => response.end('{"map":1}'), 100);
  }).listen(0, '127.0.0.1');
  await once(match, 'listening');
  const stopMatch = () => new Promise((resolve) => { match.closeAllConnections(); match.close(resolve); });
  t.after(stopMatch);

  const port = await freePort();
  const config = placed(await readFile(join(DEPLOY, 'nginx/nginx.conf'), 'utf8'), [
    ['listen 8080;', `listen 127.0.0.1:${port};`, 1],
    ['listen [::]:8080;', '', 1],
    ['server match:3000 ', `server 127.0.0.1:${match.address().port} `, 1],
    ['root /srv/assets;', `root ${path}/files;`, 1],
    [' /tmp/nginx', ` ${path}/nginx`, 7],
    // As root, workers become `nobody`, who may not look into the test's folder.
    ['worker_processes auto;', `worker_processes 1;${process.getuid() === 0 ? ' user root;' : ''}`, 1],
  ]);
  const file = join(path, 'nginx.conf');
  await writeFile(file, config);
  await run('nginx', ['-t', '-q', '-e', 'stderr', '-c', file]);
  const nginx = program(t, 'nginx', ['-e', 'stderr', '-g', 'daemon off;', '-c', file]);
  const base = `http://127.0.0.1:${port}`;
  await until(() => `nginx answers\n${nginx.output()}`, () => fetch(`${base}/healthz`).then((r) => r.ok, () => false));
  return { base, port, asked, stopMatch, nginx, path, file, config };
}

/** The answer to a path exactly as written: fetch would tidy it up first. */
function raw(port, path, method = 'GET') {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
    let text = '';
    socket.on('data', (data) => { text += data; }).on('end', () => resolve({ status: Number(text.split(' ')[1]), text })).on('error', reject);
  });
}

/** As a browser asks, without unpacking behind our back. */
function ask(base, path, headers = {}) {
  return new Promise((resolve, reject) => {
    http.get(base + path, { headers }, (response) => {
      const parts = [];
      response.on('data', (data) => parts.push(data)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    }).on('error', reject);
  });
}

test('the assets\' origin', async (t) => {
  const site = await origin(t);

  await t.test('hashed files are for ever, the page is asked for again', async () => {
    const script = await ask(site.base, '/assets/index-abc123.js');
    assert.equal(script.status, 200);
    assert.equal(script.headers['cache-control'], FOR_EVER);
    assert.match(script.headers['content-type'], /javascript/);
    assert.equal(script.headers['x-content-type-options'], 'nosniff');
    assert.equal(script.headers['access-control-allow-origin'], '*');
    for (const path of ['/', '/index.html', '/robots.txt']) {
      const page = await ask(site.base, path);
      assert.equal(page.status, 200, path);
      assert.equal(page.headers['cache-control'], 'no-cache', path);
      assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/);
      assert.doesNotMatch(page.headers['server'] ?? '', /\d/);
    }
  });

  await t.test('a copy that is still good costs no body', async () => {
    const { headers } = await ask(site.base, '/');
    const again = await ask(site.base, '/', { 'If-None-Match': headers['etag'] });
    assert.equal(again.status, 304);
    assert.equal(again.body.length, 0);
  });

  await t.test('who understands gzip gets the packed twin', async () => {
    const packed = await ask(site.base, '/assets/index-abc123.js', { 'Accept-Encoding': 'gzip, br' });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.match(packed.headers['vary'], /Accept-Encoding/i);
    assert.equal(packed.headers['cache-control'], FOR_EVER);
    assert.equal(gunzipSync(packed.body).toString(), SCRIPT);
    const plain = await ask(site.base, '/assets/index-abc123.js');
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(plain.body.toString(), SCRIPT);
  });

  await t.test('hidden files, packed twins and other folders are not there', async () => {
    for (const path of [
      '/.env', '/.git/config', '/assets/.hidden.js', '/%2eenv', '/assets/%2e%2e/.env', '/assets/index-abc123.js.gz', '/../nginx.conf',
      '/..%2fnginx.conf', '/assets/../../nginx.conf', '//.env', '/assets/', '/missing.js', '/maps/../.env', '/maps/0123.json',
    ]) {
      const { status, text } = await raw(site.port, path);
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
      assert.doesNotMatch(text, /SECRET|worker_processes/, path);
    }
    const missing = await ask(site.base, '/assets/gone.js');
    assert.equal(missing.status, 404);
    assert.equal(missing.headers['cache-control'], 'no-store');
  });

  await t.test('nothing can be sent', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const { status } = await raw(site.port, '/index.html', method);
      assert.ok([403, 405].includes(status), `${method}: ${status}`);
    }
  });

  await t.test('a drawing of a map is asked for once, and is there when the server is not', async () => {
    const path = `/maps/${DRAWING}.json`;
    const first = await Promise.all(Array.from({ length: 8 }, (_, i) => ask(site.base, path, { Origin: `https://${i}.test` })));
    for (const { status, headers, body } of first) {
      assert.equal(status, 200);
      assert.equal(body.toString(), '{"map":1}');
      assert.equal(headers['cache-control'], FOR_EVER);
      assert.equal(headers['access-control-allow-origin'], '*', 'nobody gets the answer to another origin');
      assert.equal(headers['access-control-allow-credentials'], undefined);
      assert.equal(headers['set-cookie'], undefined);
    }
    assert.equal(site.asked.filter((url) => url === path).length, 1);
    assert.equal((await ask(site.base, path)).headers['x-cache'], 'HIT');
    const unknown = await ask(site.base, '/maps/ffffffffffffffff.json');
    assert.equal(unknown.status, 404);
    assert.equal(unknown.headers['cache-control'], 'no-store');
    await site.stopMatch();
    assert.equal((await ask(site.base, path)).status, 200);
    const lost = await ask(site.base, '/maps/eeeeeeeeeeeeeeee.json');
    assert.equal(lost.status, 502);
    assert.equal(lost.headers['cache-control'], 'no-store');
  });

  await t.test('the check of the configuration can fail', async () => {
    const broken = join(site.path, 'broken.conf');
    await writeFile(broken, placed(site.config, [['gzip_static on;', 'gzip_static yes;', 1]]));
    await assert.rejects(run('nginx', ['-t', '-q', '-e', 'stderr', '-c', broken]), /invalid value "yes"/);
  });

  await t.test('it ends when told to, with what is being sent', async () => {
    site.nginx.child.kill('SIGQUIT');
    assert.equal(await site.nginx.exit, 0);
  });
});
