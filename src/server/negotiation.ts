export type Exposition = 'text' | 'openmetrics';

/** The content type of each exposition. */
export const contentTypes: Readonly<Record<Exposition, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

const maxRemembered = 100;
const remembered = new Map<string, Exposition>();

/** The exposition that an Accept header prefers; text when it prefers none that there is. */
export function negotiate(accept: string | undefined): Exposition {
  if (accept === undefined || accept === '*/*') return 'text';
  const known = remembered.get(accept);
  if (known !== undefined) return known;
  const chosen = preferred(accept);
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(accept, chosen);
  return chosen;
}

/** The first of the ranges with the highest quality that names an exposition. */
function preferred(accept: string): Exposition {
  let chosen: Exposition = 'text';
  let best = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const named = exposition(type, parameter(parameters, 'version'));
    const quality = Number(parameter(parameters, 'q') ?? 1);
    if (named !== undefined && quality > best) {
      chosen = named;
      best = quality;
    }
  }
  return chosen;
}

function exposition(type: string, version: string | undefined): Exposition | undefined {
  if (type === 'application/openmetrics-text')
    return version === undefined || version === '1.0.0' ? 'openmetrics' : undefined;
  if (type === 'text/plain') return version === undefined || version === '0.0.4' ? 'text' : undefined;
  return type === 'text/*' || type === '*/*' ? 'text' : undefined;
}

function parameter(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((text) => text.startsWith(`${name}=`));
  return found?.slice(name.length + 1).replaceAll('"', '');
}
