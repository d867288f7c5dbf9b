/** Behind the links of our hovers; not in the palette. */
export const openLocationCommand = 'emberline.openLocation';
