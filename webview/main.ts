import './app';
import type { App } from './app';
import { Host, type VsCodeApi } from './host';

declare function acquireVsCodeApi(): VsCodeApi;

const app = document.querySelector<App>('emberline-app');
if (app) {
  const host = new Host(acquireVsCodeApi(), (event) => {
    if (event.kind === 'loading') app.showLoading(event.what, event.fraction);
    else if (event.kind === 'failed') app.showFailure(event.message);
    else if (event.kind === 'baseline') app.compareWith(event.baseline);
    else if (event.kind !== 'profile') app.point(event);
    else if (event.refresh === true) app.refreshProfile(event.summary, event.state);
    else app.showProfile(event.summary, event.state);
  });
  app.connect(host);
  host.post({ kind: 'ready' });
}
