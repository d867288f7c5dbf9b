/** A hidden class's address and hash: `Foo$$Lambda$14+0x00007f0a1c000a00/282821294`, `Foo$$Lambda/0x00007f…`. */
const hiddenSuffix = /[+/.]0x[0-9a-fA-F]+(\/-?\d+)?$/;

/**
 * `com.foo.Bar$Baz` for `com/foo/Bar$Baz`. What differs from run to run is left out: a hidden class is called as the
 * one it was made for (`com.foo.Bar$$Lambda$14`).
 */
export function humanClassName(internal: string): string {
  // An array's class, as a descriptor: [B, [[Lcom/foo/Bar;
  const array = /^(\[+)(?:L(.+);|([BCDFIJSZ]))$/.exec(internal);
  if (array !== null) {
    return (
      (array[2] === undefined ? primitiveNames[array[3]] : humanClassName(array[2])) + '[]'.repeat(array[1].length)
    );
  }
  return internal.replace(hiddenSuffix, '').replaceAll('/', '.');
}

const primitiveNames: Readonly<Record<string, string>> = {
  B: 'byte',
  C: 'char',
  D: 'double',
  F: 'float',
  I: 'int',
  J: 'long',
  S: 'short',
  Z: 'boolean',
};

/**
 * Where a class is most likely written: a recording has no file names. The package's folders and the outermost class's
 * name, as Java's compilers expect it; Kotlin's `FooKt` (https://kotlinlang.org/docs/java-to-kotlin-interop.html),
 * Groovy's closures and Scala's objects have names of their own. Null for classes that no file declares (hidden ones,
 * proxies).
 */
export function likelySourceFile(internal: string): string | null {
  if (hiddenSuffix.test(internal) || internal.startsWith('[')) {
    return null;
  }
  const path = internal.replaceAll('.', '/');
  const slash = path.lastIndexOf('/') + 1;
  const dollar = path.indexOf('$', slash);
  if (dollar === slash || path.length === slash || path.includes('$$Lambda')) {
    return null;
  }
  const outer = dollar < 0 ? path : path.slice(0, dollar);
  const inner = dollar < 0 ? '' : path.slice(dollar);
  if (outer.endsWith('Kt') && outer.length > slash + 2) {
    return `${outer.slice(0, -2)}.kt`;
  }
  if (/^\$_.*closure/.test(inner)) {
    return `${outer}.groovy`;
  }
  if (inner.endsWith('$') || inner.includes('$anonfun$')) {
    return `${outer}.scala`;
  }
  return `${outer}.java`;
}
