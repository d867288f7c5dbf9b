/** As package.json contributes them; a test compares. Their definitions are loaded with their code. */
export const agentToolNames = [
  'emberline_hot_lines',
  'emberline_diff',
  'emberline_callers',
  'emberline_profile_target',
] as const;
