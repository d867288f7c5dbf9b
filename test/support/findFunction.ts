import type { Profile } from '../../src/profile/profile';

/** The first function of a name. @throws Error that names the others */
export function findFunction(profile: Profile, name: string): { file: string; line: number; index: number } {
  const { functions, strings } = profile;
  for (let i = 0; i < functions.length; i++) {
    if (strings[functions.name[i]!] === name) {
      return { file: strings[functions.file[i]!] ?? '', line: functions.line[i]!, index: i };
    }
  }
  throw new Error(`No function ${name} among ${[...functions.name].map((n) => strings[n]).join(', ')}`);
}
