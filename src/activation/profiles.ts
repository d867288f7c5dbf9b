import { configuredCertificates, usesSystemCertificates } from '../views/certificateSettings';
import { CredentialStore } from '../views/credentialStore';
import { DownloadStore } from '../views/downloadStore';
import { lazyCommands } from '../views/lazyCommands';
import { registerOpenProfile } from '../views/openProfile';
import { OpenProfiles } from '../views/openProfiles';
import type { Essentials } from './essentials';

/** The profiles that are open, and what gets them from elsewhere. */
export interface ProfileParts {
  readonly profiles: OpenProfiles;
  readonly downloads: DownloadStore;
  readonly credentials: CredentialStore;
}

export function wireProfiles({ context, engine, output }: Essentials): ProfileParts {
  const profiles = new OpenProfiles(engine, output);
  const downloads = new DownloadStore(context, profiles);
  const credentials = new CredentialStore(context.secrets, configuredCertificates, usesSystemCertificates);
  void credentials.load();
  context.subscriptions.push(
    profiles,
    downloads,
    registerOpenProfile(),
    lazyCommands(['emberline.convertProfile'], async () => {
      const { registerConvertProfile } = await import('../views/convertProfile');
      return registerConvertProfile({ engine, profiles, output });
    }),
    lazyCommands(['emberline.openUrl'], async () => {
      const { registerOpenUrl } = await import('../views/openUrl');
      return registerOpenUrl({ store: downloads, credentials, output });
    }),
    lazyCommands(['emberline.setCredentials', 'emberline.forgetCredentials'], async () => {
      const { registerCredentialCommands } = await import('../views/credentialCommands');
      return registerCredentialCommands(credentials);
    }),
    context.secrets.onDidChange(() => void credentials.load()),
  );
  return { profiles, downloads, credentials };
}
