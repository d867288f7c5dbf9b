import { exact } from './growColumn';
import type { FunctionTable } from './profile';
import { PairTable, QuadTable } from './tupleTables';

/** Interns functions: equal ones get one index, counted from 0 in the order of first sight. */
export class FunctionTableBuilder {
  private readonly functions = new QuadTable();
  /** Files with a module, for the few profiles that know modules: one index for both keeps the common look-up short. */
  private readonly inModules = new PairTable();

  get length(): number {
    return this.functions.length;
  }

  /** All but the lines are string indices (`file` and `module` -1 for none); `line` and `column` are 1-based or 0. */
  intern(name: number, file: number, line: number, column: number, module: number): number {
    const place = module < 0 ? file : -2 - this.inModules.intern(file, module);
    return this.functions.intern(name, place, line, column);
  }

  /** Fills an empty table with functions, all different and without a module, whose columns it takes over. */
  fill(name: Int32Array, file: Int32Array, line: Int32Array, column: Int32Array): void {
    this.functions.fill(name, file, line, column);
  }

  /** Makes room for about `count` functions. */
  reserve(count: number): void {
    this.functions.reserve(count);
  }

  /** The finished table. */
  finish(): FunctionTable {
    const { functions, inModules } = this;
    const { length } = functions;
    const file = exact(functions.b, length);
    const module = new Int32Array(length).fill(-1);
    for (let func = 0; inModules.length > 0 && func < length; func++) {
      if (file[func] < -1) {
        const place = -2 - file[func];
        file[func] = inModules.a[place];
        module[func] = inModules.b[place];
      }
    }
    return {
      length,
      name: exact(functions.a, length),
      file,
      line: exact(functions.c, length),
      column: exact(functions.d, length),
      module,
    };
  }
}
