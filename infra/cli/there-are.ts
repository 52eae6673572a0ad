const mostListed = 10;

/** `there are none`, `there is api`, `there are api, web and 3 more`: what could have been named. */
export function thereAre(names: readonly string[]): string {
  if (names.length === 0) return 'there are none';
  const more = names.length - mostListed;
  const listed = names.slice(0, mostListed).join(', ');
  return `there ${names.length === 1 ? 'is' : 'are'} ${listed}${more > 0 ? ` and ${more} more` : ''}`;
}
