'use strict';

/** An error as the addon throws them: with a `code`. */
module.exports = function fault(code, message, more) {
  return Object.assign(new Error(message, more?.cause === undefined ? undefined : { cause: more.cause }), { code }, more);
};
