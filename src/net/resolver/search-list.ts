import type { ResolvConf } from './resolv-conf.ts';

/** The names to ask for, one after the other, for a name as somebody wrote it: with the domains of the search list. */
export function candidates(name: string, { search, ndots }: Pick<ResolvConf, 'search' | 'ndots'>): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)].filter(isName);
  const dots = name.split('.').length - 1;
  const longer = search.map((domain) => `${name}.${domain}`);
  return (dots >= ndots ? [name, ...longer] : [...longer, name]).filter(isName);
}

/** Whether DNS could have such a host: RFC 1035, section 2.3.4, and letters, digits, hyphens and underscores. */
function isName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[\w-]{1,63}$/.test(label));
}
