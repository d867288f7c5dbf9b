// What a user does in the workbench, as functions of playwright's page, is in this folder. The demo and the VS Code tests
// share them: tests call them by name through the UI driver, so every argument and result is plain data.

/** How long is waited for what the window is to show, in ms. */
export const patience = 90_000;

/** Matches a text that is this one, but for white space around it. */
export function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
