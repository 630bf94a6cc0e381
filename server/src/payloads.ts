import { readPlayerInput, type PlayerInput } from '@trespasser/engine/legacy';
import { z } from 'zod';

/** The shapes of what clients send. Unknown fields are dropped, unfit values refuse the whole payload. */

const shortText = z.string().max(64);
const secret = z.string().max(256);

export const nothing = z.unknown();
export const gameMode = z.string().regex(/^[\w-]{1,32}$/);

/** Clients greet with anything at all; `sounds: true` in it asks for what their player hears. */
export const clientReady = z.object({ sounds: z.boolean().catch(false) }).catch({ sounds: false });

export const timeSync = z.number();
export const password = z.union([secret, z.object({ password: secret }).transform((it) => it.password)]);

export const findMatch = z.object({
  gameMode: gameMode.default('deathmatch'),
  isPrivate: z.boolean().default(false),
}).default({ gameMode: 'deathmatch', isPrivate: false });

export const createPrivateLobby = z.object({
  gameMode: gameMode.default('deathmatch'),
  password: secret.nullish(),
  maxPlayers: z.number().nullish(),
  mapName: shortText.nullish(),
}).default({ gameMode: 'deathmatch' });

export const joinLobby = z.object({ lobbyId: shortText, password: secret.nullish() });

export const lobbyFilter = z.object({
  showPrivate: z.boolean().default(false),
  showFull: z.boolean().default(false),
  showInProgress: z.boolean().default(true),
  gameMode: gameMode.nullish(),
}).default({ showPrivate: false, showFull: false, showInProgress: true });

export const forceStart = z.object({ lobbyId: shortText });
export const forceCreate = z.object({ gameMode: gameMode.default('deathmatch') }).default({ gameMode: 'deathmatch' });

const weapon = z.string().max(32);
const team = z.enum(['red', 'blue']);

export const loadout = z.object({
  primary: weapon.default('rifle'),
  secondary: weapon.default('pistol'),
  support: z.array(weapon).max(8).default([]),
});

export const playerJoin = z.object({
  loadout: loadout.extend({ team: team.optional() }),
  playerName: z.string().optional(),
});

/** Read by what every host of today's protocol reads it with. */
export const playerInput = z.unknown().transform((payload, context): PlayerInput => {
  const input = readPlayerInput(payload);
  if (input !== undefined) return input;
  context.addIssue({ code: 'custom', message: 'no player:input: keys, mouse and sequence are what it must have' });
  return z.NEVER;
});

const chargeLevel = z.number().int().min(1).max(5);

/** Where a shot comes from and goes to is the server's to say: of the payload nothing is used but the charge of a throw. */
export const weaponFire = z.object({ weaponType: weapon.nullish(), chargeLevel: chargeLevel.or(z.literal(0)).nullish() }).nullish();
export const weaponSwitch = z.object({ toWeapon: weapon });
export const grenadeThrow = z.object({ chargeLevel: chargeLevel.nullish() }).nullish();

/** A version that is no number is an unknown one, and is answered as such. */
export const wireOpen = z.object({ version: z.number() }).catch({ version: 0 });

export const giveWeapon = z.union([weapon, z.object({ weaponType: weapon }).transform((it) => it.weaponType)]);
