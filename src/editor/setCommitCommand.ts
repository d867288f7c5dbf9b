/** *Set the Profile's Commit…*, which links of our own may call. */
export const setCommitCommand = 'emberline.setCommit';
