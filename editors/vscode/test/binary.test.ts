// The order in which the program is looked for.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findBinary } from '../src/binary.ts';

function program(folder: string, name: string, mode = 0o755): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

void test('setting, environment, extension, PATH, and nothing behind a name that leads nowhere', () => {
  const home = mkdtempSync(join(tmpdir(), 'groundplan-'));
  try {
    const own = program(join(home, 'own'), 'groundplan');
    const variable = program(join(home, 'variable'), 'groundplan');
    const bundled = program(join(home, 'extension', 'bin'), 'groundplan');
    const onPath = program(join(home, 'path'), 'groundplan');
    const readable = program(join(home, 'readable'), 'groundplan', 0o644);
    const places = (setting: string, names: Record<string, string>, extension = join(home, 'extension')) =>
      findBinary({ setting, environment: { HOME: home, ...names }, extension, platform: 'linux' });
    const all = { GROUNDPLAN_SERVER: variable, PATH: `/nowhere:${join(home, 'path')}` };
    assert.deepEqual(places(own, all), { command: own, from: 'setting' });
    assert.deepEqual(places('~/own/groundplan', all), { command: own, from: 'setting' });
    assert.deepEqual(places('', all), { command: variable, from: 'environment' });
    assert.deepEqual(places('', { PATH: all.PATH }), { command: bundled, from: 'extension' });
    assert.deepEqual(places('', { PATH: all.PATH }, home), { command: onPath, from: 'PATH' });
    assert.deepEqual(places('', {}, home), {
      missing: 'This package of the extension has no groundplan program for your machine, and none is on the PATH.',
    });
    assert.deepEqual(places(readable, all), {
      missing: `The setting groundplan.server.path names ${readable}, which is no program; give its whole path.`,
    });
    // A repository must not be able to put a program in the way.
    process.chdir(home);
    assert.ok('missing' in places('own/groundplan', all));
    assert.ok('missing' in places('', { PATH: 'path:.' }, home));
    assert.deepEqual(places('', { ...all, GROUNDPLAN_SERVER: '/none' }), {
      missing: 'The variable GROUNDPLAN_SERVER names /none, which is no program; give its whole path.',
    });
  } finally {
    rmSync(home, { recursive: true });
  }
});
