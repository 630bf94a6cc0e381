// `cargo xtask cost`: servers and dollars per concurrent player. The model is cost-model.mjs, what it assumes is in COST.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ASSUMED, sheet } from './cost-model.mjs';

/** Dollars a month and concurrent player: what the production plan computes, and what it allows. */
const PLAN = 1.02;
const TARGET = 1.5;

const HELP = `Computes servers and dollars per concurrent player from measured capacity.

Usage: cargo xtask cost [OPTIONS]

  --players N,N,...   Concurrent players, one line each [default: 1000,10000,100000]
  --prices TABLE      A table of deploy/prices.json [default: on-demand]
  --cores X           Cores that a game server uses for one player [default: deploy/measured.json]
  --matches X         Matches a core, by \`cargo xtask capacity --snapshots\` [default: deploy/measured.json]
  --places X          Matches of one process at most [default: ${ASSUMED.matchesPerServer}]
  --bytes X           Bytes a second and player with headers, without TLS [default: deploy/measured.json]
  --load FILE         Takes cores and bytes from the last line of \`cargo xtask load --json\`
  --mean X            Mean of players over the month as a share of the peak, for traffic [default: ${ASSUMED.meanOfPeak}]
  --plot FILE.svg     Draws dollars a player by part
  --json              Prints one JSON object as the last line
  --help`;

class UsageError extends Error {}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  }
}

const here = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

function number(name, text, min, max) {
  const value = /^\d+(\.\d+)?([eE]-?\d+)?$/.test(String(text)) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) throw new UsageError(`${name} takes a number from ${min} to ${max}, not ${JSON.stringify(text)}`);
  return value;
}

/** Cores and bytes a player, out of what the load test prints last. */
function fromLoad(file) {
  const lines = read(file).trim().split('\n');
  let last;
  try {
    last = JSON.parse(lines.at(-1));
  } catch {
    throw new UsageError(`${file}: its last line is no JSON object; run \`cargo xtask load --json\` into it`);
  }
  const players = number(`${file}: players_held`, last?.players_held, 1, 1e6);
  return {
    coresPerPlayer: number(`${file}: server_cpu_percent`, last.server_cpu_percent, 0.001, 1e6) / 100 / players,
    bytesPerPlayer: number(`${file}: bytes_per_s_per_player`, last.bytes_per_s_per_player, 1, 1e7),
  };
}

function main(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        players: { type: 'string', default: '1000,10000,100000' }, prices: { type: 'string', default: 'on-demand' }, cores: { type: 'string' },
        matches: { type: 'string' }, places: { type: 'string' }, bytes: { type: 'string' }, load: { type: 'string' }, mean: { type: 'string' }, plot: { type: 'string' },
        json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(`${error.message}; --help lists the options`);
  }
  if (values.help) return void console.log(HELP);
  const { tables } = here('prices.json');
  const prices = Object.hasOwn(tables, values.prices) ? tables[values.prices] : undefined;
  if (prices === undefined) throw new UsageError(`--prices takes one of ${Object.keys(tables).join(', ')}, not ${values.prices}`);
  if (values.plot !== undefined && !values.plot.endsWith('.svg')) throw new UsageError(`--plot takes a name that ends in .svg, not ${values.plot}`);
  const counts = values.players.split(',');
  if (counts.length > 8) throw new UsageError('--players takes 8 numbers at most');

  const record = here('measured.json');
  const measured = {
    matchesPerCore: record.matchesPerCore.value, bytesPerPlayer: record.bytesPerPlayer.value, coresPerPlayer: record.coresPerPlayer.value,
    ...(values.load === undefined ? {} : fromLoad(values.load)),
  };
  if (values.cores !== undefined) measured.coresPerPlayer = number('--cores', values.cores, 1e-6, 0.5);
  if (values.matches !== undefined) measured.matchesPerCore = number('--matches', values.matches, 1, 1e6);
  if (values.bytes !== undefined) measured.bytesPerPlayer = number('--bytes', values.bytes, 1, 1e7);
  const assumed = {
    ...ASSUMED,
    ...(values.mean === undefined ? {} : { meanOfPeak: number('--mean', values.mean, 0.01, 1) }),
    ...(values.places === undefined ? {} : { matchesPerServer: Math.round(number('--places', values.places, 1, 10_000)) }),
  };
  const lines = counts.map((count) => sheet(Math.round(number('--players', count, 1, 1e8)), measured, prices, assumed));

  print(values.prices, prices, measured, assumed, lines);
  if (values.plot !== undefined) {
    writeFileSync(values.plot, drawing(lines, values.prices));
    console.log(`\n${values.plot}`);
  }
  if (values.json) {
    console.log(JSON.stringify({ prices: values.prices, measured, assumed, plan: PLAN, target: TARGET, lines, within_target: lines.every((line) => line.perPlayer < TARGET) }));
  }
}

