'use strict';

/**
 * What this Node's binary of the addon is called: `trespasser.linux-x64-gnu.node` and the like. Linux names say which
 * C library they are linked against.
 */
function binaryName(platform = process.platform, arch = process.arch, isMusl = runsOnMusl()) {
  const abi = { linux: isMusl ? '-musl' : '-gnu', win32: '-msvc' }[platform] ?? '';
  return `trespasser.${platform}-${arch}${abi}.node`;
}

function runsOnMusl() {
  if (process.platform !== 'linux') return false;
  // Reports are the one place where Node itself says which C library it runs on; network interfaces would make the
  // report slow and are of no use here.
  const { report } = process;
  if (report === undefined) return false;
  report.excludeNetwork = true;
  return report.getReport().header.glibcVersionRuntime === undefined;
}

module.exports = { binaryName };
