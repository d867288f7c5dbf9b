import { noGuess, type PathRule } from './rule';

/** `/rustc/<commit>/library/std/src/…`: Rust's own crates, as rustup's component rust-src has them. */
export const rustLibrary: PathRule = {
  title: 'Rust standard library',
  library: true,
  guess({ segments }) {
    const at = segments.findIndex(
      (part, i) =>
        part === 'library' && /^([\da-f]{40}|[\d.]+)$/.test(segments[i - 1] ?? '') && segments[i - 2] === 'rustc',
    );
    const sources = segments.findIndex(
      (part, i) => part === 'library' && segments[i - 1] === 'rust' && segments[i - 2] === 'src',
    );
    const from = Math.max(at, sources);
    return from < 0 ? noGuess : [{ root: 'rustLibrary', path: segments.slice(from).join('/') }];
  },
};

/** `…/registry/src/<registry>/serde-1.0.200/src/lib.rs`: a crate that Cargo unpacked. */
export const cargoCrate: PathRule = {
  title: 'Cargo crate',
  library: true,
  guess({ segments }) {
    const at = segments.findIndex((part, i) => part === 'src' && segments[i - 1] === 'registry');
    const rest = segments.slice(at + 2);
    return at < 0 || rest.length < 2 ? noGuess : [{ root: 'cargoCrates', path: rest.join('/') }];
  },
};
