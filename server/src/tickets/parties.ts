import type { Bus } from '../bus/index.js';
import { RecordsError, type Records, type Transaction } from '../records/index.js';
import { newCode, systemBytes, type Bytes } from './ids.js';
import { NOWHERE, PARTIES, partyKey, playerKey, playersOf, PLAYERS_TOPIC, putPlayer } from './places.js';
import { QUEUE, QueueRefused, type Party, type PlayerRecord } from './types.js';

interface Person {
  id: string;
  name: string;
}

/** Who plays together. A party outlives its matches; it does not change while it waits or plays, but by members who leave. */
export class Parties {
  readonly #bytes: Bytes;

  constructor(private readonly records: Records, private readonly bus: Bus, options: { bytes?: Bytes } = {}) {
    this.#bytes = options.bytes ?? systemBytes;
  }

  /** @throws QueueRefused, RecordsError */
  async create(leader: Person): Promise<Party> {
    const code = newCode(this.#bytes);
    const party: Party = { code, leader: leader.id, members: [{ id: leader.id, name: leader.name }], ready: [], touchedMs: this.records.now() };
    try {
      await this.records.transact(async (tx) => {
        const player = await tx.get<PlayerRecord>(playerKey(leader.id)) ?? NOWHERE;
        if (player.party === code) return;
        if (player.party !== null) throw new QueueRefused('already_in_party');
        if (player.at !== null) throw new QueueRefused('ticket' in player.at ? 'already_queued' : 'in_match');
        if (await tx.get<Party>(partyKey(code)) !== undefined) throw new QueueRefused('too_many_parties');
        tx.put(partyKey(code), party);
        tx.list(PARTIES, code, String(party.touchedMs), QUEUE.parties);
        putPlayer(tx, leader.id, { ...player, party: code });
      });
    } catch (error) {
      if (error instanceof RecordsError && error.kind === 'full') throw new QueueRefused('too_many_parties');
      throw error;
    }
    return party;
  }

  /** @throws QueueRefused, RecordsError */
  async join(person: Person, code: string): Promise<Party> {
    const joined = await this.records.transact(async (tx) => {
      const party = await tx.get<Party>(partyKey(code));
      if (party === undefined) throw new QueueRefused('unknown_party');
      if (party.members.some(({ id }) => id === person.id)) return party;
      if (party.members.length >= QUEUE.partySize) throw new QueueRefused('party_full');
      const players = await playersOf(tx, [person.id, ...party.members.map(({ id }) => id)]);
      const [self, ...others] = players as [PlayerRecord, ...PlayerRecord[]];
      if (self.party !== null) throw new QueueRefused('already_in_party');
      if (self.at !== null) throw new QueueRefused('ticket' in self.at ? 'already_queued' : 'in_match');
      if (others.some(({ at }) => at !== null)) throw new QueueRefused('party_queued');
      const changed: Party = { ...party, members: [...party.members, { id: person.id, name: person.name }], touchedMs: this.records.now() };
      tx.put(partyKey(code), changed);
      tx.list(PARTIES, code, String(changed.touchedMs));
      putPlayer(tx, person.id, { ...self, party: code });
      return changed;
    });
    this.#hint(joined);
    return joined;
  }

  /** Leaves; the longest member leads on. What the party waits for or plays is not touched. False: is in none. */
  async leave(playerId: string): Promise<boolean> {
    const left = await this.records.transact(async (tx) => {
      const player = await tx.get<PlayerRecord>(playerKey(playerId));
      if (player?.party == null) return undefined;
      putPlayer(tx, playerId, { ...player, party: null });
      const party = await tx.get<Party>(partyKey(player.party));
      if (party === undefined) return undefined;
      const members = party.members.filter(({ id }) => id !== playerId);
      if (members.length === 0) {
        tx.remove(partyKey(party.code));
        tx.unlist(PARTIES, party.code);
      } else {
        const touchedMs = this.records.now();
        tx.put(partyKey(party.code), {
          ...party, members, ready: (party.ready ?? []).filter((id) => id !== playerId), leader: party.leader === playerId ? members[0]!.id : party.leader, touchedMs,
        });
        tx.list(PARTIES, party.code, String(touchedMs));
      }
      return party;
    });
    if (left !== undefined) this.#hint(left);
    return left !== undefined;
  }

  /** @throws QueueRefused, RecordsError */
  ready(playerId: string, isReady: boolean): Promise<void> {
    return this.#change(playerId, (party) => {
      const ready = (party.ready ?? []).filter((id) => id !== playerId);
      return { ...party, ready: isReady && party.leader !== playerId ? [...ready, playerId] : ready };
    });
  }

  /** Another one leads. @throws QueueRefused, RecordsError */
  promote(leader: string, memberId: string): Promise<void> {
    return this.#change(leader, (party) => {
      if (party.leader !== leader) throw new QueueRefused('not_leader');
      if (!party.members.some(({ id }) => id === memberId)) throw new QueueRefused('unknown_member');
      return { ...party, leader: memberId, ready: (party.ready ?? []).filter((id) => id !== memberId) };
    });
  }

  /** Without this member from now on, who may come again by the code. @throws QueueRefused, RecordsError */
  async kick(leader: string, memberId: string): Promise<void> {
    await this.#change(leader, (party, tx, players) => {
      if (party.leader !== leader) throw new QueueRefused('not_leader');
      const at = party.members.findIndex(({ id }) => id === memberId);
      if (at === -1 || memberId === leader) throw new QueueRefused('unknown_member');
      putPlayer(tx, memberId, { ...players[at]!, party: null });
      return { ...party, members: party.members.filter(({ id }) => id !== memberId), ready: (party.ready ?? []).filter((id) => id !== memberId) };
    });
  }

  async party(code: string): Promise<Party | undefined> {
    return this.records.get<Party>(partyKey(code));
  }

  /** Disbands what has done nothing for long, 100 at most. */
  async sweep(): Promise<void> {
    const before = this.records.now() - QUEUE.partyIdleMs;
    const idle = [...await this.records.entries(PARTIES)].filter(([, touched]) => Number(touched) < before).slice(0, 100);
    for (const [code] of idle) {
      const gone = await this.records.transact(async (tx) => {
        const party = await tx.get<Party>(partyKey(code));
        if (party === undefined) {
          tx.unlist(PARTIES, code);
          return undefined;
        }
        const ids = party.members.map(({ id }) => id);
        const players = await playersOf(tx, ids);
        if (party.touchedMs >= before) return undefined;
        if (players.some(({ at }) => at !== null)) {
          // It waits or plays on.
          const touchedMs = this.records.now();
          tx.put(partyKey(code), { ...party, touchedMs });
          tx.list(PARTIES, code, String(touchedMs));
          return undefined;
        }
        players.forEach((player, at) => { if (player.party === code) putPlayer(tx, ids[at]!, { ...player, party: null }); });
        tx.remove(partyKey(code));
        tx.unlist(PARTIES, code);
        return party;
      });
      if (gone !== undefined) this.#hint(gone);
    }
  }

  /** Of the player's own party, while nobody in it waits or plays. Everybody who was in it is told. */
  async #change(playerId: string, change: (party: Party, tx: Transaction, players: readonly PlayerRecord[]) => Party): Promise<void> {
    const before = await this.records.transact(async (tx) => {
      const code = (await tx.get<PlayerRecord>(playerKey(playerId)))?.party ?? null;
      const party = code === null ? undefined : await tx.get<Party>(partyKey(code));
      if (party === undefined) throw new QueueRefused('not_in_party');
      const players = await playersOf(tx, party.members.map(({ id }) => id));
      if (players.some(({ at }) => at !== null)) throw new QueueRefused('party_queued');
      const touchedMs = this.records.now();
      tx.put(partyKey(party.code), { ...change(party, tx, players), touchedMs });
      tx.list(PARTIES, party.code, String(touchedMs));
      return party;
    });
    this.#hint(before);
  }

  #hint(party: Party): void {
    this.bus.publish(PLAYERS_TOPIC, party.members.map(({ id }) => id));
  }
}
