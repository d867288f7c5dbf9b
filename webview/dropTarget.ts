import type { Host } from './host';

/** Bytes of a dropped file that are passed on: they travel as one message. Larger ones are opened by their path. */
const LARGEST = 64 * 2 ** 20;
const MOST = 20;
/** VS Code's own list of what is dragged, and everybody's. */
const LISTS = ['application/vnd.code.uri-list', 'text/uri-list'];

/**
 * Opens what is dropped on the profile: resources of VS Code (the Explorer, tabs), addresses, and files of the system.
 * VS Code itself takes drags of files over any webview and opens them as editors, unless Shift is held: then they come
 * here.
 */
export class DropTarget {
  /** @param onHover whether something that can be dropped is over the page */
  constructor(
    private readonly host: Host,
    private readonly onHover: (over: boolean) => void,
    private readonly onProblem: (message: string) => void,
  ) {
    window.addEventListener('dragover', (event) => {
      if (!isWelcome(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = 'copy';
      this.onHover(true);
    });
    window.addEventListener('dragleave', (event) => {
      // Between the page's own elements there is another one to go to.
      if (event.relatedTarget === null) this.onHover(false);
    });
    window.addEventListener('drop', (event) => {
      this.onHover(false);
      if (!isWelcome(event.dataTransfer)) return;
      event.preventDefault();
      void this.drop(event.dataTransfer!);
    });
  }

  /** What is transferred can be read only until the event ends, so all of it is asked for at once. */
  private async drop(transfer: DataTransfer): Promise<void> {
    const uris = LISTS.flatMap((type) => readList(transfer.getData(type)));
    const files = [...transfer.files].slice(0, MOST);
    if (uris.length > 0) {
      this.host.post({ kind: 'dropUris', uris: [...new Set(uris)].slice(0, MOST) });
      return;
    }
    for (const file of files) await this.pass(file);
  }

  private async pass(file: File): Promise<void> {
    if (file.size > LARGEST) {
      this.onProblem(
        `${file.name} has more than ${LARGEST / 2 ** 20} MiB, too many to be dropped here: use Emberline: Open Profile…`,
      );
      return;
    }
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      this.host.post({ kind: 'dropFile', name: file.name, bytes });
    } catch {
      this.onProblem(`${file.name} cannot be read: is it a folder? Use Emberline: Open Profile…`);
    }
  }
}

function isWelcome(transfer: DataTransfer | null): boolean {
  return transfer?.types.some((type) => type === 'Files' || LISTS.includes(type)) === true;
}

/** RFC 2483: an address a line; lines with "#" are comments. */
function readList(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
}
