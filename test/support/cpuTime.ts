/** Milliseconds of this process's CPU time that `work` takes: what a busy machine does not lengthen, unlike the clock's. */
export function cpuMilliseconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
