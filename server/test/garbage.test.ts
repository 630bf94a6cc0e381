import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputPacket, startTestServer, TestClient } from './support.js';

const EVENTS = [
  'client:ready', 'authenticate', 'time:sync', 'find_match', 'cancel_matchmaking', 'create_private_lobby', 'join_lobby', 'get_lobby_list',
  'admin:authenticate', 'admin:force_start_match', 'admin:force_create_match', 'player:join', 'weapon:equip', 'request_game_state',
  'player:input', 'weapon:fire', 'weapon:reload', 'weapon:switch', 'grenade:throw', 'ads:toggle', 'player:respawn', 'respawn',
  'player_respawn', 'debug:kill_player', 'debug:repair_walls', 'debug:trigger_match_end', 'request_spawn_position', 'request_rematch',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', '',
];

const PAYLOADS: unknown[] = [
  null, true, 0, -1, 1e308, '', 'x'.repeat(50_000), [], [[[]]], {}, { __proto__: { polluted: 1 } },
  JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
  { lobbyId: '__proto__', password: {} }, { lobbyId: ['a'] }, { loadout: null }, { loadout: { primary: 5, support: 'all' } },
  { loadout: { primary: '__proto__', secondary: 'constructor', support: ['toString'] }, playerName: {} },
  { toWeapon: '__proto__' }, { toWeapon: null }, { keys: null, mouse: null, sequence: null },
  { ...inputPacket(1), sequence: -1 }, { ...inputPacket(1), sequence: 1.5 }, { ...inputPacket(1), sequence: 1e99 },
  { ...inputPacket(1), mouse: { x: null, y: 'left', buttons: 1 } }, { ...inputPacket(1), keys: { w: 'yes' } },
  { ...inputPacket(1), mouse: { x: 1e308, y: -1e308, buttons: -1 } }, { gameMode: 'x'.repeat(100) }, { gameMode: '../..' },
  { maxPlayers: NaN }, { chargeLevel: Infinity }, Buffer.from([1, 2, 3]), { deep: nested(500) },
];

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { in: nested(depth - 1) };
}

test('garbage of any type on any event is ignored and counted', async () => {
  const server = await startTestServer({ BOTS: '3', DEBUG_COMMANDS: 'on' });
  try {
    let sent = 0;
    for (const payload of PAYLOADS) {
      // One connection each: none may spend its budget on the garbage of others.
      const client = await TestClient.connect(server);
      await client.play();
      for (const event of EVENTS) {
        client.emit(event, payload, 'and', { more: true });
        client.emit(event);
        sent += 2;
      }
      await client.ask('time:sync', 1, 'time:sync:response');
      assert(client.socket.connected);
      client.close();
    }
    const counters = server.counters.all();
    assert(counters['event_unknown']! > 0 && counters['event_malformed']! > 0, JSON.stringify(counters));
    for (const failure of ['handler_failed', 'lobby_failed', 'step_failed', 'timer_failed']) assert.equal(counters[failure], undefined, failure);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert(sent > 1000);

    const client = await TestClient.connect(server);
    await client.play();
    client.close();
  } finally {
    await server.close();
  }
});
