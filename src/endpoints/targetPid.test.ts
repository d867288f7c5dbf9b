import { describe, expect, it } from 'vitest';
import { isRunning, ptraceAdvice, targetPid } from './targetPid';

describe('ptraceAdvice', () => {
  const linux = { platform: 'linux', container: false, scope: 1, root: false } as const;
  it.each([
    [linux, /run "sudo sysctl kernel\.yama\.ptrace_scope=0", or "sudo setcap cap_sys_ptrace=eip \/bin\/py-spy"\.$/],
    [{ ...linux, container: true }, /start the container with "--cap-add SYS_PTRACE"/],
    [{ ...linux, scope: 3 }, /ptrace_scope is 3, which only a restart/],
    [{ ...linux, scope: 0 }, /another user's: run "sudo setcap cap_sys_ptrace=eip \/bin\/py-spy"/],
    [{ ...linux, scope: null }, /another user's/],
    [{ ...linux, platform: 'darwin' }, /macOS allows that to root only\. Set emberline\.tools\.py-spy to a script/],
    [{ ...linux, platform: 'win32' }, /as administrator/],
  ] as const)('says the exact fix for %j', (world, message) => {
    const advice = ptraceAdvice('py-spy', '/bin/py-spy', 7, world);
    expect(advice).toMatch(/^py-spy may not look into process 7/);
    expect(advice).toMatch(message);
    expect(advice.length).toBeLessThan(400);
  });
});

it('takes the number of a running process only', () => {
  expect(isRunning(process.pid)).toBe(true);
  expect(targetPid({ name: 'a', kind: 'py-spy', pid: process.pid })).toBe(process.pid);
  for (const pid of [undefined, 0, -1, 1.5, Number.NaN]) {
    expect(() => targetPid({ name: 'a', kind: 'py-spy', ...(pid === undefined ? {} : { pid }) })).toThrow(
      'The endpoint a names no process: set its "pid" to the number of one.',
    );
  }
  expect(() => targetPid({ name: 'a', kind: 'py-spy', pid: 4_194_303 })).toThrow('No process 4194303 runs');
});
