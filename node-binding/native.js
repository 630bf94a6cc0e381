'use strict';

// Finds this platform's binary: one that was built here, beside this file, or the one of the platform's package.

const { existsSync } = require('node:fs');
const { join } = require('node:path');
const fault = require('./fault.js');
const { version } = require('./package.json');
const { PLATFORMS, binaryOf, glibcVersion, libc, packageOf, platformName } = require('./platform.js');

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
      return checked(require(place), place);
    } catch (error) {
      if (error.code === 'ERR_BINARY_VERSION') throw error;
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
