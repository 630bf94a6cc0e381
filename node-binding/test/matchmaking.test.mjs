import assert from 'node:assert/strict';
import test from 'node:test';
import { interfaceFields } from './declarations.mjs';
import { engine, refused } from './helpers.mjs';

const { MatchQueue } = engine;

const options = { modes: [{ name: 'teams' }, { name: 'duel', most: 2 }], regions: ['eu', 'us'], logLimit: 1 << 20 };
const rating = (value) => ({ value, deviation: 60 });
const solo = (id, more = {}) => ({
  id, pings: { eu: 25.2 }, players: [{ player: 100 + id, rating: rating(1500 + id) }], enqueuedMs: 0, ...more,
});

function waiting(count, more = options) {
  const queue = new MatchQueue(more);
  for (let id = 1; id <= count; id++) queue.add(solo(id));
  return queue;
}

test('eight who are alike play at once, in two fair teams', () => {
  const queue = waiting(8);
  assert.ok(queue.waits(3) && queue.waits('3') && !queue.waits(9));
  assert.equal(queue.ticketOf(103), '3');
  assert.equal(queue.ticketOf(3), null);
  const [match, ...others] = queue.form(1000);
  assert.equal(others.length, 0);
  assert.deepEqual([match.mode, match.region, match.running, match.spread], ['teams', 'eu', null, 7]);
  assert.ok(Math.abs(match.chance - 0.5) < 0.01);
  assert.equal(match.seats.map((seat) => seat.team).join(' '), 'red red red red blue blue blue blue');
  assert.deepEqual(match.seats.map((seat) => seat.ticket).sort(), ['1', '2', '3', '4', '5', '6', '7', '8']);
  assert.ok(match.seats.every((seat) => seat.player === String(100 + Number(seat.ticket)) && seat.waitedMs === 1000));
  assert.deepEqual(queue.form(1000), []);
  assert.equal(queue.waits(3), false);
});

test('numbers of 64 bits come through as strings', () => {
  const queue = new MatchQueue(options);
  const most = '18446744073709551615';
  queue.add(solo(1, { id: most, players: [{ player: most, rating: rating(1500) }], priority: true }));
  queue.add(solo(2));
  assert.equal(queue.ticketOf(most), most);
  const seats = queue.form(0)[0].seats;
  assert.ok(seats.some((seat) => seat.ticket === most && seat.player === most));
  for (const id of ['18446744073709551616', '-1', '1.5', '', 'x', ' 1', -1, 1.5, 2 ** 53, 7n, null]) {
    refused(() => queue.cancel(id), 'INVALID_ARGUMENT', /ticket is/);
  }
});

test('parties stay together, modes apart', () => {
  const queue = new MatchQueue(options);
  const members = [1600, 1500].map((value, n) => ({ player: n + 1, rating: rating(value) }));
  queue.add(solo(10, { players: members }));
  queue.add(solo(11));
  queue.add(solo(12));
  queue.add(solo(13, { mode: 'duel' }));
  const [match] = queue.form(25_000);
  const sides = Map.groupBy?.(match.seats, (seat) => seat.ticket).get('10') ?? match.seats.filter((s) => s.ticket === '10');
  assert.equal(sides.length, 2);
  assert.equal(sides[0].team, sides[1].team);
  assert.ok(queue.waits(13));
  queue.add(solo(14, { mode: 'duel', pings: { us: 80, eu: 200 } }));
  queue.updatePings(13, { us: 10, eu: 0 });
  const [duel] = queue.form(25_000);
  assert.deepEqual([duel.mode, duel.region, duel.seats.length], ['duel', 'us', 2]);
});

test('open slots of running matches are filled and counted', () => {
  const queue = waiting(0);
  const red = [{ player: 1, rating: rating(1500) }];
  queue.offer({ id: 7, region: 'eu', free: { red: 0, blue: 2 }, red, blue: [] });
  assert.deepEqual(queue.free(7), { red: 0, blue: 2 });
  queue.add(solo(1, { backfill: true }));
  const [joined] = queue.form(0);
  assert.deepEqual([joined.running, joined.seats.length, joined.seats[0].team], ['7', 1, 'blue']);
  assert.deepEqual(queue.free('7'), { red: 0, blue: 1 });
  assert.equal(queue.withdraw(7), true);
  assert.equal(queue.withdraw(7), false);
  assert.equal(queue.free(7), null);
  assert.deepEqual(queue.stats(), {
    tickets: 0, players: 0, offers: 0, forms: 1, matches: 0, backfills: 1, logWaiting: queue.stats().logWaiting,
  });
});

test('a log plays the same matches again, and restores who waits', () => {
  const queue = waiting(9);
  const formed = queue.form(2000);
  const left = [...Array(9).keys()].map((n) => n + 1).find((id) => queue.waits(id));
  const { bytes, total, stopped } = queue.drainLog();
  assert.deepEqual([bytes.length, stopped, queue.stats().logWaiting], [total, false, 0]);
  const again = MatchQueue.replay(bytes);
  assert.deepEqual(again.matches, formed.map((match) => ({ nowMs: 2000, match })));
  assert.deepEqual([again.hash, again.calls, again.lost], [queue.hash(), 10, 0]);
  const restored = MatchQueue.restore(bytes);
  assert.ok(restored.waits(left));
  assert.deepEqual([restored.hash(), restored.stats()], [queue.hash(), queue.stats()]);
  assert.deepEqual(restored.drainLog(), { bytes: new Uint8Array(0), total: 0, stopped: false });
  const damaged = Uint8Array.from(bytes);
  damaged[bytes.length - 20] ^= 1;
  refused(() => MatchQueue.replay(damaged), 'BAD_REPLAY', /byte \d+/);
  refused(() => MatchQueue.restore(new Uint8Array(3)), 'BAD_REPLAY', /magic/);
  refused(() => MatchQueue.replay([1, 2]), 'INVALID_ARGUMENT', /Uint8Array/);
  assert.equal(MatchQueue.replay(bytes.subarray(0, bytes.length - 3)).calls, 9, 'what is whole');
});

