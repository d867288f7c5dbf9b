// What the extension host prints, for people: without what says nothing about Emberline.

/** The workbench's own complaints, about a missing network most of all. */
const noise =
  /^\[reconnection|^\[Service Worker|builtin extensions cache|ENOTFOUND|'github' to register|socket|AccountPolicyGate|AgentHost|connection token|Creation of workbench/;

/** Lines of a stack inside VS Code's own bundles and Node's modules: dozens for one line that tells something. */
const foreignFrame = /^\s+at .*(?:\/vs\/(?:workbench|code|server)\/|extensionHostProcess\.js|node:)/;

/** A message of the extension host (it may have several lines) as it is worth printing; null where nothing of it is. */
export function worthPrinting(message) {
  if (noise.test(message)) return null;
  return message
    .split('\n')
    .filter((line) => !foreignFrame.test(line))
    .join('\n');
}
