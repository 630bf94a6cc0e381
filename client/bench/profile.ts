import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { resolve } from 'node:path';

/** Who takes time and memory, by file of the source: profiles of the built page, read back through its source maps. */

/** Beside the bundles, where vite was told to make them. */
const ASSETS = resolve(process.cwd(), 'dist/assets');

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame; readonly children?: readonly number[] | undefined }[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

export interface HeapNode {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** What a place is named in a report. */
export interface Place {
  /** `render/smokeLayer.ts`, `phaser`, ... */
  readonly group: string;
  /** Of a function, with its line. */
  readonly site: string;
}

const ENGINE: Readonly<Record<string, string>> = { '(program)': 'browser', '(garbage collector)': 'collection' };

export class Places {
  private readonly maps = new Map<string, SourceMap | null>();

  constructor(private readonly folder = ASSETS) {}

  /** Null for what has no place of its own in the source: builtins belong to who called them. */
  of({ functionName, url, lineNumber, columnNumber }: CallFrame): Place | null {
    const file = /\/assets\/([^/?#]+\.js)/.exec(url)?.[1];
    if (file === undefined) return url === '' ? null : { group: 'measuring', site: functionName || url };
    const entry = this.map(file)?.findEntry(lineNumber, columnNumber) as { originalSource?: string; originalLine?: number; name?: string } | undefined;
    const source = entry?.originalSource;
    if (source === undefined) return { group: file.startsWith('phaser') ? 'phaser' : file, site: functionName };
    const line = (entry?.originalLine ?? 0) + 1;
    const own = /\/src\/(.*)$/.exec(source)?.[1];
    const name = source.includes('node_modules') ? (/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? 'library') : (own ?? source);
    return { group: name, site: `${own ?? name}:${line} ${entry?.name ?? functionName}` };
  }

  private map(file: string): SourceMap | null {
    let map = this.maps.get(file);
    if (map === undefined) {
      const path = resolve(this.folder, `${file}.map`);
      map = existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : null;
      this.maps.set(file, map);
    }
    return map;
  }
}

export type Shares = Map<string, number>;

function add(shares: Shares, key: string, amount: number): void {
  shares.set(key, (shares.get(key) ?? 0) + amount);
}

/** µs by group and by site, each sample to the innermost function that has a source; idle time left out. */
export function timeShares({ nodes, samples = [], timeDeltas = [] }: CpuProfile, places: Places): { groups: Shares; sites: Shares } {
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const placeOf = (id: number): Place | null => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = frames.get(at)!;
      if (frame.functionName === '(idle)') return null;
      const engine = ENGINE[frame.functionName];
      if (engine !== undefined) return { group: engine, site: frame.functionName };
      const place = places.of(frame);
      if (place) return place;
    }
    return { group: 'other', site: 'other' };
  };
  const known = new Map<number, Place | null>();
  const groups: Shares = new Map();
  const sites: Shares = new Map();
  samples.forEach((id, index) => {
    let place = known.get(id);
    if (place === undefined) {
      place = placeOf(id);
      known.set(id, place);
    }
    if (!place) return;
    // A sample stands for the time up to the next one.
    const us = Math.max(0, timeDeltas[index + 1] ?? 0);
    add(groups, place.group, us);
    add(sites, place.site, us);
  });
  return { groups, sites };
}

/** Bytes by group and by site, likewise. */
export function heapShares(head: HeapNode, places: Places): { groups: Shares; sites: Shares } {
  const groups: Shares = new Map();
  const sites: Shares = new Map();
  const walk = (node: HeapNode, above: Place): void => {
    const engine = /^\((.*)\)$/.exec(node.callFrame.functionName)?.[1];
    const place = (engine !== undefined ? null : places.of(node.callFrame)) ?? above;
    if (node.selfSize > 0) {
      add(groups, place.group, node.selfSize);
      add(sites, place.site, node.selfSize);
    }
    for (const child of node.children) walk(child, place);
  };
  walk(head, { group: 'other', site: 'other' });
  return { groups, sites };
}

/** The largest first. */
export function largest(shares: Shares, count: number): [name: string, amount: number][] {
  return [...shares].sort((a, b) => b[1] - a[1]).slice(0, count);
}
