/** Why something that a client asked for does not happen: the `reason` of the documented failure events. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
