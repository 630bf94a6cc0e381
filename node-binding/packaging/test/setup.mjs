// The tarballs and a project that has them installed, made once for a test file and removed at its end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { packAll } from '../pack.mjs';
import { install } from '../play.mjs';

export function packed() {
  const into = mkdtempSync(join(tmpdir(), 'trespasser-packed-'));
  after(() => rmSync(into, { recursive: true, force: true }));
  return packAll({ into, v3: true });
}

export function project() {
  const tarballs = packed();
  const folder = install(tarballs);
  after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, tarballs };
}
