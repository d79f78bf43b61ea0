// Finds the program: the setting, the environment, what came with the extension, the PATH, in this order.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Where to look. */
export interface Places {
  /** The setting `groundplan.server.path`; empty where it says nothing. */
  setting: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the extension. */
  extension: string;
  platform: NodeJS.Platform;
}

export type Found =
  | { command: string; from: 'setting' | 'environment' | 'extension' | 'PATH' }
  | { missing: string };

/** The variable that names the program. */
export const VARIABLE = 'GROUNDPLAN_SERVER';

/** Whether a place is a program. A relative one would be another in every folder, such as one of a repository. */
function runs(path: string): boolean {
  if (!isAbsolute(path)) {
    return false;
  }
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The program, or why there is none. What is named but not there is an error, and nothing else is tried. */
export function findBinary(places: Places): Found {
  const { setting, environment, extension, platform } = places;
  const name = platform === 'win32' ? 'groundplan.exe' : 'groundplan';
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? '';
  const named = setting.trim().replace(/^~(?=[/\\])/, home);
  if (named !== '') {
    return runs(named)
      ? { command: named, from: 'setting' }
      : { missing: `The setting groundplan.server.path names ${named}, which is no program; give its whole path.` };
  }
  const variable = environment[VARIABLE]?.trim() ?? '';
  if (variable !== '') {
    return runs(variable)
      ? { command: variable, from: 'environment' }
      : { missing: `The variable ${VARIABLE} names ${variable}, which is no program; give its whole path.` };
  }
  const bundled = join(extension, 'bin', name);
  if (runs(bundled)) {
    return { command: bundled, from: 'extension' };
  }
  for (const folder of (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter)) {
    if (folder !== '' && runs(join(folder, name))) {
      return { command: join(folder, name), from: 'PATH' };
    }
  }
  return { missing: 'This package of the extension has no groundplan program for your machine, and none is on the PATH.' };
}
