/**
 * Names that the source file of a JVM class may have, the recorded one first: recorders write `com/foo/Bar.java` for
 * whatever the compiler was given, and Kotlin calls the class of a file's functions `BarKt`.
 */
export function jvmFileNames(name: string): readonly string[] {
  const found = /^(.+)\.(java|kt)$/.exec(name);
  if (found === null) {
    return [name];
  }
  const base = found[1]!;
  const names = [name, `${base}.kt`, `${base}.java`, `${base}.scala`, `${base}.groovy`];
  if (/.Kt$/.test(base)) {
    names.push(`${base.slice(0, -2)}.kt`);
  }
  return [...new Set(names)];
}

/** Kotlin projects may leave out the folders of the packages' common start: `com/foo/Bar.kt` is `src/main/kotlin/Bar.kt`. */
export function isAtKotlinRoot(relative: readonly string[]): boolean {
  return relative.at(-1)!.endsWith('.kt') && /(^|\/)src\/\w+\/kotlin$/.test(relative.slice(0, -1).join('/'));
}
