// What a month costs, from measured capacity and a table of prices. Pure: numbers in, numbers out. Assumptions stand in
// COST.md; those that are numbers are ASSUMED.

export const ASSUMED = {
  /** Share of all places and processors in use at most: over it the autoscaler adds servers. */
  headroom: 0.8,
  /** Share of a node's processors that the system, its daemons and Agones' sidecars take. */
  system: 0.1,
  /** GiB of a node's memory that they take. */
  systemGiB: 1.5,
  playersPerMatch: 8,
  /** Matches of one process, and what it asks for: kubernetes/base/game/fleet.yaml. */
  matchesPerServer: 32,
  serverMemoryGiB: 0.5,
  /** A process runs JavaScript on one core. More than this share of it, and ticks are late. */
  busiest: 0.7,
  /** The edge's processor for a player, as a share of the game server's: it passes the same messages on, by TLS. */
  edgeShare: 0.35,
  /** Cores of matchmaker for 1,000 players in all states. */
  matchmakerPerThousand: 0.25,
  /** Nodes that may be lost without a player noticing. */
  spareNodes: 1,
  /** Mean of concurrent players over the month as a share of the peak: 1 is the dearest case. It counts for traffic alone. */
  meanOfPeak: 1,
  /** Bytes that TLS adds to each of 20 records a second. */
  tlsBytes: 440,
};

const SECONDS = 730 * 3600;
const GB = 1024 ** 3;

/**
 * One line of the sheet.
 *
 * `measured`: coresPerPlayer (a game server's processor for one player in a fight, the engine included), matchesPerCore,
 * bytesPerPlayer (a second, without TLS). `prices`: one table of prices.json.
 */
export function sheet(players, measured, prices, assumed = ASSUMED) {
  const { node } = prices;
  const engine = 1 / (measured.matchesPerCore * assumed.playersPerMatch);
  // What was measured with the engine in it is never less than the engine alone.
  const perPlayer = Math.max(measured.coresPerPlayer, engine);
  const byMatches = assumed.matchesPerServer * assumed.playersPerMatch;
  const byProcessor = Math.floor(assumed.busiest / perPlayer);
  const playersPerServer = Math.min(byMatches, Math.floor(byProcessor / assumed.playersPerMatch) * assumed.playersPerMatch);
  if (playersPerServer < assumed.playersPerMatch) throw new Error(`a player takes ${perPlayer} cores: one process does not hold a match of ${assumed.playersPerMatch}`);
  const servers = Math.ceil(players / (playersPerServer * assumed.headroom));

  const cores = players * perPlayer * (1 + assumed.edgeShare) + (players / 1000) * assumed.matchmakerPerThousand;
  const byCores = cores / (node.vcpu * (1 - assumed.system) * assumed.headroom);
  const byMemory = (servers * assumed.serverMemoryGiB * 1.25) / (node.memoryGiB - assumed.systemGiB);
  const nodes = Math.ceil(Math.max(byCores, byMemory)) + assumed.spareNodes;

  const egressGB = (players * assumed.meanOfPeak * (measured.bytesPerPlayer + assumed.tlsBytes) * SECONDS) / GB;
  const dollars = {
    nodes: nodes * node.monthly,
    egress: tiered(egressGB, prices.egress),
    services: prices.services.reduce((sum, { base, perThousand }) => sum + base + perThousand * (players / 1000), 0),
  };
  const total = dollars.nodes + dollars.egress + dollars.services;
  return { players, playersPerServer, servers, cores, nodes, egressGB, dollars: { ...dollars, total }, perPlayer: total / players };
}

/** Each step's price counts for what lies within it. */
export function tiered(gigabytes, steps) {
  let from = 0;
  let sum = 0;
  for (const { upToGB = Infinity, perGB } of steps) {
    if (gigabytes <= from) break;
    sum += (Math.min(gigabytes, upToGB) - from) * perGB;
    from = upToGB;
  }
  return sum;
}
