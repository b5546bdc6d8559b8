/**
 * Whether an Accept-Encoding value (RFC 9110, section 12.5.3) allows a content coding: the first match, best quality
 * first, decides. An empty coding, or an empty value, is always allowed.
 */
export function acceptsEncoding(coding: string, value: string): boolean {
  if (coding === '' || value === '') return true;
  const choices = value
    .split(',')
    .map(readChoice)
    .sort((a, b) => b.quality - a.quality);
  const chosen = choices.find(({ name }) => name === coding || name === '*');
  return chosen !== undefined && chosen.quality > 0;
}

function readChoice(text: string): { name: string; quality: number } {
  const [name = '', parameter] = text.split(';', 2).map((part) => part.trim());
  if (parameter === undefined) return { name, quality: 1 };
  const quality = Number.parseFloat(parameter.replace(/^q=/, ''));
  return { name, quality: Number.isNaN(quality) ? 0 : Math.round(quality * 1000) / 1000 };
}
