import { readdirSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { checkLeftOut, chosen, LEFT_OUT } from '../phaser/plugin';

/** npm runs scripts in the package's folder. */
const ROOT = process.cwd();
const SOURCE = resolve(ROOT, 'node_modules/phaser/src');
const PARTS = readFileSync(resolve(ROOT, 'phaser/parts.js'), 'utf8');

/** Of a scene, what a file in Phaser's registers makes: property, and that file. */
const REGISTERED: Readonly<Record<string, string>> = {
  'Scene.events': 'events/EventEmitter', 'Scene.scene': 'scene/ScenePlugin', 'Scene.cameras': 'cameras/2d/CameraManager',
  'Scene.children': 'gameobjects/DisplayList', 'Scene.add': 'gameobjects/GameObjectFactory', 'Scene.make': 'gameobjects/GameObjectCreator',
};
/** Of a scene, what the game gives it. */
const GIVEN = new Set(['Scene.sys', 'Scene.game', 'Scene.cache', 'Scene.registry', 'Scene.textures', 'Scene.scale', 'Scene.plugins', 'Scene.renderer', 'Scene.update']);
const GONE = new Set(Object.values(LEFT_OUT).flatMap(({ gone }) => gone));

const isImported = (file: string): boolean => PARTS.includes(`phaser/src/${file}.js'`);

/** Names below `Phaser` that `parts.js` exports, from its source: it needs a page to run. */
function exported(): Set<string> {
  const file = ts.createSourceFile('parts.js', PARTS, ts.ScriptTarget.ES2022, true);
  const names = new Set<string>();
  const add = (object: ts.ObjectLiteralExpression, before: string): void => {
    for (const property of object.properties) {
      const name = before + property.name!.getText();
      names.add(name);
      if (!ts.isPropertyAssignment(property)) continue;
      if (ts.isObjectLiteralExpression(property.initializer)) add(property.initializer, `${name}.`);
      // A whole name space of Phaser's own.
      if (ts.isIdentifier(property.initializer)) names.add(`${name}.*`);
    }
  };
  for (const statement of file.statements) {
    if (ts.isExportAssignment(statement) && ts.isObjectLiteralExpression(statement.expression)) add(statement.expression, '');
  }
  return names;
}

/** What a program uses of Phaser and the parts have not: where, and what. */
function missing(program: ts.Program, isOurs: (file: string) => boolean): string[] {
  const checker = program.getTypeChecker();
  const names = exported();
  const complaints: string[] = [];
  /** `Class.member`, where Phaser's types say so. */
  function memberOf(symbol: ts.Symbol | undefined): { owner: string; name: string } | null {
    const declaration = symbol?.declarations?.find((one) => one.getSourceFile().fileName.includes('/node_modules/phaser/types/'));
    const parent = declaration?.parent;
    if (!parent || !(ts.isClassDeclaration(parent) || ts.isInterfaceDeclaration(parent)) || !parent.name) return null;
    return { owner: parent.name.text, name: symbol!.name };
  }
  for (const file of program.getSourceFiles().filter(({ fileName }) => isOurs(fileName))) {
    const complain = (node: ts.Node, what: string): void => {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      complaints.push(`${relative(ROOT, file.fileName)}:${line + 1} ${what}`);
    };
    const visit = (node: ts.Node): void => {
      // Types are the compiler's alone.
      if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
      if (ts.isPropertyAccessExpression(node)) {
        const whole = node.getText().replace(/\s/g, '');
        if (whole.startsWith('Phaser.') && !(ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node)) {
          const path = whole.slice('Phaser.'.length);
          if (!names.has(path) && !names.has(`${path.slice(0, path.lastIndexOf('.'))}.*`)) complain(node, `Phaser.${path}: no part of parts.js`);
          return;
        }
        const receiver = checker.getTypeAtLocation(node.expression);
        const member = memberOf(checker.getSymbolAtLocation(node.name));
        if (member) {
          // A component's members are found by who has them, too.
          const owners = [member.owner, ...(receiver.symbol ? [receiver.symbol.name] : [])];
          for (const owner of new Set(owners)) {
            const path = `${owner}.${member.name}`;
            if (GONE.has(path)) complain(node, `${path}: left out by plugin.ts`);
          }
          const { owner, name } = member;
          if (owner === 'Scene' && !GONE.has(`Scene.${name}`)) {
            const by = REGISTERED[`Scene.${name}`];
            if (by === undefined ? !GIVEN.has(`Scene.${name}`) : !isImported(by)) complain(node, `Scene.${name}: no part of parts.js`);
          }
          if (owner === 'GameObjectFactory') {
            const kind = name.toLowerCase();
            if (!isImported(`gameobjects/${kind}/${name[0]!.toUpperCase()}${name.slice(1)}Factory`)) complain(node, `add.${name}: no part of parts.js`);
          }
          if (owner === 'GameObjectCreator') complain(node, `make.${name}: no part of parts.js`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return complaints;
}

const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, ROOT);
const SRC = `${resolve(ROOT, 'src').replaceAll('\\', '/')}/`;

/** One file more than there is: what uses Phaser in ways that the game must not. */
const TRIED = `${SRC}tried.ts`;
const TRIED_CODE = `
  import Phaser from 'phaser';
  export class Tried extends Phaser.Scene {
    create(): void {
      this.add.image(0, 0, 'x').setDepth(1).setMask(null!);
      this.add.text(0, 0, 'x');
      this.make.image({}).setInteractive();
      this.tweens.killAll();
      this.anims.pauseAll();
      this.input.enabled = true;
      this.cameras.main.setScroll(1, 1).shake(10);
      this.textures.addSpriteSheet('x', null!);
      this.game.input.destroy();
      this.events.once(Phaser.Scenes.Events.SHUTDOWN, () => new Phaser.Math.Vector2());
    }
  }
  export const sprite: typeof Phaser.GameObjects.Sprite | null = null;
  export class Other extends Phaser.GameObjects.Sprite {}
`;

/** The game and that file: one program, for Phaser's types take seconds to read. */
function programOf(files: readonly string[]): ts.Program {
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (file) => file === TRIED || fileExists(file);
  host.readFile = (file) => (file === TRIED ? TRIED_CODE : readFile(file));
  host.getSourceFile = (file, version) => (file === TRIED ? ts.createSourceFile(file, TRIED_CODE, version, true) : getSourceFile.call(host, file, version));
  return ts.createProgram([...files, TRIED], options, host);
}

describe('the parts of Phaser', () => {
  const files = readdirSync(resolve(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const program = programOf(files.map((file) => resolve(ROOT, 'src', file)));

  it('are all that the game uses', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(missing(program, (file) => file.startsWith(SRC) && file !== TRIED)).toEqual([]);
  });

  it('are missed by name where something else is used', () => {
    expect(missing(program, (file) => file === TRIED).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'Image.setMask: left out by plugin.ts',
      'add.text: no part of parts.js',
      'GameObject.setInteractive: left out by plugin.ts',
      'make.image: no part of parts.js',
      'Scene.tweens: no part of parts.js',
      'Scene.anims: left out by plugin.ts',
      'Scene.input: no part of parts.js',
      'Camera.shake: left out by plugin.ts',
      'TextureManager.addSpriteSheet: left out by plugin.ts',
      'Game.input: left out by plugin.ts',
      'Phaser.Math.Vector2: no part of parts.js',
      'Phaser.GameObjects.Sprite: no part of parts.js',
    ]);
  });

  it('name members and files that Phaser has', () => {
    checkLeftOut();
    const types = readFileSync(resolve(ROOT, 'node_modules/phaser/types/phaser.d.ts'), 'utf8');
    expect([...GONE].filter((path) => !new RegExp(`\\b${path.split('.')[1]!}\\b`).test(types))).toEqual([]);
  });

  it('take the WebGL renderer from who loads it', () => {
    const code = chosen('core/CreateRenderer.js', readFileSync(resolve(SOURCE, 'core/CreateRenderer.js'), 'utf8'));
    expect(code).toContain('CONST.WebGLRenderer');
    expect(code).not.toMatch(/require\([^)]*WebGLRenderer/);
    expect(() => chosen('core/CreateRenderer.js', '')).toThrow('client/phaser/plugin.ts');
  });
});
