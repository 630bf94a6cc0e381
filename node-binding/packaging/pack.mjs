// Makes the tarballs that are published: @trespasser/engine, and the package of each platform that is asked for.
//
//   node packaging/pack.mjs [--platform NAME ...] [--v3] [--into FOLDER] [--repository URL]
//
// Without --platform: this machine's. With --v3 the binary for newer processors must be there too, where the platform may
// have one; without, it is taken along if it is. Prints the tarballs' paths, the main package's first. With --repository the packages
// say where their source is, which npm compares with who signs them.
//
// The main package depends on its platforms' packages from here on only: its folder is linked by its neighbours in the
// repository, and npm would look for packages that nobody has published when it installs those.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const packaging = dirname(fileURLToPath(import.meta.url));
const binding = dirname(packaging);
const { PLATFORMS, binaryOf, hasV3, packageOf, platformName, v3Of } = createRequire(import.meta.url)('../platform.js');

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));
const LICENSES = ['LICENSE-APACHE', 'LICENSE-MIT'];

/** A folder with these files, and nothing else, made anew. */
function stage(folder, manifest, files) {
  rmSync(folder, { recursive: true, force: true });
  for (const [from, name] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    copyFileSync(from, join(folder, name));
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function npmPack(folder, into) {
  // npm is a script that Windows starts through its shell alone.
  const { status, stdout, stderr, error } = spawnSync(
    'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', into],
    { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (error !== undefined || status !== 0) throw new Error(`npm pack in ${folder} failed: ${error?.message ?? stderr}`);
  return join(into, JSON.parse(stdout)[0].filename);
}

/** What npm takes along by the manifest's `files`. */
function listed(manifest) {
  const { status, stdout, stderr } = spawnSync(
    'npm', ['pack', '--json', '--dry-run', '--ignore-scripts'],
    { cwd: binding, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (status !== 0) throw new Error(`npm pack --dry-run failed: ${stderr}`);
  const names = JSON.parse(stdout)[0].files.map(({ path }) => path).filter((path) => path !== 'package.json');
  const stray = names.filter((name) => name.endsWith('.node'));
  if (stray.length > 0) throw new Error(`"files" of ${manifest.name} takes ${stray.join(', ')} along; binaries have packages of their own`);
  return names;
}

function packMain(into, repository) {
  const { scripts, ...manifest } = readJson(binding, 'package.json');
  manifest.files.push(...LICENSES);
  manifest.optionalDependencies = Object.fromEntries(
    Object.keys(PLATFORMS).map((name) => [packageOf(name), manifest.version]),
  );
  if (repository !== undefined) manifest.repository = { type: 'git', url: repository, directory: 'node-binding' };
  const folder = join(into, 'stage', 'engine');
  stage(folder, manifest, [
    ...listed(manifest).map((name) => [join(binding, name), name]),
    ...LICENSES.map((name) => [join(binding, '..', name), name]),
  ]);
  return npmPack(folder, into);
}

function packPlatform(name, into, repository, wantsV3) {
  if (PLATFORMS[name] === undefined) {
    throw new Error(`--platform is ${name}; it must be one of ${Object.keys(PLATFORMS).join(', ')}`);
  }
  const { version } = readJson(binding, 'package.json');
  const manifest = readJson(binding, 'npm', name, 'package.json');
  if (manifest.version !== version) {
    throw new Error(`npm/${name} is of version ${manifest.version}; it must be ${version}, as the main package`);
  }
  manifest.files.push(...LICENSES);
  const wanted = hasV3(name) && (wantsV3 || existsSync(join(binding, v3Of(name)))) ? [binaryOf(name), v3Of(name)] : [binaryOf(name)];
  const missing = wanted.find((file) => !existsSync(join(binding, file)));
  if (missing !== undefined) {
    const how = missing === v3Of(name) ? ' --v3' : '';
    throw new Error(`${join(binding, missing)} is not there; build it: node scripts/build.mjs --target ${PLATFORMS[name].target}${how}`);
  }
  if (repository !== undefined) manifest.repository = { type: 'git', url: repository, directory: `node-binding/npm/${name}` };
  const folder = join(into, 'stage', name);
  stage(folder, manifest, [
    ...wanted.map((file) => [join(binding, file), file]),
    [join(binding, 'npm', name, 'README.md'), 'README.md'],
    ...LICENSES.map((license) => [join(binding, '..', license), license]),
  ]);
  return npmPack(folder, into);
}

/** @returns paths of the tarballs, the main package's first */
export function packAll({ into = join(packaging, 'dist'), platforms = [platformName()], repository, v3 = false } = {}) {
  mkdirSync(into, { recursive: true });
  return [packMain(into, repository), ...platforms.map((name) => packPlatform(name, into, repository, v3))];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      platform: { type: 'string', multiple: true }, v3: { type: 'boolean' }, into: { type: 'string' }, repository: { type: 'string' },
    },
  });
  const { into, platform: platforms, repository, v3 } = values;
  try {
    for (const path of packAll({ into: into && resolve(into), platforms, repository, v3 })) console.log(path);
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
