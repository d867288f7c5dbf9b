import { CaptureStore } from '../views/captureStore';
import { Endpoints } from '../views/endpoints/endpoints';
import { lazyCommands } from '../views/lazyCommands';
import { registerProfileCommand } from '../views/profileCommand';
import { registerProfileDebugTarget } from '../views/profileDebugTarget';
import { ToolCaptures } from '../views/toolCapture';
import type { Essentials } from './essentials';
import type { ProfileParts } from './profiles';

/** What captures profiles: of endpoints, debug sessions, processes and commands. */
export interface CaptureParts {
  readonly store: CaptureStore;
  readonly captures: ToolCaptures;
  readonly endpoints: Endpoints;
}

export function wireCaptures(
  { context, engine, output }: Essentials,
  { profiles, credentials }: ProfileParts,
): CaptureParts {
  const store = new CaptureStore(context);
  const captures = new ToolCaptures({ store, credentials, output });
  const endpoints = new Endpoints(context, { engine, store, credentials, profiles, output });
  context.subscriptions.push(
    endpoints,
    captures,
    registerProfileDebugTarget(store, { output, captures }),
    lazyCommands(['emberline.profileProcess'], async () => {
      const { registerProfileProcess } = await import('../views/profileProcess');
      return registerProfileProcess(captures);
    }),
    registerProfileCommand(captures, context.workspaceState),
  );
  return { store, captures, endpoints };
}
