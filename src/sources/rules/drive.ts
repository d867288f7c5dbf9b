import { noGuess, type PathRule } from './rule';

/** `C:\work\a.ts` under WSL is `/mnt/c/work/a.ts`; the other way round for records from WSL and Git Bash on Windows. */
export const drive: PathRule = {
  title: 'Windows drive',
  library: false,
  guess({ drive: letter, absolute, segments, rooted, scheme }) {
    const rest = segments.join('/');
    if (letter !== null) {
      return absolute === null ? [{ root: 'disk', path: `/mnt/${letter}/${rest}` }] : noGuess;
    }
    // A POSIX path on Windows: `absolute` is null there.
    if (absolute !== null || !rooted || (scheme !== null && scheme !== 'file')) {
      return noGuess;
    }
    const found = /^(?:mnt\/)?([a-z])\/(.+)$/i.exec(rest);
    return found === null ? noGuess : [{ root: 'disk', path: `${found[1]}:\\${found[2]!.replaceAll('/', '\\')}` }];
  },
};
