import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const text = (page: string) => readFileSync(join(root, page), 'utf8');

/** Every block of TypeScript in the documentation, as a file beside the sources. */
const blocks = new Map(
  pages.flatMap((page) =>
    [...text(page).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ''], index) => [
      join(root, 'test/docs', `${page.replaceAll(/\W/g, '-')}-${index + 1}.ts`),
      code,
    ]),
  ),
);

describe('the documentation', () => {
  it('has code that compiles, every block of it', { timeout: 60_000 }, () => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const host = ts.createCompilerHost(options);
    const withBlocks: ts.CompilerHost = {
      ...host,
      fileExists: (path) => blocks.has(path) || host.fileExists(path),
      readFile: (path) => blocks.get(path) ?? host.readFile(path),
      getSourceFile: (path, language) => {
        const block = blocks.get(path);
        return block === undefined
          ? host.getSourceFile(path, language)
          : ts.createSourceFile(path, block, language);
      },
    };
    const program = ts.createProgram([...blocks.keys()], options, withBlocks);
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    expect(blocks.size).toBeGreaterThan(5);
    expect(problems).toEqual([]);
  });

  it('has an example in the README of about thirty lines', () => {
    const [first = ''] = blocks.values();
    expect(first.trim().split('\n').length).toBeLessThanOrEqual(36);
  });

  it.each(pages)('%s links to files that are there', (page) => {
    const links = [...text(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
    const missing = links.filter(
      (link) =>
        !ts.sys.fileExists(join(root, dirname(page), link)) &&
        !ts.sys.directoryExists(join(root, dirname(page), link)),
    );
    expect(missing).toEqual([]);
  });
});
