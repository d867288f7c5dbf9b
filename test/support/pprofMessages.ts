import { PbfWriter } from 'pbf';

/** A small profile field by field. */
export function written(write: (pbf: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
}

/** A message of numbers: fields and values. */
export function message(pbf: PbfWriter, field: number, fields: [number, number][]): void {
  pbf.writeMessage(
    field,
    () => {
      for (const [tag, value] of fields) {
        pbf.writeVarintField(tag, value);
      }
    },
    undefined,
  );
}