const dollars = (value) => value.toLocaleString('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: value < 100 ? 2 : 0 });
const whole = (value) => Math.ceil(value).toLocaleString('en-US');

function print(name, prices, measured, assumed, lines) {
  console.log(`Prices: ${name} (${prices.date}): ${prices.node.name} at ${dollars(prices.node.monthly)} a month`);
  console.log(`Measured: ${measured.matchesPerCore} matches a core, ${(measured.coresPerPlayer * 1000).toFixed(2)} thousandths of a core and ${whole(measured.bytesPerPlayer)} bytes/s a player (TLS adds ${assumed.tlsBytes})\n`);
  const table = [['players', 'a server', 'servers', 'cores', 'nodes', 'TB out', 'nodes $', 'traffic $', 'services $', 'month $', '$ a player']];
  for (const { players, playersPerServer, servers, cores, nodes, egressGB, dollars: d, perPlayer } of lines) {
    table.push([
      whole(players), whole(playersPerServer), whole(servers), whole(cores), whole(nodes), (egressGB / 1024).toFixed(1),
      ...[d.nodes, d.egress, d.services, d.total].map(dollars), dollars(perPlayer),
    ]);
  }
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table) console.log(row.map((cell, column) => cell.padStart(widths[column])).join('  '));
  const worst = Math.max(...lines.map((line) => line.perPlayer));
  console.log(`\nThe plan computes ${dollars(PLAN)} without traffic and allows ${dollars(TARGET)}: ${worst < TARGET ? 'all lines are within it' : `the dearest line is ${dollars(worst)}`}.`);
}

/** Bars of dollars a player, stacked by part. */
function drawing(lines, name) {
  const parts = [['nodes', '#4c78a8'], ['egress', '#f58518'], ['services', '#54a24b']];
  const [width, height, left, top, bottom] = [640, 360, 60, 40, 60];
  const most = Math.max(TARGET, ...lines.map((line) => line.perPlayer)) * 1.1;
  const y = (value) => top + (height - top - bottom) * (1 - value / most);
  const slot = (width - left - 20) / lines.length;
  const text = (x, at, words, more = '') => `<text x="${x}" y="${at}" font-family="sans-serif" font-size="12" ${more}>${words}</text>`;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill="#333">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(left, 22, `Dollars a month and concurrent player (prices: ${name})`, 'font-weight="bold"'),
  ];
  lines.forEach((line, index) => {
    const x = left + slot * (index + 0.2);
    let base = 0;
    for (const [part, colour] of parts) {
      const value = line.dollars[part] / line.players;
      out.push(`<rect x="${x}" y="${y(base + value)}" width="${slot * 0.6}" height="${y(base) - y(base + value)}" fill="${colour}"/>`);
      base += value;
    }
    out.push(text(x + slot * 0.3, y(base) - 6, `$${line.perPlayer.toFixed(2)}`, 'text-anchor="middle"'));
    out.push(text(x + slot * 0.3, height - bottom + 18, `${whole(line.players)} players`, 'text-anchor="middle"'));
  });
  for (const [value, words] of [[TARGET, `target $${TARGET.toFixed(2)}`], [PLAN, `plan $${PLAN.toFixed(2)}, no traffic`]]) {
    out.push(`<line x1="${left}" x2="${width - 20}" y1="${y(value)}" y2="${y(value)}" stroke="#b00" stroke-dasharray="4 4"/>`);
    out.push(text(width - 20, y(value) - 4, words, 'fill="#b00" text-anchor="end"'));
  }
  parts.forEach(([part, colour], index) => {
    out.push(`<rect x="${left + index * 120}" y="${height - 26}" width="12" height="12" fill="${colour}"/>`);
    out.push(text(left + index * 120 + 18, height - 16, { nodes: 'servers', egress: 'traffic', services: 'services' }[part]));
  });
  return `${out.join('\n')}\n</svg>\n`;
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}
