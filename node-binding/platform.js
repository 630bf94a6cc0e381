'use strict';

/**
 * What there are prebuilt binaries for, by name: what npm compares (`os`, `cpu`, `libc`), and the compiler's target. The
 * package of each, `@trespasser/engine-NAME`, stands in `npm/NAME`.
 */
const PLATFORMS = {
  'linux-x64-gnu': { os: 'linux', cpu: 'x64', libc: 'glibc', target: 'x86_64-unknown-linux-gnu' },
  'linux-x64-musl': { os: 'linux', cpu: 'x64', libc: 'musl', target: 'x86_64-unknown-linux-musl' },
  'linux-arm64-gnu': { os: 'linux', cpu: 'arm64', libc: 'glibc', target: 'aarch64-unknown-linux-gnu' },
  'linux-arm64-musl': { os: 'linux', cpu: 'arm64', libc: 'musl', target: 'aarch64-unknown-linux-musl' },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64', target: 'aarch64-apple-darwin' },
  'darwin-x64': { os: 'darwin', cpu: 'x64', target: 'x86_64-apple-darwin' },
  'win32-x64-msvc': { os: 'win32', cpu: 'x64', target: 'x86_64-pc-windows-msvc' },
};

/**
 * What this Node's platform is called: `linux-x64-gnu` and the like. Linux names say which C library Node is linked
 * against. It need not be among {@link PLATFORMS}.
 */
function platformName(platform = process.platform, arch = process.arch, isMusl = libc() === 'musl') {
  const abi = { linux: isMusl ? '-musl' : '-gnu', win32: '-msvc' }[platform] ?? '';
  return `${platform}-${arch}${abi}`;
}

const binaryOf = (name) => `trespasser.${name}.node`;
/**
 * The second binary of platforms with x86-64, for processors with all of x86-64-v3: AVX2, BMI, FMA. It plays the same to the
 * bit, a little faster.
 */
const v3Of = (name) => `trespasser.${name}.v3.node`;
const hasV3 = (name) => PLATFORMS[name]?.cpu === 'x64';
const packageOf = (name) => `@trespasser/engine-${name}`;

/** What this Node's binary of the addon is called. */
function binaryName(platform, arch, isMusl) {
  return binaryOf(platformName(platform, arch, isMusl));
}

/** The C library that this Node runs on; `undefined` elsewhere than on Linux. */
function libc() {
  if (process.platform !== 'linux') return undefined;
  // A Node built without reports is one of a distribution, nearly all of which have glibc.
  return process.report !== undefined && glibcVersion() === undefined ? 'musl' : 'glibc';
}

/** Version of the C library that this Node runs on; `undefined` unless it is glibc. */
function glibcVersion() {
  // Reports are the one place where Node itself says which C library it runs on; network interfaces would make the
  // report slow and are of no use here.
  const { report } = process;
  if (report === undefined) return undefined;
  report.excludeNetwork = true;
  return report.getReport().header.glibcVersionRuntime;
}

module.exports = { PLATFORMS, binaryName, binaryOf, glibcVersion, hasV3, libc, packageOf, platformName, v3Of };
