'use strict';

// Finds this platform's binary: one that was built here, beside this file, or the one of the platform's package. On x86-64
// there may be a second one beside it, for processors of x86-64-v3; Node does not say what the processor has, but the first
// binary, which runs on any, does.

const { existsSync } = require('node:fs');
const { dirname, join } = require('node:path');
const fault = require('./fault.js');
const { version } = require('./package.json');
const { PLATFORMS, binaryOf, glibcVersion, libc, packageOf, platformName, v3Of } = require('./platform.js');

const name = platformName();
const file = binaryOf(name);

function load() {
  const places = [join(__dirname, file), packageOf(name)];
  const tried = [];
  let cause;
  for (const place of places) {
    const isFile = place !== packageOf(name);
    if (isFile && !existsSync(place)) {
      tried.push(`${place} is not there`);
      continue;
    }
    try {
      return faster(checked(require(place), place), place);
    } catch (error) {
      if (error.code === 'ERR_BINARY_VERSION' || error.code === 'ERR_BINARY_CHOICE') throw error;
      if (!isFile && error.code === 'MODULE_NOT_FOUND') {
        // Of a package that is there, Node names the folder.
        const isThere = error.path !== undefined;
        tried.push(isThere ? `the package ${place} is damaged: it lacks ${file}` : `the package ${place} is not installed`);
        continue;
      }
      tried.push(`${place} cannot be loaded: ${error.message}`);
      cause ??= error;
    }
  }
  throw noBinary(tried, cause);
}

/** The binary beside `place` that is made for processors like this one, if there is one; `plain` is that of `place`. */
function faster(plain, place) {
  const choice = process.env.TRESPASSER_BINARY;
  if (choice !== undefined && choice !== '' && choice !== 'plain') {
    throw fault('ERR_BINARY_CHOICE', `TRESPASSER_BINARY is ${JSON.stringify(choice)}; it must be plain, or not be set`, { choice });
  }
  const file = join(dirname(require.resolve(place)), v3Of(name));
  if (choice === 'plain' || !plain.hasV3() || !existsSync(file)) return plain;
  try {
    return checked(require(file), file);
  } catch (error) {
    // A checkout that was built anew in part, or a damaged file: the other one plays the same.
    process.emitWarning(`${file} is passed over: ${error.message}`, { code: 'TRESPASSER_BINARY' });
    return plain;
  }
}

/** The two halves of the package change together: one of another version would be called with arguments that it does not know. */
function checked(native, place) {
  if (native.VERSION === version) return native;
  throw fault(
    'ERR_BINARY_VERSION',
    `${place} is of version ${native.VERSION}, @trespasser/engine of version ${version}; they must be equal. `
      + `Install both anew (npm install @trespasser/engine@${version}), or, in a checkout, build it again: ${BUILD}.`,
    { binary: native.VERSION, expected: version },
  );
}

const BUILD = 'cd node-binding && npm run build';

function noBinary(tried, cause) {
  const { platform, arch } = process;
  const available = Object.keys(PLATFORMS);
  const library = libc();
  const c = library === undefined ? '' : `, C library ${library}${library === 'glibc' ? ` ${glibcVersion()}` : ''}`;
  const install = available.includes(name)
    ? `There is one for yours, in ${packageOf(name)}, an optional dependency. Install it with `
      + '`npm install --include=optional`; where a package-lock.json or node_modules came from another platform, remove both '
      + 'first. '
    : 'There is none for yours. ';
  return fault(
    'ERR_NO_BINARY',
    `@trespasser/engine ${version} has no binary that runs here: Node ${process.version} on platform ${platform}, processor `
      + `${arch}${c}. ${tried.join('; ')}. There are binaries for ${available.join(', ')}. ${install}`
      + `Or build one: with Rust (rustup.rs), in a checkout of Trespasser ${version}, run \`${BUILD}\`; it makes ${file}, `
      + `which belongs into ${__dirname}.`,
    { platform, arch, libc: library, tried, available, cause },
  );
}

module.exports = load();
