// The engine as a WebAssembly module, played by Node: what a browser would do, too.
//
//   cargo build --release --target wasm32-unknown-unknown -p trespasser-example-wasm
//   node examples/wasm/index.mjs MODULE.wasm SCENE [TICKS]     a scene, and its hash on the last line
//   node examples/wasm/index.mjs MODULE.wasm --golden FILE     plays every line of a golden file, and compares
import { readFile } from 'node:fs/promises';

const [modulePath, scene = 'brawl', argument = '600'] = process.argv.slice(2);
if (modulePath === undefined) {
  console.error('usage: node examples/wasm/index.mjs MODULE.wasm SCENE [TICKS]');
  process.exit(2);
}
const { instance } = await WebAssembly.instantiate(await readFile(modulePath), {});
const engine = instance.exports;

const names = Array.from({ length: engine.scene_count() }, (_, index) => {
  const bytes = new Uint8Array(engine.memory.buffer, engine.scene_name(index), engine.scene_name_length(index));
  return new TextDecoder().decode(bytes);
});

/** Puts a scene at its beginning. */
function begin(name) {
  const index = names.indexOf(name);
  if (index < 0 || engine.scene_begin(index) !== 1) {
    console.error(`there is no scene ${JSON.stringify(name)}; known: ${names.join(', ')}`);
    process.exit(1);
  }
}

/** Plays on; the hash afterwards. */
const advance = (ticks) => BigInt.asUintN(64, engine.scene_advance(ticks)).toString(16).padStart(16, '0');

if (scene === '--golden') {
  const lines = (await readFile(argument, 'utf8')).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  let playing = '';
  let at = 0;
  let ticks = 0;
  for (const line of lines) {
    const [name, tick, hash] = line.split(' ');
    if (name !== playing) {
      begin(name);
      [playing, at] = [name, 0];
    }
    const found = advance(Number(tick) - at);
    ticks += Number(tick) - at;
    at = Number(tick);
    if (found !== hash) {
      console.error(`scene ${name}, tick ${tick}: ${found}, and ${hash} in ${argument}`);
      process.exit(1);
    }
  }
  console.log(`${lines.length} hashes of ${new Set(lines.map((line) => line.split(' ')[0])).size} scenes, ${ticks} ticks: the same`);
} else {
  if (!/^\d+$/.test(argument) || Number(argument) > 0xffffffff) {
    console.error(`TICKS is ${JSON.stringify(argument)}; it must be 0 to 4294967295`);
    process.exit(1);
  }
  begin(scene);
  console.log(`scene ${scene}: ${argument} ticks, WebAssembly, ${Math.round(engine.memory.buffer.byteLength / 1024)} KiB of memory`);
  console.log(`hash ${advance(Number(argument))}`);
}
