import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import ts from 'typescript';
import { binding } from './places.mjs';

const file = join(binding, 'index.d.ts');
const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

/** What a reader can hover over: declarations that are exported, and their members, to any depth. */
function* undocumented(node, path = '') {
  const name = node.name?.getText(source) ?? (ts.isConstructorDeclaration(node) ? 'constructor' : undefined);
  const at = name === undefined ? path : `${path}${path === '' ? '' : '.'}${name}`;
  const declares = ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeAliasDeclaration(node)
    || ts.isFunctionDeclaration(node) || ts.isVariableStatement(node) || ts.isPropertySignature(node)
    || ts.isPropertyDeclaration(node) || ts.isMethodDeclaration(node) || ts.isMethodSignature(node)
    || ts.isConstructorDeclaration(node);
  const hidden = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false;
  if (hidden) return;
  // One kind of a union is documented as a whole, in front of its bar.
  const isKind = ts.isTypeLiteralNode(node) && ts.isUnionTypeNode(node.parent);
  if (isKind && /\*\/\s*\|\s*$/.test(source.text.slice(0, node.getStart(source)))) return;
  if (declares && ts.getJSDocCommentsAndTags(node).length === 0) {
    yield at === path ? `${path}.${node.getText(source).slice(0, 40)}` : at;
  }
  for (const child of node.getChildren(source)) yield* undocumented(child, declares ? at : path);
}

test('everything in index.d.ts is documented', () => {
  assert.deepEqual([...undocumented(source)], []);
});
