/**
 * An option of quick picks that commands show. As the command palette or another pick closes, VS Code gives the focus back
 * to what had it, and a webview takes it a moment later: from the pick that is open by then, which closed it unseen.
 */
export const OUTLASTS_LATE_FOCUS = { ignoreFocusOut: true } as const;
