export {
  QUEUE, QueueRefused, type Member, type Note, type NoteEvent, type Party, type PlayerRecord, type QueueMode, type QueueRefusal, type Ticket,
} from './types.js';
export { CODE, newCode, newId, systemBytes, type Bytes } from './ids.js';
export { dropTicket, isOf, movePlayer, NOWHERE, partyKey, playersOf, PLAYERS_TOPIC, putTicket, ticketKey } from './places.js';
export { isOverdue, isPresent, Tickets, type NewTicket, type TicketsOptions } from './tickets.js';
export { Parties } from './parties.js';
