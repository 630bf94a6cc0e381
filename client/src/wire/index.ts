/**
 * The wire protocol of the engine, the client's end: PROTOCOL.md (in `engine/src/net`) to the bit. Pure: no clock, no
 * network, no DOM. {@link WireReceiver} takes what comes down, {@link WireSender} writes what goes up.
 */
export { BitReader, BitWriter, WireError } from './bits';
export * from './names';
export { FAREWELLS, WireReceiver, type Taken } from './receiver';
export { fixed, WireSender, type Answered } from './sender';
export { AS_THE_MAP, PlayerColumns, WireMessage, WireState, type Flight, type Place, type Score, type SmokeCloud } from './state';
export { readUp, writeUp, type LoadoutRequest, type Request, type UpMessage, type WireInput } from './up';
export { readWelcome, type Welcome, type WireRules } from './welcome';
