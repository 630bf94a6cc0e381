import type { Loadout, TeamName } from './engine.js';

export interface TeamCounts { red: number; blue: number }

/** How many bots each team should have so that the teams are as even as the people in them allow; an odd one stays where it is. */
export function planBots(people: TeamCounts, bots: TeamCounts, target: number): TeamCounts {
  const half = (people.red + people.blue + target) / 2;
  const [low, high] = [Math.floor(half) - people.red, Math.ceil(half) - people.red];
  const red = Math.max(0, Math.min(target, bots.red >= high ? high : low));
  return { red, blue: target - red };
}

const NAMES = ['Ash', 'Birch', 'Cedar', 'Elm', 'Hazel', 'Linden', 'Rowan', 'Willow'];

export function botName(index: number): string {
  return `${NAMES[index % NAMES.length]} (bot)`;
}

/** A bit of everything, so that who plays with bots meets the whole armoury. */
const LOADOUTS: readonly Loadout[] = [
  { primary: 'rifle', secondary: 'pistol', support: ['grenade', 'smokegrenade', 'flashbang'] },
  { primary: 'smg', secondary: 'revolver', support: ['grenadelauncher', 'flashbang'] },
  { primary: 'shotgun', secondary: 'pistol', support: ['grenade', 'grenade', 'smokegrenade'] },
  { primary: 'battlerifle', secondary: 'suppressedpistol', support: ['rocket', 'grenade'] },
  { primary: 'sniperrifle', secondary: 'pistol', support: ['smokegrenade', 'grenade'] },
  { primary: 'rifle', secondary: 'revolver', support: ['machinegun'] },
];

export function botLoadout(index: number): Loadout {
  return LOADOUTS[index % LOADOUTS.length]!;
}

export function otherTeam(team: TeamName): TeamName {
  return team === 'red' ? 'blue' : 'red';
}