test('objects have exactly the fields of their interfaces', () => {
  const queue = waiting(8);
  const sorted = (object) => Object.keys(object).sort();
  const fields = (name) => interfaceFields(name).required;
  const [match] = queue.form(0);
  assert.deepEqual(sorted(match), fields('FormedMatch'));
  assert.deepEqual(sorted(match.seats[0]), fields('FormedSeat'));
  assert.deepEqual(sorted(queue.stats()), fields('QueueStats'));
  const part = queue.drainLog();
  assert.deepEqual(sorted(part), fields('QueueLogPart'));
  assert.deepEqual(sorted(MatchQueue.replay(part.bytes)), fields('QueueReplay'));
});

test('what is wrong is refused by name, and changes nothing', () => {
  const queue = waiting(1, { ...options, maxTickets: 2, maxOffers: 0 });
  const bad = (more, message, code = 'INVALID_ARGUMENT') => refused(() => queue.add(solo(2, more)), code, message);
  bad({ id: 1 }, /ticket 1 waits already/, 'ALREADY_QUEUED');
  bad({ players: [{ player: 101, rating: rating(1) }] }, /player 101 waits already, with ticket 1/, 'ALREADY_QUEUED');
  bad({ mode: 'chess' }, /ticket.mode is "chess"; it must be one of teams, duel/);
  bad({ mode: 1 }, /ticket.mode is 1/);
  bad({ pings: {} }, /pings is 0; it must be above 0/);
  bad({ pings: { mars: 5 } }, /"mars".*eu, us/);
  bad({ pings: { eu: -1 } }, /pings\["eu"\] is -1/);
  bad({ pings: { eu: NaN } }, /NaN/);
  bad({ pings: undefined }, /ticket.pings is undefined/);
  bad({ players: [] }, /players is 0/);
  bad({ players: Array(5).fill(solo(2).players[0]) }, /players is 5/);
  bad({ players: [{ player: 5 }] }, /rating/);
  bad({ players: [{ player: 5, rating: rating(NaN) }] }, /value is NaN/);
  bad({ enqueuedMs: -1 }, /enqueuedMs is -1/);
  bad({ priority: 1 }, /ticket.priority is 1; it must be true or false/);
  bad({ blocks: Array(9).fill(1) }, /blocks is 9/);
  bad({ blocks: [102] }, /blocks is player 102/);
  refused(() => queue.add(), 'INVALID_ARGUMENT', /ticket is undefined/);
  refused(() => queue.updatePings(2, { eu: 1 }), 'STALE_ID', /ticket/);
  refused(() => queue.form(-1), 'INVALID_ARGUMENT', /nowMs is -1/);
  const offer = { id: 1, region: 'eu', free: { red: 1, blue: 0 }, red: [], blue: solo(5).players };
  refused(() => queue.offer(offer), 'QUEUE_FULL', /maxOffers is 0/);
  refused(() => queue.offer({ ...offer, region: 'x' }), 'INVALID_ARGUMENT', /offer.region is "x"; it must be one of eu, us/);
  refused(() => queue.offer({ ...offer, free: { red: 5, blue: 0 } }), 'INVALID_ARGUMENT', /offer.free.red is 5/);
  refused(() => queue.offer({ ...offer, free: { red: 0, blue: 0 } }), 'INVALID_ARGUMENT', /free is 0/);
  queue.add(solo(2));
  refused(() => queue.add(solo(3)), 'QUEUE_FULL', /maxTickets is 2/);
  assert.deepEqual([queue.stats().tickets, queue.stats().offers], [2, 0]);
  assert.equal(queue.cancel(2), true);
  assert.equal(queue.cancel(2), false);
  const make = (more, message) => refused(() => new MatchQueue({ ...options, ...more }), 'INVALID_ARGUMENT', message);
  make({ modes: [] }, /modes is 0/);
  make({ modes: [{ name: 'a', most: 5 }] }, /modes.most is 5/);
  make({ modes: [{ name: 'a' }, { name: 'a' }] }, /"a" twice/);
  make({ regions: Array(9).fill('a') }, /regions is 9/);
  make({ maxTickets: 0 }, /maxTickets is 0/);
  make({ logLimit: 5 }, /logLimit is 5/);
  make({ policy: { patienceMs: 30_001 } }, /patienceMs is 30001/);
  make({ policy: { spreadPerS: NaN } }, /spreadPerS is NaN/);
  make({ policy: { rating: { system: 'chess' } } }, /"chess"/);
  make({ policy: { uneven: 4 } }, /policy.uneven is 4/);
});

test('a queue that is disposed of refuses every call', () => {
  const queue = waiting(3);
  queue.dispose();
  queue.dispose();
  for (const call of [
    () => queue.add(solo(9)), () => queue.form(0), () => queue.cancel(1), () => queue.stats(), () => queue.hash(), () => queue.drainLog(),
  ]) refused(call, 'DISPOSED', /this MatchQueue has/);
});
