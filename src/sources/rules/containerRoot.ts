import type { RecordedPath } from '../recordedPath';

/** Where the host sees the root of a container's file system. */
const roots: readonly RegExp[] = [
  // Docker and Podman: overlay2/<id>/merged/…, overlay/<id>/diff/…, rootless below a home folder.
  /^.*\/overlay2?\/[^/]+\/(?:merged|diff)(?=\/)/,
  // containerd: io.containerd.runtime.v2.task/<namespace>/<id>/rootfs/…
  /^\/run\/containerd\/.*?\/rootfs(?=\/)/,
  // containerd's snapshots: snapshots/<n>/fs/…
  /^.*\/io\.containerd\.snapshotter\.[^/]+\/snapshots\/\d+\/fs(?=\/)/,
  // Any process's view: /proc/<pid>/root/…
  /^\/proc\/(?:\d+|self)\/root(?=\/)/,
];

/**
 * The path as the program in the container saw it, where a profiler on the host recorded it through the container's
 * root (`/var/lib/docker/overlay2/…/merged/app/a.js` is `/app/a.js`); null where it did not.
 */
export function insideContainer(path: RecordedPath): RecordedPath | null {
  if (!path.rooted || path.drive !== null || (path.scheme !== null && path.scheme !== 'file')) {
    return null;
  }
  const text = `/${path.segments.join('/')}`;
  for (const root of roots) {
    const found = root.exec(text);
    if (found !== null) {
      const absolute = text.slice(found[0].length);
      return { ...path, absolute: path.absolute === null ? null : absolute, segments: absolute.slice(1).split('/') };
    }
  }
  return null;
}
