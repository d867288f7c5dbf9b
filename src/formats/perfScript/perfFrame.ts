import { frameKind } from '../../profile/frameKind';

/** What a frame line says: `address symbol+0xoffset (module)`, and the line of source below it. */
export interface PerfFrame {
  readonly name: string;
  readonly file: string | null;
  /** 1-based line of the declaration, 0 where unknown. */
  readonly declared: number;
  /** 1-based line that was running, 0 where unknown. */
  readonly line: number;
  readonly module: string | null;
  readonly inlined: boolean;
  readonly kind: number;
}

/** Where the last ` (module)` begins, its parentheses balanced; -1 where there is none. */
function moduleStart(text: string): number {
  if (!text.endsWith(')')) {
    return -1;
  }
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    depth += text[i] === ')' ? 1 : text[i] === '(' ? -1 : 0;
    if (depth === 0) {
      return i === 0 || text[i - 1] === ' ' ? i : text.lastIndexOf(' (') + 1 || -1;
    }
  }
  return text.lastIndexOf(' (') + 1 || -1;
}

/**
 * Reads a frame line as `perf script` writes it (tools/perf/util/evsel_fprintf.c).
 * @param text without blanks around it
 * @param source the line of source, `file:line`, '' where there is none
 */
export function readPerfFrame(text: string, source: string): PerfFrame {
  const address = /^([\da-f]{1,16})(?: |$)/.exec(text)?.[1] ?? '';
  const open = moduleStart(text);
  let module = open < 0 ? '' : text.slice(open + 1, -1);
  let symbol = text.slice(address === '' ? 0 : address.length + 1, open < 0 ? undefined : Math.max(0, open - 1)).trim();
  const placed = readSource(source);
  const inlined = module === 'inlined' || placed.inlined;
  module = module === 'inlined' || module === '[unknown]' ? '' : module;
  const offset = /\+0x([\da-f]{1,16})$/.exec(module)?.[1] ?? address;
  module = module.replace(/\+0x[\da-f]{1,16}$/, '').replace(/ \(deleted\)$/, '');
  symbol = symbol.replace(/\+0x[\da-f]{1,16}$/, '');
  const isKernel = inKernel(module, address);
  let kind: number = isKernel ? frameKind.kernel : module === '' ? frameKind.unknown : frameKind.native;
  if (symbol === '' || symbol === '[unknown]') {
    const known = module !== '' && offset !== '' && !isJitted(module);
    const name = known
      ? `${module.slice(module.lastIndexOf('/') + 1)}+0x${offset.replace(/^0+(?=.)/, '')}`
      : '[unknown]';
    return { name, file: placed.file, declared: 0, line: placed.line, module: module || null, inlined, kind };
  }
  if (!isKernel && isJitted(module)) {
    const script = readScriptName(symbol);
    kind = script?.kind ?? frameKind.compiled;
    if (script !== null) {
      return { ...script, line: 0, module, inlined, kind };
    }
    symbol = symbol.replace(/^L([\w/$]{1,1000});::/, (_, type: string) => `${type.replaceAll('/', '.')}.`);
  }
  return { name: symbol, file: placed.file, declared: 0, line: placed.line, module: module || null, inlined, kind };
}

function inKernel(module: string, address: string): boolean {
  if (/^\[(guest\.)?kernel/.test(module) || /\.ko(\.\w{1,4})?$/.test(module)) {
    return true;
  }
  // Addresses of code in a library are relative to it.
  return address.length === 16 && address.startsWith('ffff') && module !== '[vsyscall]';
}

/** Names of code that was compiled at run time come from a map file that the runtime wrote. */
function isJitted(module: string): boolean {
  return /(^|\/)perf-\d+\.map$|^\[JIT\]|^\/\/anon|jitted-\d+-\d+\.so$/.test(module);
}

/** `file.c:12`, with `(inlined)` and a discriminator; perf writes `module[address]` where it knows no line. */
function readSource(source: string): { file: string | null; line: number; inlined: boolean } {
  const inlined = source.endsWith('(inlined)');
  const place = (inlined ? source.slice(0, -9) : source).replace(/ \(discriminator \d+\)\s*$/, '').trim();
  const match = /^(.{1,5000}):(\d{1,9})$/.exec(place);
  if (match === null || match[1] === '??') {
    return { file: null, line: 0, inlined };
  }
  return { file: match[1], line: Number(match[2]), inlined };
}

/** V8's names in perf-PID.map: `JS:*name file:line:column`, older `LazyCompile:~name file:line`. */
function readScriptName(symbol: string): Pick<PerfFrame, 'name' | 'file' | 'declared' | 'kind'> | null {
  const match = /^(?:JS|LazyCompile|Function|Eval|Script):([~*^+]?)(.{0,10000})$/.exec(symbol);
  if (match === null) {
    return null;
  }
  const kind = match[1] === '~' ? frameKind.interpreted : frameKind.compiled;
  const place = /^(.*?):(\d{1,9})(?::\d{1,9})?$/.exec(match[2]);
  const text = place?.[1] ?? match[2];
  const path = / (?=\/|file:|node:|https?:|[A-Za-z]:[\\/])/.exec(` ${text}`)?.index ?? ` ${text}`.lastIndexOf(' ');
  const name = text.slice(0, Math.max(0, path - 1)) || (path === 0 || place === null ? '' : '(anonymous)');
  if (place === null) {
    return { name: text || '(anonymous)', file: null, declared: 0, kind };
  }
  return { name: name || '(anonymous)', file: text.slice(path) || null, declared: Number(place[2]), kind };
}
