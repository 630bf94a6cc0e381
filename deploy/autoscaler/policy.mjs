/** Over this share of all places for matches there are to be more servers. */
export const UP = 0.8;
/** Under this share there are to be fewer. */
export const DOWN = 0.3;
/** By which share of the servers their number changes at once. */
export const STEP = 0.2;

/**
 * How many servers there are to be: the rule of the production plan. More by a fifth over 80%, fewer by a fifth under 30%,
 * no change in between: a step of a fifth moves the load from 80% to 67%, or from 30% to 38%, far from the other end.
 *
 * `used` and `places` are matches: running, and room for on all `servers` together. Agones takes none away that has a match.
 */
export function servers({ servers: now, used, places }, { min, max }) {
  const within = (number) => Math.min(max, Math.max(min, number));
  // None yet, or none that has reported: begin with what there is to be at least.
  if (now === 0 || places === 0) return within(now);
  const load = used / places;
  const step = Math.ceil(now * STEP);
  if (load > UP) {
    // A wave that a fifth does not hold gets as many as bring it to 80% at once.
    const needed = Math.ceil(used / (UP * (places / now)));
    return within(Math.max(now + step, needed));
  }
  if (load < DOWN) {
    // Never so few that the next question would be answered with more.
    const needed = Math.ceil(used / (UP * (places / now)));
    return within(Math.max(now - step, needed));
  }
  return within(now);
}

export class ReviewError extends Error {
  name = 'ReviewError';
}

/** Agones' question (a FleetAutoscaleReview with `request`) in, the same with `response` out. */
export function answer(review, { counter, min, max }) {
  const request = review?.request;
  if (typeof request?.uid !== 'string' || request.uid.length === 0 || request.uid.length > 128) throw new ReviewError('request.uid takes 1 to 128 characters');
  const now = count(request.status?.replicas, 'request.status.replicas');
  const entry = request.status?.counters?.[counter];
  // A fleet whose servers have not reported has no counters; that is no error, but a missing counter beside servers is.
  if (entry === undefined && now > 0) throw new ReviewError(`request.status.counters has no "${counter}": does the fleet's template have that counter?`);
  const used = count(entry?.count ?? 0, `request.status.counters.${counter}.count`);
  const places = count(entry?.capacity ?? 0, `request.status.counters.${counter}.capacity`);
  const replicas = servers({ servers: now, used, places }, { min, max });
  return { request, response: { uid: request.uid, scale: replicas !== now, replicas } };
}

function count(value, name) {
  if (!Number.isSafeInteger(value) || value < 0 || value > 1e9) throw new ReviewError(`${name} takes a whole number from 0 to 1000000000, not ${JSON.stringify(value)}`);
  return value;
}
