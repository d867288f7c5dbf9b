import { bazel } from './bazel';
import { bundlerUrl } from './bundlerUrl';
import { drive } from './drive';
import { goModule } from './goModule';
import { goModuleCache } from './goModuleCache';
import { goStandardLibrary } from './goStandardLibrary';
import { pythonLibrary } from './pythonLibrary';
import { pythonShortName } from './pythonShortName';
import type { PathRule } from './rule';
import { cargoCrate, rustLibrary } from './rust';
import { sitePackages } from './sitePackages';

/** The rules in the order in which they are asked, after the user's mappings and the exact path. */
export const pathRules: readonly PathRule[] = [
  drive,
  bazel,
  bundlerUrl,
  goModule,
  goModuleCache,
  goStandardLibrary,
  sitePackages,
  pythonLibrary,
  rustLibrary,
  cargoCrate,
];

/** Asked when no workspace file ends as the record does. */
export const lastRules: readonly PathRule[] = [pythonShortName];
