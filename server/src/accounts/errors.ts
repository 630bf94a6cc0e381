/** Why a token is refused. The codes are the protocol's: clients act on them. */
export type TokenRefusal =
  | 'TOKEN_MALFORMED' // no JWT, too long, or claims of a wrong shape
  | 'TOKEN_ALGORITHM' // signed in a way that is not accepted, or not at all
  | 'TOKEN_KEY' // by a key that is not known (any more)
  | 'TOKEN_SIGNATURE' // altered
  | 'TOKEN_EXPIRED'
  | 'TOKEN_EARLY' // not good yet
  | 'TOKEN_ISSUER'
  | 'TOKEN_AUDIENCE' // for another purpose, or another game server
  | 'TOKEN_MATCH' // for a match that is not here
  | 'TOKEN_USED' // good once
  | 'TOKEN_UNVERIFIED'; // the issuer's keys cannot be had now; later it may work

const MESSAGES: Record<TokenRefusal, string> = {
  TOKEN_MALFORMED: 'The token is not one of ours; sign in again',
  TOKEN_ALGORITHM: 'The token is signed in a way that is not accepted; sign in again',
  TOKEN_KEY: 'The token is signed with a key that is not in use; sign in again',
  TOKEN_SIGNATURE: 'The token is damaged; sign in again',
  TOKEN_EXPIRED: 'The token has expired; ask for a new one',
  TOKEN_EARLY: 'The token is not good yet; check the clock',
  TOKEN_ISSUER: 'The token is from an issuer that is not accepted',
  TOKEN_AUDIENCE: 'The token is for something else',
  TOKEN_MATCH: 'The token is for a match that is not here',
  TOKEN_USED: 'The token has been used; ask for a new one',
  TOKEN_UNVERIFIED: 'The token cannot be checked at the moment; try again soon',
};

export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(readonly code: TokenRefusal, options?: ErrorOptions) {
    super(MESSAGES[code], options);
  }
}
