/** Bytes of the largest file that is written: 1 GiB. Above that, neither the file nor the memory it takes is of use. */
const MOST_ENCODED = 2 ** 30;

/** @throws Error where a file would have more bytes than `MOST_ENCODED` */
export function checkEncodedSize(bytes: number, what: string): void {
  if (bytes > MOST_ENCODED) {
    throw new Error(
      `Written as ${what}, this profile would take more than ${MOST_ENCODED / 2 ** 20} MiB, which is the most that Emberline writes; choose another format.`,
    );
  }
}
