import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDynamoDB } from '../../../src/local/stack/find-dynoxide.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-'));
  await mkdir(join(folder, 'package'));
  await mkdir(join(folder, 'bin'));
  for (const path of [join(folder, 'package', 'dynoxide'), join(folder, 'bin', 'dynoxide')]) {
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o755);
  }
  await writeFile(join(folder, 'dynoxide'), 'not a program');
});
afterAll(() => rm(folder, { recursive: true }));

const find = (environment: Record<string, string> = {}, packageFolder?: string) =>
  findDynamoDB({ platform: 'plan9', arch: 'mips', environment, findPackage: () => packageFolder });

describe('where DynamoDB comes from', () => {
  it('is the package of the platform first', () => {
    const environment = { PATH: join(folder, 'bin'), AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000' };
    expect(find(environment, join(folder, 'package'))).toEqual({
      kind: 'program',
      path: join(folder, 'package', 'dynoxide'),
    });
  });

  it('is a program on the PATH next, and nothing that only has its name', () => {
    const environment = {
      PATH: ['', folder, join(folder, 'bin')].join(delimiter),
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
    };
    expect(find(environment)).toEqual({ kind: 'program', path: join(folder, 'bin', 'dynoxide') });
  });

  it('is an endpoint that the user names, last', () => {
    const environment = { PATH: folder, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000' };
    expect(find(environment)).toEqual({ kind: 'endpoint', url: 'http://127.0.0.1:8000' });
  });

  it('is nowhere else: the error tells all three ways', () => {
    expect(find).toThrow(/@dynoxide\/plan9-mips.+PATH.+AWS_ENDPOINT_URL_DYNAMODB/);
  });

  it('is, on this machine, the installed package', () => {
    const { platform, arch } = process;
    const source = findDynamoDB({ platform, arch, environment: {} });
    expect(source).toMatchObject({ kind: 'program', path: expect.stringContaining('@dynoxide') as string });
  });
});
