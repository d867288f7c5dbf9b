import { describe, expect, it } from 'vitest';
import { humanClassName, likelySourceFile } from './javaNames';

describe('names of classes', () => {
  it.each([
    ['com/foo/Bar', 'com.foo.Bar', 'com/foo/Bar.java'],
    ['com/foo/Bar$Baz$1', 'com.foo.Bar$Baz$1', 'com/foo/Bar.java'],
    ['Main', 'Main', 'Main.java'],
    ['com.foo.Bar', 'com.foo.Bar', 'com/foo/Bar.java'],
    // Hidden classes of JDK 17's recorder, of async-profiler on JDK 17 and of JDK 21.
    ['Busy$$Lambda$89+0x00007fa828007c08/282821294', 'Busy$$Lambda$89', null],
    ['com/foo/Bar$$Lambda$14.0x0000000800c031f8', 'com.foo.Bar$$Lambda$14', null],
    ['com/foo/Bar$$Lambda/0x00007f1c4c003400', 'com.foo.Bar$$Lambda', null],
    ['java/lang/invoke/LambdaForm$MH+0x0000000800c01000', 'java.lang.invoke.LambdaForm$MH', null],
    ['jdk/proxy2/$Proxy12', 'jdk.proxy2.$Proxy12', null],
    ['com/foo/UtilsKt', 'com.foo.UtilsKt', 'com/foo/Utils.kt'],
    ['com/foo/UtilsKt$main$1', 'com.foo.UtilsKt$main$1', 'com/foo/Utils.kt'],
    ['com/foo/Kt', 'com.foo.Kt', 'com/foo/Kt.java'],
    ['com/foo/Server$', 'com.foo.Server$', 'com/foo/Server.scala'],
    ['com/foo/Server$$anonfun$run$1', 'com.foo.Server$$anonfun$run$1', 'com/foo/Server.scala'],
    ['build$_run_closure1', 'build$_run_closure1', 'build.groovy'],
    ['[B', 'byte[]', null],
    ['[[Ljava/lang/String;', 'java.lang.String[][]', null],
    ['[', '[', null],
    ['', '', null],
  ])('%s', (internal, human, file) => {
    expect([humanClassName(internal), likelySourceFile(internal)]).toEqual([human, file]);
  });
});
